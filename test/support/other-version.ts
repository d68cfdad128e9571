// Another version of Baton, as an upgrade meets it: this one with fewer migrations, or with more.

import { cpSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from './test-config.js';

const project = fileURLToPath(new URL('../..', import.meta.url));
const migrations = 'dist/store/postgres/migrations';

/** The schema version that this version of Baton works with on PostgreSQL. */
export function newestPostgresSchema(): number {
  return migrationsOf(project).length;
}

/** A version that knows the schema up to `schema`; gives its entry, to be run as a process. */
export function olderVersion(schema: number): string {
  const copy = copyOfThis();
  for (const file of migrationsOf(copy).slice(schema)) rmSync(join(copy, migrations, file));
  return join(copy, 'dist/main.js');
}

/** A version that knows one migration more than this one; gives its entry. */
export function newerVersion(): string {
  const copy = copyOfThis();
  const file = `${String(newestPostgresSchema() + 1).padStart(4, '0')}-later.sql`;
  writeFileSync(join(copy, migrations, file), 'CREATE TABLE later (id text PRIMARY KEY);');
  return join(copy, 'dist/main.js');
}

/** Removed with the test. */
function copyOfThis(): string {
  const copy = temporaryDirectory();
  onTestFinished(() => rmSync(copy, { recursive: true }));
  for (const part of ['dist', 'package.json']) {
    cpSync(join(project, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

function migrationsOf(directory: string): string[] {
  return readdirSync(join(directory, migrations)).toSorted();
}
