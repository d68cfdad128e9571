// The SQLite store under a load of writes: look-ups go on, and the queue has an end.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { newKey } from '../../src/key.js';
import { limits } from '../../src/limits.js';
import { newProject, type Project } from '../../src/project.js';
import { databaseFile, openWriter } from '../../src/store/sqlite/database.js';
import { groupWritesMax } from '../../src/store/sqlite/write-delay.js';
import type { Store } from '../../src/store/store.js';
import { TestClock } from '../support/server.js';
import { SqlitePlace } from '../support/store-place.js';
import { byId, bySharedId, expectRefusal, writeOf } from './contract/setting.js';

let place: SqlitePlace;
let store: Store;
let project: Project;
const clock = new TestClock();
beforeEach(async () => {
  place = new SqlitePlace();
  store = await place.open('server', clock.now);
  project = newProject({ projectSlug: 'one' }, 'us-1', clock.now());
  await store.initialise(project, []);
});
afterEach(async () => {
  await store.close();
  await place.remove();
});

const expiring = 20_000;
const live = 1_000;
const dataText = JSON.stringify({ text: 'x'.repeat(500) });

/** Rows that one purge takes at most, and how long a write waits for another process's. */
const purgedRowsMax = 200;
const busyMs = 5_000;

/** Writes `count` states, a group at a time, so that none waits for more than one commit. */
async function fill(
  name: string,
  count: number,
  ttlSeconds: number | null,
  into = project,
): Promise<void> {
  for (let from = 0; from < count; from += groupWritesMax) {
    const numbers = Array.from(
      { length: Math.min(groupWritesMax, count - from) },
      (_, n) => from + n,
    );
    await Promise.all(
      numbers.map((n) =>
        store.put(
          into,
          writeOf(`${name}-${n}`, { sharedId: `shared-${name}-${n}`, dataText, ttlSeconds }),
          {},
        ),
      ),
    );
  }
}

/** Look-ups one after the other while `underWay` lasts: how many a second, and the slowest. */
async function lookUpDuring(
  underWay: Promise<unknown>,
): Promise<{ perSecond: number; slowestMs: number; count: number; tookMs: number }> {
  const work = { isOver: false };
  void underWay.finally(() => {
    work.isOver = true;
  });
  const begun = performance.now();
  let slowestMs = 0;
  let count = 0;
  while (!work.isOver) {
    const started = performance.now();
    const { found } = await store.lookUp(project.tenant, bySharedId(`shared-live-${count % live}`));
    expect(found?.body).toContain('"id":"live-');
    await new Promise(setImmediate);
    slowestMs = Math.max(slowestMs, performance.now() - started);
    count += 1;
  }
  const tookMs = performance.now() - begun;
  return { perSecond: (count / tookMs) * 1_000, slowestMs, count, tookMs };
}

test(`look-ups and writes go on while ${expiring} expired states are purged`, async () => {
  await fill('live', live, null);
  await fill('expiring', expiring, 60);
  const quiet = await lookUpDuring(new Promise((resolve) => setTimeout(resolve, 500)));

  clock.advance(60_000);
  const purge = { count: 0, isOver: false };
  const purging = (async () => {
    for (let count = 1; count > 0; purge.count += count) count = await store.purge();
    purge.isOver = true;
  })();
  let writes = 0;
  let slowestWriteMs = 0;
  const writing = (async () => {
    while (!purge.isOver) {
      const started = performance.now();
      await store.put(project, writeOf(`beside-${writes}`, { dataText }), {});
      slowestWriteMs = Math.max(slowestWriteMs, performance.now() - started);
      writes += 1;
    }
  })();
  const busy = await lookUpDuring(purging);
  await writing;

  console.log('look-ups without a purge', quiet, 'during it', busy, { writes, slowestWriteMs });
  expect(purge.count).toBe(expiring);
  expect(busy.count).toBeGreaterThan(100);
  expect(busy.perSecond).toBeGreaterThan(quiet.perSecond / 10);
  expect(busy.slowestMs).toBeLessThan(busy.tookMs / 4);
  expect(writes).toBeGreaterThan(10);
  expect(slowestWriteMs).toBeLessThan(busy.tookMs / 4);
  expect(await store.lookUp(project.tenant, byId('expiring-0'))).toEqual({ missing: 'expired' });
});

