// Backups that move between kinds of store, and what only PostgreSQL does to one.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { Config } from '../../src/config.js';
import type { Project } from '../../src/project.js';
import { allRows, folder, masterKey } from '../backup/setting.js';
import { command } from '../support/command.js';
import { OwnPostgres } from '../support/own-postgres.js';
import { newDatabase, query } from '../support/postgres-database.js';
import { PostgresPlace, SqlitePlace, type StorePlace } from '../support/store-place.js';

test('a SQLite store moves into PostgreSQL and back, row by row', async () => {
  const places: StorePlace[] = [
    new SqlitePlace({ masterKey }),
    await PostgresPlace.make({ masterKey }),
    new SqlitePlace({ masterKey }),
  ];
  const [original, between, back] = places.map(({ config }) => config);
  const { tenant } = await fill(places[0]!);
  const directory = folder();
  await move(original!, between!, join(directory, 'one'));
  await move(between!, back!, join(directory, 'two'));
  const rows = await allRows(original!);
  expect(await allRows(between!)).toEqual(rows);
  expect(await allRows(back!)).toEqual(rows);

  const store = await places[1]!.open();
  const { found } = await store.lookUp(tenant, { kind: 'shared_id', value: 's' });
  expect(found?.body).toBe('{"id":"one","shared_id":"s","data":{"n":1.0}}');
  await store.close();
  for (const place of places) await place.remove();
});

test('waits for no lock of a writer, and holds no writer up', async () => {
  const place = await PostgresPlace.make({ masterKey });
  await fill(place);
  const { config } = place;
  const writer = new Client({ connectionString: config.databaseUrl! });
  await writer.connect();
  await writer.query('BEGIN');
  await writer.query("UPDATE handoff_state SET sealed = '0{}'");
  const file = join(folder(), 'backup');
  expect(await command(config, ['backup', file])).toMatchObject({ code: 0 });
  await writer.query('COMMIT');
  await writer.end();
  await place.remove();
});

test('is not made of a primary whose standby acknowledges nothing', async () => {
  const postgres = await OwnPostgres.start();
  onTestFinished(() => postgres.remove());
  const databaseUrl = await newDatabase(postgres.server.adminUrl);
  const place = new PostgresPlace({ databaseUrl, masterKey });
  await (await place.open()).close();
  const { config } = place;
  await postgres.set('synchronous_standby_names', "'gone'");
  const file = join(folder(), 'backup');
  const { code, errors } = await command(config, ['backup', file]);
  expect([code, errors]).toEqual([1, expect.stringContaining('acknowledges no write')]);
  expect(existsSync(file)).toBe(false);
});

test('refuses a database with no store in it, and an older schema', async () => {
  const databaseUrl = await newDatabase(inject('postgresAdminUrl'));
  const place = new PostgresPlace({ databaseUrl, masterKey });
  const file = join(folder(), 'backup');
  const none = await command(place.config, ['backup', file]);
  expect([none.code, none.errors]).toEqual([1, expect.stringContaining('no store in this')]);
  await (await place.open()).close();
  await query(databaseUrl, 'DELETE FROM schema_migration WHERE version > 1');
  const older = await command(place.config, ['backup', file]);
  expect([older.code, older.errors]).toEqual([1, expect.stringContaining('`baton migrate`')]);
  await place.remove();
});

async function fill(place: StorePlace): Promise<Project> {
  const store = await place.open();
  const project = await store.createProject({ projectSlug: 'support' });
  const write = { sharedId: 's', aliases: ['a'], dataText: '{"n":1.0}', ttlSeconds: null };
  await store.put(project, { id: 'one', ...write }, {});
  await store.put(project, { id: 'two', ...write, sharedId: 's2', aliases: [] }, {});
  await store.erase(project, { kind: 'id', value: 'two' }, {});
  await store.close();
  return project;
}

async function move(from: Config, to: Config, file: string): Promise<void> {
  expect(await command(from, ['backup', file])).toMatchObject({ code: 0, errors: '' });
  expect(await command(to, ['restore', file])).toMatchObject({ code: 0, errors: '' });
}
