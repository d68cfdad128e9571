// The database goes away and comes back: 503 in between, and no server has to be started again.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { untilWaiting } from '../support/admin-calls.js';
import { serveChild } from '../support/child-server.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { newDatabase } from '../support/postgres-database.js';
import { PostgresServer } from '../support/postgres-server.js';
import { type Received, send } from '../support/request.js';
import type { TestServer } from '../support/server.js';
import { PostgresPlace } from '../support/store-place.js';
import { startNodes } from './nodes.js';

/** Within this a request is answered while the database is gone, and all is well after it. */
const answeredMs = 3_000;
const healedMs = 2_000;
/** Within this a server ends that is told to. */
const endedMs = 10_000;

let database: PostgresServer;
beforeAll(async () => {
  database = await PostgresServer.start();
});
afterAll(() => database.remove());

async function startOnOwn(count: number): Promise<readonly TestServer[]> {
  const databaseUrl = await newDatabase(database.adminUrl);
  const nodes = await startNodes(count, { databaseUrl });
  expect((await put(nodes[0]!, { id: 'before', data: { n: 1 } })).status).toBe(201);
  for (const node of nodes) expect((await lookUp(node, { id: 'before' })).status).toBe(200);
  return nodes;
}

test('one that has ended: 503 until it runs again, then all is well', async () => {
  const nodes = await startOnOwn(2);
  await database.stop();
  try {
    await expectAway(nodes);
    // Told again and again, however long it lasts.
    await expectAway(nodes);
  } finally {
    await database.resume();
  }
  await expectHealed(nodes);
});

test('one that hangs: 503 until it goes on, then all is well', async () => {
  const nodes = await startOnOwn(2);
  const goOn = await database.hang();
  try {
    await expectAway(nodes);
    await expectAway(nodes);
  } finally {
    goOn();
  }
  await expectHealed(nodes);
});

test('one that hangs: very many look-ups that are under way are told in time', async () => {
  const place = new PostgresPlace({ databaseUrl: await newDatabase(database.adminUrl) });
  const store = await place.open();
  const goOn = await database.hang();
  try {
    const startedAt = performance.now();
    const lookUps = Array.from({ length: 5_000 }, async (_, n) => {
      const refused = store.lookUp('some tenant', { kind: 'id', value: `call-${n}` });
      await expect(refused).rejects.toMatchObject({ code: 'unavailable' });
    });
    await Promise.all(lookUps);
    expect(performance.now() - startedAt).toBeLessThan(answeredMs);
  } finally {
    goOn();
  }
  await store.close();
});

test('one that hangs: a server that is told to stop ends all the same', async () => {
  const place = new PostgresPlace({ databaseUrl: await newDatabase(database.adminUrl) });
  const { databaseUrl, masterKey } = place.config;
  const environment = { BATON_DATABASE_URL: databaseUrl!, BATON_MASTER_KEY: masterKey! };
  const server = await serveChild(['--first-run'], environment);
  const [, key] = await server.printed(/write key +(\S+)/);
  let written = 0;
  const writing = Array.from({ length: 32 }, async (_, n) => {
    const body = { id: `call-${n}`, data: {} };
    const write = { method: 'PUT', key: key!, body };
    const url = `${server.url}/v1/demo/demo/handoff_state`;
    for (;;) {
      const answer = await send(url, write).catch(() => undefined);
      if (answer === undefined || answer.status >= 500) return;
      written += 1;
    }
  });
  await expect.poll(() => written, { timeout: 60_000 }).toBeGreaterThan(100);
  const goOn = await database.hang();
  try {
    const stoppedAt = performance.now();
    expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(performance.now() - stoppedAt).toBeLessThan(endedMs);
  } finally {
    goOn();
  }
  await Promise.all(writing);
});

test('who waits while it ends and comes back is answered by the later write', async () => {
  const [here, there] = await startOnOwn(2);
  const waiting = lookUp(here!, { id: 'late', wait: '20' });
  await untilWaiting(here!, 1);
  await database.stop();
  await database.resume();
  await expect
    .poll(async () => (await put(there!, { id: 'late', data: {} })).status, { timeout: healedMs })
    .toBe(201);
  expect((await waiting).status).toBe(200);
});

test('what was acknowledged before it ended is there after it, and its versions go on', async () => {
  const nodes = await startOnOwn(2);
  const acknowledged = new Map<string, number>();
  const load = { isOver: false };
  const writing = Array.from({ length: 8 }, async (_, n) => {
    for (let count = 1; !load.isOver; count++) {
      const answer = await put(nodes[n % 2]!, { id: `call-${n}`, data: { count } });
      if (answer.status >= 500)
        expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
      else acknowledged.set(`call-${n}`, count);
    }
  });
  await expect.poll(() => acknowledged.get('call-0') ?? 0).toBeGreaterThan(5);
  await database.stop();
  await database.resume();
  const before = acknowledged.get('call-0')!;
  await expect.poll(() => acknowledged.get('call-0')!, { timeout: 5_000 }).toBeGreaterThan(before);
  load.isOver = true;
  await Promise.all(writing);
  for (const [id, count] of acknowledged) {
    const { json } = await lookUp(nodes[1]!, { id });
    // A write that was answered 503 may have been carried out after all.
    expect(json.data.count).toBeGreaterThanOrEqual(count);
  }
});

/** Every call says so, in time, and that it is worth trying again. */
async function expectAway(nodes: readonly TestServer[]): Promise<void> {
  const answers = await Promise.all(
    nodes.flatMap((node) => [
      timed(lookUp(node, { id: 'before' })),
      timed(lookUp(node, { id: 'never' })),
      timed(put(node, { id: 'during', data: {} })),
      timed(send(`${node.url}/readyz`)),
    ]),
  );
  for (const { answer, tookMs } of answers) {
    expect([answer.status, answer.json.error_code]).toEqual([503, 'unavailable']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(tookMs).toBeLessThan(answeredMs);
  }
  for (const node of nodes) expect((await send(`${node.url}/livez`)).status).toBe(200);
}

async function timed(call: Promise<Received>): Promise<{ answer: Received; tookMs: number }> {
  const startedAt = performance.now();
  const answer = await call;
  return { answer, tookMs: performance.now() - startedAt };
}

async function expectHealed(nodes: readonly TestServer[]): Promise<void> {
  for (const node of nodes) {
    const ready = async () => (await send(`${node.url}/readyz`)).status;
    await expect.poll(ready, { timeout: healedMs }).toBe(200);
  }
  for (const [n, node] of nodes.entries()) {
    expect((await lookUp(node, { id: 'before' })).json.data).toEqual({ n: 1 });
    expect((await put(node, { id: `after-${n}`, data: {} })).status).toBe(201);
  }
}
