// The schema of a PostgreSQL store comes about in numbered steps, whatever happens meanwhile.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Client } from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { migrateStore } from '../../src/store/open.js';
import { atOnce } from '../support/at-once.js';
import { countingProxy } from '../support/counting-proxy.js';
import { asSuperuser, newDatabase, query } from '../support/postgres-database.js';
import { makeSchema, newestPostgresSchema } from '../support/postgres-schema.js';
import { seededRandom } from '../support/random.js';
import { PostgresPlace } from '../support/store-place.js';

const adminUrl = inject('postgresAdminUrl');
const newest = newestPostgresSchema();
const olderSchemas = Array.from({ length: newest - 1 }, (_, index) => index + 1);

test('a fresh database gets every step, a second time none', async () => {
  const place = await placeIn();
  await (await place.open()).close();
  expect(await migrateStore(place.config)).toMatchObject({ from: newest, to: newest });
  const schema = await schemaOf(place);
  expect(schema).toContain('handoff_state.sealed');
  await (await place.open()).close();
  expect(await schemaOf(place)).toBe(schema);
});

test('a step that fails leaves nothing behind', async () => {
  const place = await placeIn();
  await query(place.config.databaseUrl!, 'CREATE TABLE tombstone (in_the_way text)');
  await expect(place.open()).rejects.toThrow();
  expect(await schemaOf(place)).toBe('tombstone.in_the_way');
});

test('several at once on an empty database open it all', async () => {
  const place = await placeIn();
  const children = await Promise.all(Array.from({ length: 4 }, readyChild));
  const opened = children.map(messageOf);
  for (const child of children) child.send(place.config);
  expect(await Promise.all(opened)).toEqual(Array(4).fill('opened'));
  expect(await migrateStore(place.config)).toMatchObject({ from: newest, to: newest });
});

test('while a backup reads a table, look-ups of older nodes are not held up; then it is done', async () => {
  const place = await filledPlace(1);
  const [backup, node] = await Promise.all([openClient(place), openClient(place)]);
  await backup.query('BEGIN; SELECT FROM api_key; SELECT FROM project');
  await node.query("SET statement_timeout = '3s'");
  const migrated = migrateStore(place.config);
  const startedAt = performance.now();
  while (performance.now() - startedAt < 4_000) {
    await node.query('SELECT FROM api_key; SELECT FROM project');
  }
  await backup.query('COMMIT');
  expect(await migrated).toMatchObject({ from: 1, to: newest });
  await Promise.all([backup.end(), node.end()]);
});

test.each(olderSchemas)(
  'from version %i, while look-ups of an older node go on',
  async (schema) => {
    const place = await filledPlace(schema);
    const load = { isOver: false, lookUps: 0 };
    const reading = Array.from({ length: 4 }, async () => {
      const client = new Client({ connectionString: place.config.databaseUrl! });
      await client.connect();
      while (!load.isOver) {
        for (const [name, text] of Object.entries(olderLookUp)) {
          const { rows } = await client.query({ name, text });
          expect(rows, name).toHaveLength(1);
        }
        load.lookUps += 1;
      }
      await client.end();
    });
    await expect.poll(() => load.lookUps).toBeGreaterThan(20);
    expect(await migrateStore(place.config)).toMatchObject({ from: schema, to: newest });
    const migrated = load.lookUps;
    await expect.poll(() => load.lookUps).toBeGreaterThan(migrated + 20);
    load.isOver = true;
    await Promise.all(reading);

    const store = await place.open();
    const { found } = await store.lookUp('t', { kind: 'shared_id', value: 's' });
    expect(found?.body).toBe('{"id":"one","shared_id":"s","data":{"n":1}}');
    expect(await store.findProject('acme', 'support')).toMatchObject({ tenant: 't', createdAt: 3 });
    expect(await store.findKey('AAAAAAAAAAAA')).toMatchObject({ name: 'old', projects: null });
    await store.close();
  },
);

test('killed at any point of the conversation with the database it can be completed', async () => {
  const random = seededRandom('killed migrations');
  const filled = new Map<number, string>();
  for (const schema of olderSchemas) filled.set(schema, nameOf(await filledPlace(schema)));
  const copyOf = (schema: number) => placeIn(filled.get(schema));
  const points = new Map<number, number>();
  for (const schema of [0, ...olderSchemas]) {
    points.set(schema, await messagesOfMigration(await copyOf(schema)));
  }
  const kills = Array.from({ length: 20 }, () => {
    const schema = random.below(newest);
    return { schema, point: 1 + random.below(points.get(schema)!) };
  });

  const left = { asItWas: 0, complete: 0 };
  await atOnce(4, kills, async ({ schema, point }) => {
    const place = await copyOf(schema);
    const child = await readyChild();
    const ended = once(child, 'exit');
    const proxy = await countingProxy(place.config.databaseUrl!, (count) => {
      if (count === point) child.kill('SIGKILL');
    });
    child.send({ ...place.config, databaseUrl: proxy.url });
    expect(await ended).toEqual([null, 'SIGKILL']);

    const version = await schemaVersionOf(place);
    expect([schema, newest]).toContain(version);
    left[version === schema ? 'asItWas' : 'complete'] += 1;
    await (await place.open()).close();
    expect(await schemaVersionOf(place)).toBe(newest);
  });
  console.log('killed migrations left the database', left);
});