test('a purge takes no more for many projects, and none waits for the end of another', async () => {
  const projects = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      store.createProject({ accountSlug: `many-${n}`, projectSlug: 'many' }),
    ),
  );
  // The store's own order is that of the tenants: whoever keeps to it serves the others last.
  const [full, ...others] = projects.toSorted((one, two) => (one.tenant < two.tenant ? -1 : 1));
  const purgesOfFull = 12;
  await fill('full', purgesOfFull * purgedRowsMax, 60, full);
  for (const other of others) await fill('other', 2, 60, other);
  clock.advance(60_000);

  const counts: number[] = [];
  for (let n = 1; n < purgesOfFull; n++) counts.push(await store.purge());
  const lists = others.map((other) => store.list(other, {}, { limit: 2, after: null }));
  const shown = (await Promise.all(lists)).flatMap(({ items }) => items.map(({ id }) => id));
  expect(shown.filter((id) => id.startsWith('hash:')).length).toBeGreaterThan(0);

  while (counts.at(-1)! > 0) counts.push(await store.purge());
  expect(Math.max(...counts)).toBe(purgedRowsMax);
  const all = purgesOfFull * purgedRowsMax + others.length * 2;
  expect(counts.reduce((sum, count) => sum + count)).toBe(all);

  clock.advance(limits.tombstoneSeconds * 1_000);
  const dropped: number[] = [];
  do dropped.push(await store.purge());
  while (dropped.at(-1)! > 0);
  expect(Math.max(...dropped)).toBe(purgedRowsMax);
  // A row for the id, one for the shared id, and the event that it was missed.
  expect(dropped.reduce((sum, count) => sum + count)).toBe(all * 3);
});

test('a write beyond the queue is told to come again, and the others are kept', async () => {
  // The first write of a project waits for the key that it is sealed with.
  await store.put(project, writeOf('first'), {});
  const accepted = Array.from({ length: limits.writesQueuedMax }, (_, n) =>
    store.put(project, writeOf(`call-${n}`), {}),
  );
  expect(store.gauges().writesQueued).toBe(limits.writesQueuedMax);
  const refused = [
    store.put(project, writeOf('beyond'), {}),
    store.patch(project, byId('call-1'), { sharedId: 's' }, {}),
    store.erase(project, byId('call-1'), {}),
  ];
  for (const write of refused) {
    await expect(write).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 });
  }
  await Promise.all(accepted);
  expect(store.gauges().writesQueued).toBe(0);
  expect(await store.lookUp(project.tenant, byId('beyond'))).toEqual({ missing: 'not_found' });
  expect((await store.put(project, writeOf('beyond'), {})).created).toBe(true);
  for (let n = 0; n < limits.writesQueuedMax; n++) {
    const { found } = await store.lookUp(project.tenant, byId(`call-${n}`));
    expect(found?.etag).toBe('"1"');
  }
});

test('projects and keys are changed, and keys revoked, beyond the queue', async () => {
  const { accountId } = project;
  const reach = { accountId, projects: null, permission: 'read', region: 'us-1' } as const;
  const { key } = newKey({ ...reach, name: null, now: clock.now(), expiresAt: null });
  await store.createKey(key);
  const accepted = Array.from({ length: limits.writesQueuedMax }, (_, n) =>
    store.put(project, writeOf(`call-${n}`), {}),
  );
  const revokedAt = clock.now();
  const revoked = store.revokeKey(key.keyId, revokedAt);
  const changed = store.changeProject(project.tenant, { retentionSeconds: 60 });
  const refused = store.put(project, writeOf('beyond'), {});

  await expect(refused).rejects.toMatchObject({ code: 'unavailable' });
  expect((await revoked).revokedAt).toBe(revokedAt);
  expect((await changed).retentionSeconds).toBe(60);
  await Promise.all(accepted);
});

test('writes wait for another process once, all together, and come back after it', async () => {
  const other = openWriter(databaseFile(place.config.dataDir));
  other.exec('BEGIN IMMEDIATE');
  const begun = performance.now();
  const writes = Array.from({ length: 4 }, (_, n) => store.put(project, writeOf(`call-${n}`), {}));
  const refusal = { code: 'unavailable', retryAfterSeconds: 1 };
  await Promise.all(writes.map((write) => expect(write).rejects.toMatchObject(refusal)));
  expect(performance.now() - begun).toBeLessThan(busyMs * 1.5);

  other.exec('COMMIT');
  other.close();
  expect((await store.put(project, writeOf('call-0'), {})).created).toBe(true);
});

test('a command that fails does not fail those that are committed with it', async () => {
  const project2 = await store.createProject({ accountSlug: 'two', projectSlug: 'two' });
  const results = await Promise.allSettled([
    store.put(project, writeOf('before'), {}),
    store.createProject({ accountSlug: 'two', projectSlug: 'two' }),
    // Not to be stored at all: the tenant's column takes no null.
    store.put({ ...project2, tenant: null as unknown as string }, writeOf('broken'), {}),
    store.put(project, writeOf('after'), {}),
  ]);
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
  ]);
  for (const id of ['before', 'after']) {
    expect((await store.lookUp(project.tenant, byId(id))).found?.etag).toBe('"1"');
  }
  await expectRefusal(store.erase(project, byId('broken'), {}), 'handoff_state_not_found');
});
