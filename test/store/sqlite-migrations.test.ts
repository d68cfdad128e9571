// The schema of a SQLite store comes about in numbered steps, each applied once.

import { type ChildProcess, fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openWriter } from '../../src/store/sqlite/database.js';
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
