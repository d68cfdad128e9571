// The SQLite store lists in a moment whatever is asked for: look-ups wait for the list meanwhile.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { newProject, type Project } from '../../src/project.js';
import { databaseFile, openWriter } from '../../src/store/sqlite/database.js';
import type { HandoffFilter, Store } from '../../src/store/store.js';
import { TestClock } from '../support/server.js';
import { SqlitePlace } from '../support/store-place.js';
import { byId, writeOf } from './contract/setting.js';

const rows = 200_000;
const slowestMs = 5;
const clock = new TestClock();
let place: SqlitePlace;
let store: Store;
let project: Project;

beforeAll(async () => {
  clock.stopAt(Date.UTC(2030, 0, 1));
  place = new SqlitePlace();
  store = await place.open('server', clock.now);
  project = newProject({ projectSlug: 'one' }, 'us-1', clock.now());
  await store.initialise(project, []);
  await store.put(project, writeOf('erased', { sharedId: 's-erased' }), {});
  await store.erase(project, byId('erased'), {});
  await store.put(project, writeOf('expired', { sharedId: 's-expired', ttlSeconds: 1 }), {});
  clock.advance(1_000);
  fill();
});
afterAll(async () => {
  await store.close();
  await place.remove();
});

/** Live states and as many that have expired, all of them newer than the few written before. */
function fill(): void {
  const database = openWriter(databaseFile(place.config.dataDir));
  const numbers = `WITH RECURSIVE numbers (n) AS (
    SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${rows})`;
  const values = { tenant: project.tenant, now: clock.now() };
  const insert = (sql: string) => database.prepare(sql).run(values);
  database.transaction(() => {
    insert(`${numbers} INSERT INTO handoff_state
      SELECT @tenant, 'id-' || n, 's-' || n, '[]', 1, @now + n, @now + n, @now + 86400000, NULL,
             '0{}', @now + 86400000, NULL FROM numbers`);
    insert(
      `${numbers} INSERT INTO handoff_alias SELECT @tenant, 's-' || n, 'id-' || n FROM numbers`,
    );
    insert(`${numbers} INSERT INTO tombstone
      SELECT @tenant, 'h-' || n, 'h-' || n, 'expired', 1, @now + n, @now + n, @now + n, NULL,
             @now + n, NULL FROM numbers`);
  })();
  database.close();
}

const cases: [HandoffFilter, number][] = [
  [{}, 50],
  [{ id: 'id-7' }, 1],
  [{ id: 'erased' }, 1],
  [{ id: 'hash:h-7' }, 1],
  [{ id: 'nobody' }, 0],
  [{ sharedId: 's-7' }, 1],
  [{ sharedId: 's-erased' }, 1],
  [{ sharedId: 'nobody' }, 0],
  [{ id: 'expired', status: 'expired' }, 1],
  [{ status: 'pending' }, 50],
  [{ status: 'expired' }, 50],
  [{ status: 'erased' }, 1],
  [{ status: 'picked_up' }, 0],
  [{ status: 'late' }, 0],
  [{ status: 'missed' }, 0],
  [{ from: Date.UTC(2029, 0, 1), to: Date.UTC(2030, 0, 1) + 1_100 }, 50],
];

test.each(cases)(`of ${rows} states a page of %j takes a moment`, async (filter, count) => {
  const { items } = await store.list(project, filter, { limit: 50, after: null });
  expect(items).toHaveLength(count);
  const times = [await pageMs(filter), await pageMs(filter), await pageMs(filter)];
  expect(Math.min(...times)).toBeLessThan(slowestMs);
});

test('the last page takes a moment too, with a time to end before as without', async () => {
  const after = { at: clock.now() + 10, id: 'id-10' };
  for (const filter of [{}, { to: clock.now() + rows }, { status: 'pending' }] as const) {
    const times = [await pageMs(filter, after), await pageMs(filter, after)];
    expect(Math.min(...times)).toBeLessThan(slowestMs);
  }
});

async function pageMs(filter: HandoffFilter, after: { at: number; id: string } | null = null) {
  const begun = performance.now();
  await store.list(project, filter, { limit: 50, after });
  return performance.now() - begun;
}