/** What version 1 stored: of everything something, and so many tombstones that it takes a while. */
const contents = `
INSERT INTO project VALUES ('t', 'ws-1', 'acme', 'PROJECT-1', 'support', 'us-1', 3600, 60, 3);
INSERT INTO api_key (key_id, name, account_id, permission, region, secret_hash, created_at)
  VALUES ('AAAAAAAAAAAA', 'old', 'ws-1', 'read', 'us-1', decode(repeat('ab', 32), 'hex'), 3);
INSERT INTO handoff_state (tenant, id, shared_id, aliases, version, written_at, updated_at,
                           expires_at, write_id, sealed)
  VALUES ('t', 'one', 's', '[]', 1, 3, 3, 4102444800000, 'w', '0{"n":1}');
INSERT INTO handoff_alias (tenant, alias, id) VALUES ('t', 's', 'one');
INSERT INTO tombstone (tenant, name_hash, id_hash, cause, version, written_at, updated_at,
                       expires_at, ended_at, write_id)
  SELECT 't', n::text, n::text, 'expired', 1, n, n, n, n, 'w' FROM generate_series(1, 20000) AS n`;

/** What a node of version 1 asks for a look-up. */
const olderLookUp = {
  find_key: `SELECT name, projects, permission, secret_hash, expires_at, revoked_at
    FROM api_key WHERE key_id = 'AAAAAAAAAAAA'`,
  find_project: `SELECT tenant, region, retention_seconds FROM project
    WHERE account_slug = 'acme' AND project_slug = 'support'`,
  look_up: `SELECT s.id, s.shared_id, s.version, s.updated_at, s.expires_at, s.sealed
    FROM handoff_alias a JOIN handoff_state s ON s.tenant = a.tenant AND s.id = a.id
    WHERE a.tenant = 't' AND a.alias = 's'`,
  missing: "SELECT cause FROM tombstone WHERE tenant = 't' AND name_hash = '7'",
};

/** A database of this schema with something in it. */
async function filledPlace(schema: number): Promise<PostgresPlace> {
  const place = await placeIn();
  await makeSchema(place.config.databaseUrl!, schema);
  await query(place.config.databaseUrl!, contents);
  return place;
}

/** How many messages an undisturbed opening sends that brings this database up to date. */
async function messagesOfMigration(place: PostgresPlace): Promise<number> {
  const proxy = await countingProxy(place.config.databaseUrl!);
  const child = await readyChild();
  const opened = messageOf(child);
  child.send({ ...place.config, databaseUrl: proxy.url });
  await opened;
  return proxy.asked();
}

/** An empty database, or a copy of one, that is dropped with the test. */
async function placeIn(original?: string): Promise<PostgresPlace> {
  const databaseUrl = await newDatabase(adminUrl, original);
  const place = new PostgresPlace({ databaseUrl });
  onTestFinished(() => place.remove());
  return place;
}

function nameOf({ config }: PostgresPlace): string {
  return new URL(config.databaseUrl!).pathname.slice(1);
}

async function schemaVersionOf({ config }: PostgresPlace): Promise<number> {
  const newestOf = async () => {
    const found = await query(config.databaseUrl!, 'SELECT max(version) FROM schema_migration');
    return (found.rows[0] as { max: number }).max;
  };
  const known = await query(config.databaseUrl!, "SELECT to_regclass('schema_migration') AS it");
  return (known.rows[0] as { it: string | null }).it === null ? 0 : newestOf();
}

/** Every column of every table. */
async function schemaOf({ config }: PostgresPlace): Promise<string> {
  const columns = await query(
    asSuperuser(adminUrl, config.databaseUrl!),
    `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' ORDER BY 1`,
  );
  return columns.rows.map(({ name }) => name as string).join(' ');
}

async function readyChild(): Promise<ChildProcess> {
  const script = new URL('../support/open-store-child.mjs', import.meta.url);
  const child = fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  expect(await messageOf(child)).toBe('ready');
  return child;
}

function messageOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`The process ended with code ${code}.`)));
  });
}

async function openClient(place: PostgresPlace): Promise<Client> {
  const client = new Client({ connectionString: place.config.databaseUrl! });
  await client.connect();
  return client;
}
