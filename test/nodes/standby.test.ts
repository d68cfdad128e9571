// A commit that waits for its standby has not happened yet, also where that wait is cut short.

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { lookUp, put } from '../support/handoff-calls.js';
import { OwnPostgres } from '../support/own-postgres.js';
import { newDatabase, query } from '../support/postgres-database.js';
import type { TestServer } from '../support/server.js';
import { startNodes } from './nodes.js';

/** How long a heartbeat is good for, and some more. */
const distrustedMs = 7_000;

let postgres: OwnPostgres;
let node: TestServer;
beforeAll(async () => {
  postgres = await OwnPostgres.start();
});
afterAll(() => postgres.remove());
beforeEach(async () => {
  const databaseUrl = await newDatabase(postgres.server.adminUrl);
  node = (await startNodes(1, { databaseUrl }))[0]!;
  expect((await put(node, { id: 'before', data: {} })).status).toBe(201);
});
// Before the node is stopped, which notes the use of keys.
afterEach(() => postgres.reset());

test('a primary without its standby is not trusted, whoever cancels the waits', async () => {
  await postgres.set('synchronous_standby_names', "'nobody'");
  await expect.poll(status, { timeout: distrustedMs }).toBe(503);
  const statuses = new Set<number>();
  let cancelled = 0;
  while (cancelled < 5) {
    const waits = await query(
      postgres.server.adminUrl,
      "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
    );
    cancelled += waits.rowCount ?? 0;
    statuses.add(await status());
  }
  expect([...statuses]).toEqual([503]);
});

async function status(): Promise<number> {
  return (await lookUp(node, { id: 'before' })).status;
}
