// The schema of a SQLite store comes about in numbered steps, each applied once.

import { type ChildProcess, fork } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openWriter } from '../../src/store/sqlite/database.js';
import { prepareEventWrites } from '../../src/store/sqlite/event-writes.js';
import { migrate, newestSchemaVersion, schemaVersion } from '../../src/store/sqlite/migrate.js';
import { temporaryDirectory } from '../support/test-config.js';

let dataDir: string;
let file: string;
beforeEach(() => {
  dataDir = temporaryDirectory();
  file = join(dataDir, 'baton.db');
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const every = () => Array.from({ length: newestSchemaVersion() }, (_, index) => index + 1);

test('a fresh database gets every step, a second time none', () => {
  const database = openWriter(file);
  expect(schemaVersion(database)).toBe(0);
  expect(migrate(database)).toEqual(every());
  expect(schemaVersion(database)).toBe(newestSchemaVersion());
  const schema = schemaOf(database);
  expect(schema).toContain('CREATE TABLE handoff_state');
  expect(migrate(database)).toEqual([]);
  expect(schemaOf(database)).toBe(schema);
  database.close();
});

test('of several processes at once each step is applied by one of them', async () => {
  const script = new URL('../support/migrate-child.mjs', import.meta.url);
  const children = Array.from({ length: 4 }, () =>
    fork(script, [file], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  );
  await Promise.all(children.map(answerOf));
  const answers = children.map(answerOf);
  for (const child of children) child.send('go');
  const applied = (await Promise.all(answers)).flat() as number[];
  expect(applied.toSorted((one, other) => one - other)).toEqual(every());
});

test('a newer schema is refused and left alone', () => {
  const database = openWriter(file);
  migrate(database);
  const newer = newestSchemaVersion() + 3;
  database.pragma(`user_version = ${newer}`);
  expect(() => migrate(database)).toThrow(
    new RegExp(`schema version ${newer}, .* up to ${newestSchemaVersion()}; start the newer`),
  );
  expect(schemaVersion(database)).toBe(newer);
  database.close();
});

test('a step that fails leaves nothing behind', () => {
  const database = openWriter(file);
  database.exec('CREATE TABLE tombstone (in_the_way TEXT)');
  expect(() => migrate(database)).toThrow(Database.SqliteError);
  expect(schemaVersion(database)).toBe(0);
  expect(schemaOf(database)).toBe('CREATE TABLE tombstone (in_the_way TEXT)');
  database.close();
});

test('an event from before lives were kept loses its name with its state', () => {
  const database = openWriter(file);
  migrateUpTo(database, 10);
  database.exec(`
    INSERT INTO handoff_state
      (tenant, id, aliases, version, written_at, updated_at, expires_at, sealed)
    VALUES ('t', 'live', '[]', 1, 5, 6, 900, '0{}');
    INSERT INTO event (tenant, seq, kind, id, at, late)
    VALUES ('t', 1, 'written', 'live', 7, 0), ('t', 2, 'erased', 'hash:of-another', 8, 0)`);
  migrate(database);
  prepareEventWrites(database).hideEvents.run('hash:of-it', 't', 5, 'live');
  const ids = database.prepare('SELECT id FROM event ORDER BY seq').pluck().all();
  expect(ids).toEqual(['hash:of-it', 'hash:of-another']);
  database.close();
});

/** As an older version of Baton would have left it. */
function migrateUpTo(database: Database.Database, version: number): void {
  const folder = new URL('../../src/store/sqlite/migrations/', import.meta.url);
  for (const step of readdirSync(folder).toSorted().slice(0, version)) {
    database.exec(readFileSync(new URL(step, folder), 'utf8'));
  }
  database.pragma(`user_version = ${version}`);
}

function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`The process ended with code ${code}.`)));
  });
}

function schemaOf(database: Database.Database): string {
  return database
    .prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL')
    .pluck()
    .all()
    .join();
}
