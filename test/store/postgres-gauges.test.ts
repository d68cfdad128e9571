// What the PostgreSQL store says of itself to its operator: ready, full, and who waits for it.

import { Client } from 'pg';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import type { Project } from '../../src/project.js';
import type { Store, StoreGauges } from '../../src/store/store.js';
import { asSuperuser, query } from '../support/postgres-database.js';
import { PostgresPlace } from '../support/store-place.js';
import { byId, expectRefusal, writeOf } from './contract/setting.js';

let place: PostgresPlace;
let store: Store;
let project: Project;
beforeEach(async () => {
  place = await PostgresPlace.make({ databasePool: 2 });
  store = await place.open();
  project = await store.createProject({ projectSlug: 'support' });
});
afterEach(async () => {
  await store.close();
  await place.remove();
});

const idle: StoreGauges = {
  isReady: true,
  writesQueued: 0,
  answersCached: 0,
  answersCachedBytes: 0,
  storageFull: false,
  connectionsUsed: 0,
  connectionsAwaited: 0,
};

test('a node of long ago is forgotten when another one starts', async () => {
  const { databaseUrl } = place.config;
  await query(databaseUrl!, "INSERT INTO node (node_id, beat_at) VALUES ('of long ago', 0)");
  const started = await place.open();
  const { rows } = await query(databaseUrl!, 'SELECT node_id FROM node');
  expect(rows).toHaveLength(2);
  expect(rows).not.toContainEqual({ node_id: 'of long ago' });
  await started.close();
});

test('connections that work, and who waits for one', async () => {
  expect(store.gauges()).toEqual(idle);
  const other = new Client({ connectionString: place.config.databaseUrl! });
  await other.connect();
  await other.query('BEGIN; LOCK TABLE handoff_state');
  // With a condition, each is written alone.
  const writes = ['a', 'b', 'c', 'd', 'e'].map((id) =>
    store.put(project, writeOf(id), { ifNoneMatch: '*' }),
  );
  await expect.poll(() => store.gauges().connectionsAwaited).toBe(3);
  expect(store.gauges()).toEqual({
    ...idle,
    writesQueued: 5,
    connectionsUsed: 2,
    connectionsAwaited: 3,
  });
  await other.end();
  await Promise.all(writes);
  expect(store.gauges()).toEqual(idle);
});

test('whether the last write found room', async () => {
  const databaseUrl = asSuperuser(inject('postgresAdminUrl'), place.config.databaseUrl!);
  // As PostgreSQL says it where its disk is full.
  await query(
    databaseUrl,
    `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql
     AS $$ BEGIN RAISE 'no room' USING ERRCODE = '53100'; END $$`,
  );
  const trigger = 'full_disk BEFORE INSERT ON handoff_state FOR EACH ROW';
  await query(databaseUrl, `CREATE TRIGGER ${trigger} EXECUTE FUNCTION full_disk()`);
  await expectRefusal(store.put(project, writeOf('one'), {}), 'storage_full');
  expect(store.gauges().storageFull).toBe(true);
  expect(await store.lookUp(project.tenant, byId('one'))).toEqual({
    missing: 'not_found',
  });
  await expectRefusal(store.put(project, writeOf('one'), {}), 'storage_full');
  expect(store.gauges().storageFull).toBe(true);

  await query(databaseUrl, 'DROP TRIGGER full_disk ON handoff_state');
  await store.put(project, writeOf('one'), {});
  expect(store.gauges().storageFull).toBe(false);
});

test('that it is not ready while its database is away', async () => {
  await place.remove();
  await expect.poll(() => store.gauges().isReady).toBe(false);
});
