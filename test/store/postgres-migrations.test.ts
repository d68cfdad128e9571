// The schema of a PostgreSQL store comes about in numbered steps, whatever happens meanwhile.

import { type ChildProcess, fork } from 'node:child_process';
import { expect, inject, onTestFinished, test } from 'vitest';
import { migrateStore } from '../../src/store/open.js';
import { atOnce } from '../support/at-once.js';
import { runBaton, serveChild } from '../support/child-server.js';
import { newestPostgresSchema, olderVersion } from '../support/other-version.js';
import { asSuperuser, newDatabase, query } from '../support/postgres-database.js';
import { seededRandom } from '../support/random.js';
import { send } from '../support/request.js';
import { PostgresPlace } from '../support/store-place.js';

const adminUrl = inject('postgresAdminUrl');
const newest = newestPostgresSchema();
const olderSchemas = Array.from({ length: newest - 1 }, (_, index) => index + 1);
/** So many rows that a step over all of them takes a while. */
const rows = 50_000;

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

test.each(olderSchemas)('from version %i, while an older server goes on', async (schema) => {
  const place = await placeIn();
  const older = olderVersion(schema);
  const env = environmentOf(place);
  const node = await serveChild(['--first-run'], env, older);
  const [, key] = await node.printed(/write key +(\S+)/);
  const url = `${node.url}/v1/demo/demo/handoff_state`;
  const body = { id: 'before', shared_id: 'shared', data: { n: 1 } };
  expect((await send(url, { method: 'PUT', key: key!, body })).status).toBe(201);

  const load = { isOver: false, lookUps: 0 };
  const reading = Array.from({ length: 4 }, async () => {
    while (!load.isOver) {
      const { status, json } = await send(`${url}?shared_id=shared`, { key: key! });
      expect([status, json.data]).toEqual([200, { n: 1 }]);
      load.lookUps += 1;
    }
  });
  await expect.poll(() => load.lookUps).toBeGreaterThan(20);
  expect(await migrateStore(place.config)).toMatchObject({ from: schema, to: newest });
  const migrated = load.lookUps;
  await expect.poll(() => load.lookUps).toBeGreaterThan(migrated + 20);
  load.isOver = true;
  await Promise.all(reading);

  const newer = await serveChild([], env);
  const newerUrl = `${newer.url}/v1/demo/demo/handoff_state?id=before`;
  expect((await send(newerUrl, { key: key! })).json).toEqual(body);
  for (const each of [node, newer]) expect((await each.end('SIGTERM')).code).toBe(0);
});

test('killed at any moment it can be completed', async () => {
  const random = seededRandom('killed migrations');
  const tookMs = new Map<number, number>();
  const filled = await filledDatabases();
  const copyOf = (schema: number) => placeIn(filled.get(schema));
  for (const schema of [0, ...olderSchemas]) {
    tookMs.set(schema, await migrationMs(await copyOf(schema)));
  }
  const found = { untouched: 0, complete: 0, finishedFirst: 0 };

  const kills = Array.from({ length: 20 }, () => {
    const schema = random.below(newest);
    return { schema, afterMs: random.below(Math.ceil(tookMs.get(schema)! * 1.1)) };
  });
  await atOnce(4, kills, async ({ schema, afterMs }) => {
    const place = await copyOf(schema);
    const child = await readyChild();
    const ended = new Promise<NodeJS.Signals | null>((resolve) => {
      child.once('exit', (_code, signal) => resolve(signal));
    });
    child.send(place.config);
    setTimeout(() => child.kill('SIGKILL'), afterMs);
    const signal = await ended;

    const version = await schemaVersionOf(place);
    expect([schema, newest]).toContain(version);
    if (signal === null) found.finishedFirst += 1;
    else if (version === schema) found.untouched += 1;
    else found.complete += 1;
    await (await place.open()).close();
    expect(await schemaVersionOf(place)).toBe(newest);
  });
  console.log(`killed migrations of up to ${Math.max(...tookMs.values())} ms left:`, found);
  expect(found.untouched).toBeGreaterThan(0);
}, 90_000);

/** Of each schema that there was a database with much in it, by its version; nobody uses it. */
async function filledDatabases(): Promise<Map<number, string>> {
  const filled = new Map<number, string>();
  for (const schema of olderSchemas) {
    const place = await placeIn();
    const made = await runBaton(['init'], environmentOf(place), olderVersion(schema));
    expect(made.code, made.output).toBe(0);
    await query(place.config.databaseUrl!, manyTombstones);
    filled.set(schema, new URL(place.config.databaseUrl!).pathname.slice(1));
  }
  return filled;
}

const manyTombstones = `
INSERT INTO tombstone (tenant, name_hash, id_hash, cause, version, written_at, updated_at,
                       expires_at, ended_at, write_id)
SELECT 't', n::text, n::text, 'expired', 1, n, n, n, n, 'w' FROM generate_series(1, ${rows}) AS n`;

/** How long an undisturbed opening takes that brings this database up to date, in milliseconds. */
async function migrationMs(place: PostgresPlace): Promise<number> {
  const child = await readyChild();
  const opened = messageOf(child);
  const startedAt = performance.now();
  child.send(place.config);
  await opened;
  return Math.round(performance.now() - startedAt);
}

/** An empty database, or a copy of one, that is dropped with the test. */
async function placeIn(original?: string): Promise<PostgresPlace> {
  const databaseUrl = await newDatabase(adminUrl, original);
  const place = new PostgresPlace({ databaseUrl });
  onTestFinished(() => place.remove());
  return place;
}

function environmentOf({ config }: PostgresPlace): Record<string, string> {
  return { BATON_DATABASE_URL: config.databaseUrl!, BATON_MASTER_KEY: config.masterKey! };
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
