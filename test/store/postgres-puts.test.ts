// PUTs that are written together are as good as those that are written one by one.

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Project } from '../../src/project.js';
import type { Store } from '../../src/store/store.js';
import { cuttingProxy } from '../support/cutting-proxy.js';
import { query } from '../support/postgres-database.js';
import { PostgresPlace } from '../support/store-place.js';
import { byId, bySharedId, expectRefusal, writeOf } from './contract/setting.js';

let place: PostgresPlace;
let store: Store;
let project: Project;
beforeEach(async () => {
  place = await PostgresPlace.make();
  store = await place.open();
  project = await store.createProject({ accountSlug: 'acme', projectSlug: 'support' });
});
afterEach(async () => {
  await store.close();
  await place.remove();
});

const ids = Array.from({ length: 40 }, (_, n) => `call-${n}`);
const put = (id: string, rest = {}) => store.put(project, writeOf(id, rest), {});
const run = (statement: string) => query(place.config.databaseUrl!, statement);
const etagOf = async (id: string) =>
  (await store.lookUp(project.tenant, byId(id))).found?.etag ?? 'none';
const ownerOf = async (name: string) => {
  const { found } = await store.lookUp(project.tenant, bySharedId(name));
  return JSON.parse(found!.body).id;
};

test('many at once share transactions, and each is found by all of its names', async () => {
  await Promise.all(
    ids.map((id) => put(id, { sharedId: `shared-${id}`, aliases: [`alias-${id}`] })),
  );
  const { rows } = await run('SELECT count(DISTINCT write_id)::int AS count FROM handoff_state');
  expect(rows[0]!['count']).toBeLessThan(ids.length / 2);
  for (const id of ids) {
    for (const name of [byId(id), bySharedId(`shared-${id}`), bySharedId(`alias-${id}`)]) {
      const { found } = await store.lookUp(project.tenant, name);
      expect(JSON.parse(found!.body).id).toBe(id);
    }
  }
});

test('new ones, replacements and expired ones at once: the version of each goes on', async () => {
  const [first, second, third] = [ids.slice(0, 10), ids.slice(10, 20), ids.slice(20, 30)];
  await Promise.all([...first, ...second].map((id) => put(id, { sharedId: `shared-${id}` })));
  await Promise.all(second.map((id) => store.erase(project, byId(id), {})));
  const again = await Promise.all([...first, ...second, ...third].map((id) => put(id)));
  expect(again.map(({ created }) => created)).toEqual([
    ...first.map(() => false),
    ...second.map(() => true),
    ...third.map(() => true),
  ]);
  expect(await Promise.all(first.map(etagOf))).toEqual(first.map(() => '"2"'));
  expect(new Set(await Promise.all(second.map(etagOf))).size).toBe(1);
  expect(await etagOf(second[0]!)).not.toBe('"1"');
  expect(await Promise.all(third.map(etagOf))).toEqual(third.map(() => '"1"'));
});

test('of one id at once each makes a version', async () => {
  const answers = await Promise.all(ids.map(() => put('one')));
  const versions = answers.map(({ answer }) => Number(answer.etag.slice(1, -1)));
  expect(versions.toSorted((one, other) => one - other)).toEqual(ids.map((_, n) => n + 1));
});

test('two that take a name each from a third state at once leave it without both', async () => {
  await put('third', { sharedId: 'one', aliases: ['other', 'own'] });
  await Promise.all([put('first', { sharedId: 'one' }), put('second', { sharedId: 'other' })]);
  expect(await Promise.all(['one', 'other', 'own'].map(ownerOf))).toEqual([
    'first',
    'second',
    'third',
  ]);
  expect(await etagOf('third')).toBe('"3"');
});

test('one that the database refuses is refused alone', async () => {
  await run(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.id = 'call-7' THEN RAISE EXCEPTION 'refused'; END IF; RETURN NEW;
    END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON handoff_state FOR EACH ROW EXECUTE FUNCTION refuse()`);
  const done = await Promise.allSettled(ids.map((id) => put(id)));
  expect(ids.filter((_, n) => done[n]!.status === 'rejected')).toEqual(['call-7']);
  expect(await Promise.all(ids.map(etagOf))).toEqual(
    ids.map((id) => (id === 'call-7' ? 'none' : '"1"')),
  );
});

test('where the commit of many was cut short each is written once', async () => {
  // At the first commit the server ends the connection, before it has committed.
  await run(`
    CREATE SEQUENCE commits;
    CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF nextval('commits') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON handoff_state DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION cut()`);
  const written = await Promise.all(ids.map((id) => put(id)));
  expect(written.every(({ created }) => created)).toBe(true);
  expect(await Promise.all(ids.map(etagOf))).toEqual(ids.map(() => '"1"'));
});

test('where the commit of many was done and its answer is lost each is written once', async () => {
  const proxy = await cuttingProxy(place.config.databaseUrl!);
  const behind = new PostgresPlace({ ...place.config, databaseUrl: proxy.url });
  const far = await behind.open();
  await far.put(project, writeOf('before'), {});
  await far.put(project, writeOf('call-1'), {});
  proxy.cutNextCommit();
  const written = await Promise.all(ids.map((id) => far.put(project, writeOf(id), {})));
  await far.close();
  expect(proxy.cut()).toBe(1);
  expect(written.map(({ answer }) => answer.etag)).toEqual(
    ids.map((id) => (id === 'call-1' ? '"2"' : '"1"')),
  );
  expect(await Promise.all(ids.map(etagOf))).toEqual(written.map(({ answer }) => answer.etag));
});

test('a time to live that is refused holds up no other', async () => {
  const tooLong = put('long', { ttlSeconds: project.retentionSeconds + 1 });
  const others = Promise.all(ids.map((id) => put(id)));
  await expectRefusal(tooLong, 'invalid_request');
  expect((await others).every(({ created }) => created)).toBe(true);
});
