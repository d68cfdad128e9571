// Sealing in a database that older nodes use too: it begins once none of them is left.

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Project } from '../../src/project.js';
import type { Store } from '../../src/store/store.js';
import { query } from '../support/postgres-database.js';
import { makeSchema, newestPostgresSchema } from '../support/postgres-schema.js';
import { PostgresPlace } from '../support/store-place.js';
import { openRows } from '../support/stored-rows.js';

/** The format of a node that reads nothing sealed. */
const clearFormat = 0;

let place: PostgresPlace;
let stores: Store[];
let project: Project;
beforeEach(async () => {
  place = await PostgresPlace.make();
  await makeSchema(place.config.databaseUrl!, newestPostgresSchema());
  await ask(`INSERT INTO node (node_id, beat_at, format)
    VALUES ('older', (extract(epoch FROM now()) * 1000)::bigint + 600000, ${clearFormat})`);
  stores = await Promise.all([place.open('server'), place.open('server')]);
  project = await stores[0]!.createProject({ projectSlug: 'support' });
});
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await place.remove();
});

test('before, states are kept in clear, and no project can hide its names', async () => {
  const [first, second] = stores as [Store, Store];
  await put(first, 'one');
  await second.patch(project, { kind: 'id', value: 'one' }, { dataPatchText: '{"more":2}' }, {});
  expect(await sealed('one')).toBe('0{"of":"one","more":2}');
  expect(await body(first, 'one')).toBe('{"id":"one","data":{"of":"one","more":2}}');
  await beats();
  await put(second, 'two');
  expect(await sealed('two')).toBe('0{"of":"two"}');
  const hiding = first.createProject({ projectSlug: 'hiding', hashIds: true });
  await expect(hiding).rejects.toMatchObject({ code: 'unavailable' });
});

test('it begins when the last older node has been silent for a minute, and stays', async () => {
  await put(stores[0]!, 'one');
  await ask("UPDATE node SET beat_at = beat_at - 700000 WHERE node_id = 'older'");
  for (const store of stores) {
    const begins = async () => {
      await put(store, 'new');
      return (await sealed('new'))[0];
    };
    await expect.poll(begins, { timeout: 10_000 }).toBe('1');
  }
  for (const store of stores) {
    expect(await body(store, 'one')).toBe('{"id":"one","data":{"of":"one"}}');
    expect(await body(store, 'new')).toBe('{"id":"new","data":{"of":"new"}}');
  }
  await ask("UPDATE node SET beat_at = beat_at + 700000 WHERE node_id = 'older'");
  await beats();
  await stores[0]!.patch(project, { kind: 'id', value: 'one' }, { dataPatchText: '{"b":1}' }, {});
  expect(await sealed('one')).toMatch(/^1[A-Za-z0-9+/]+=*$/);
  expect(await body(stores[1]!, 'one')).toBe('{"id":"one","data":{"of":"one","b":1}}');
  const hiding = await stores[1]!.createProject({ projectSlug: 'hiding', hashIds: true });
  expect(hiding.hashIds).toBe(true);
});

test('a first node of this version seals from its first write on', async () => {
  const fresh = await PostgresPlace.make();
  const store = await fresh.open('server');
  const made = await store.createProject({ projectSlug: 'support' });
  const write = { id: 'one', sharedId: null, aliases: [], dataText: '{}', ttlSeconds: null };
  await store.put(made, write, {});
  const rows = await openRows(fresh.config);
  const [row] = await rows.all('SELECT sealed FROM handoff_state');
  expect(String(row!.sealed)[0]).toBe('1');
  await rows.close();
  await store.close();
  await fresh.remove();
});

async function put(store: Store, id: string): Promise<void> {
  const dataText = `{"of":"${id}"}`;
  await store.put(project, { id, sharedId: null, aliases: [], dataText, ttlSeconds: null }, {});
}

async function body(store: Store, id: string): Promise<string | undefined> {
  return (await store.lookUp(project.tenant, { kind: 'id', value: id })).found?.body;
}

/** What the database has of a state. */
async function sealed(id: string): Promise<string> {
  const { rows } = await ask(`SELECT sealed FROM handoff_state WHERE id = '${id}'`);
  return (rows[0] as { sealed: string }).sealed;
}

function ask(statement: string): ReturnType<typeof query> {
  return query(place.config.databaseUrl!, statement);
}

/** Resolves when every node has sent one more heartbeat. */
async function beats(): Promise<void> {
  const beatAt = "SELECT min(beat_at) AS at FROM node WHERE node_id <> 'older'";
  const now = await ask('SELECT (extract(epoch FROM now()) * 1000)::bigint AS at');
  const since = Number((now.rows[0] as { at: string }).at);
  const oldest = async () => Number(((await ask(beatAt)).rows[0] as { at: string }).at);
  await expect.poll(oldest, { timeout: 10_000 }).toBeGreaterThan(since);
}
