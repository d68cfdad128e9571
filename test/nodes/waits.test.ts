// A reader that waits on one server is answered by the write that another one took.

import { expect, test } from 'vitest';
import { untilWaiting } from '../support/admin-calls.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { query } from '../support/postgres-database.js';
import { startNodes } from './nodes.js';

/** How long a reader waits who hears of no write: he looks again by himself. */
const recheckMs = 1_000;
/** For an answer on a machine that has other things to do as well. */
const marginMs = 1_000;

/** The connections for notifications, by what was last done on them. */
const listeners = "application_name = 'baton listener' AND datname = current_database()";

test('the write on another server answers a reader, by id, shared id and alias', async () => {
  const [here, there] = await startNodes(2);
  const names = [{ id: 'one' }, { shared_id: 'shared' }, { shared_id: 'alias' }];
  const waiting = names.map((name) => lookUp(here!, { ...name, wait: '15' }));
  await untilWaiting(here!, names.length);
  await put(there!, { id: 'one', shared_id: 'shared', aliases: ['alias'], data: { n: 1 } });
  for (const { status, json } of await Promise.all(waiting)) {
    expect([status, json.data]).toEqual([200, { n: 1 }]);
  }
});

test('most are answered far earlier than they would look again by themselves', async () => {
  const [here, there] = await startNodes(2);
  const delays: number[] = [];
  for (let n = 0; n < 100; n++) {
    let answeredAt = 0;
    const waiting = lookUp(here!, { id: `call-${n}`, wait: '15' }).then((answer) => {
      answeredAt = performance.now();
      return answer;
    });
    await untilWaiting(here!, 1);
    expect((await put(there!, { id: `call-${n}`, data: {} })).status).toBe(201);
    const writtenAt = performance.now();
    expect((await waiting).status).toBe(200);
    delays.push(answeredAt - writtenAt);
  }
  const sorted = delays.toSorted((one, other) => one - other);
  const told = { p50: sorted[50]!, p99: sorted[98]! };
  console.log('ms from the acknowledged write to the answer on another server:', told);
  expect(told.p50).toBeLessThan(25);
});

test('who waits when the notification connection is cut is answered all the same', async () => {
  const [here, there] = await startNodes(2);
  const { databaseUrl } = here!.config;
  for (let round = 0; round < 3; round++) {
    const id = `call-${round}`;
    const waiting = lookUp(here!, { id, wait: '15' });
    await untilWaiting(here!, 1);
    const cut = await query(
      databaseUrl!,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${listeners}`,
    );
    expect(cut.rowCount).toBeGreaterThanOrEqual(round === 0 ? 2 : 0);
    const writtenAt = performance.now();
    expect((await put(there!, { id, data: {} })).status).toBe(201);
    expect((await waiting).status).toBe(200);
    expect(performance.now() - writtenAt).toBeLessThan(2 * recheckMs + marginMs);
  }
});

test('who waits finds a write that nobody told of when he looks again', async () => {
  const [here] = await startNodes(1);
  expect((await put(here!, { id: 'told', data: { n: 1 } })).status).toBe(201);
  const waiting = lookUp(here!, { id: 'untold', wait: '15' });
  await untilWaiting(here!, 1);
  const columns = `shared_id, aliases, version, written_at, updated_at, expires_at, picked_up_at,
    write_id, sealed`;
  await query(
    here!.config.databaseUrl!,
    `INSERT INTO handoff_state (tenant, id, ${columns})
     SELECT tenant, 'untold', ${columns} FROM handoff_state WHERE id = 'told'`,
  );
  const writtenAt = performance.now();
  expect((await waiting).json.data).toEqual({ n: 1 });
  expect(performance.now() - writtenAt).toBeLessThan(recheckMs + marginMs);
});

test('the notification connection is made again after it was cut', async () => {
  const nodes = await startNodes(2);
  const { databaseUrl } = nodes[0]!.config;
  const listening = async () => {
    const { rows } = await query(
      databaseUrl!,
      `SELECT pid FROM pg_stat_activity WHERE ${listeners} ORDER BY pid`,
    );
    return rows.map(({ pid }) => pid as number);
  };
  await expect.poll(listening).toHaveLength(2);
  const before = await listening();
  await query(
    databaseUrl!,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${listeners}`,
  );
  await expect
    .poll(async () => (await listening()).filter((pid) => !before.includes(pid)), {
      timeout: 5_000,
    })
    .toHaveLength(2);
});

test('who waits on a server that stops is told to come again', async () => {
  const [, there] = await startNodes(2);
  const waiting = lookUp(there!, { id: 'never', wait: '15' });
  await untilWaiting(there!, 1);
  await there!.serving.close();
  const { status, headers } = await waiting;
  expect([status, headers['retry-after']]).toEqual([503, '1']);
});
