// The PostgreSQL store under more than it can take: what it refuses, and that it goes on after.

import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/limits.js';
import { newProject, type Project } from '../../src/project.js';
import type { Store } from '../../src/store/store.js';
import { PostgresPlace } from '../support/store-place.js';
import { byId, expectRefusal, writeOf } from './contract/setting.js';

let place: PostgresPlace;
let store: Store;
let project: Project;
beforeAll(async () => {
  place = await PostgresPlace.make();
  store = await place.open();
  project = newProject({ projectSlug: 'one' }, 'us-1', Date.now());
  await store.initialise(project, []);
});
afterAll(async () => {
  await store.close();
  await place.remove();
});

test('databaseCallsMax: so many calls at once are answered, one more is refused', async () => {
  await store.put(project, writeOf('one'), {});
  const lookUp = () => store.lookUp(project.tenant, byId('one'));
  const within = Array.from({ length: limits.databaseCallsMax }, lookUp);
  await expectRefusal(lookUp(), 'unavailable');
  await expectRefusal(store.put(project, writeOf('two'), {}), 'unavailable');
  for (const { found } of await Promise.all(within)) expect(found?.etag).toBe('"1"');

  expect((await lookUp()).found?.etag).toBe('"1"');
  expect((await store.put(project, writeOf('two'), {})).created).toBe(true);
});

test('many writes at once wait for a connection and are all carried out', async () => {
  const writes = Array.from({ length: 300 }, (_, n) =>
    store.put(project, writeOf(`many-${n}`, { dataText: `{"n":${n}}` }), {}),
  );
  for (const { created } of await Promise.all(writes)) expect(created).toBe(true);
  const { found } = await store.lookUp(project.tenant, byId('many-299'));
  expect(found?.body).toBe('{"id":"many-299","data":{"n":299}}');
});

test('statistics, however many and long, leave connections to look-ups', async () => {
  await store.put(project, writeOf('live'), {});
  const holder = new Client({ connectionString: place.config.databaseUrl! });
  await holder.connect();
  await holder.query('BEGIN; LOCK TABLE resultless_look_up');
  const span = { from: 0, to: 60_000, intervalMs: 60_000 };
  const reading = Array.from({ length: 50 }, () => store.stats(project.tenant, span));
  for (let n = 0; n < 20; n++) {
    expect((await store.lookUp(project.tenant, byId('live'))).found?.etag).toBe('"1"');
  }
  await holder.query('ROLLBACK');
  await holder.end();
  for (const { total } of await Promise.all(reading)) expect(total.written).toBe(0);
});
