// Databases as other versions of Baton leave them.

import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { query } from './postgres-database.js';
import { temporaryDirectory } from './test-config.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const migrations = 'dist/store/postgres/migrations';

/** The schema version that this version of Baton works with. */
export function newestPostgresSchema(): number {
  return migrationFiles().length;
}

/** Gives an empty database this schema, as the version of Baton did that knew no newer one. */
export async function makeSchema(databaseUrl: string, schema: number): Promise<void> {
  const record = `CREATE TABLE schema_migration (
    version integer PRIMARY KEY, applied_at bigint NOT NULL)`;
  await query(databaseUrl, record);
  for (const [index, file] of migrationFiles().slice(0, schema).entries()) {
    await query(databaseUrl, readFileSync(join(root, migrations, file), 'utf8'));
    await query(databaseUrl, `INSERT INTO schema_migration VALUES (${index + 1}, 0)`);
  }
}

/**
 * A version of Baton that knows one migration more than this one: gives its entry, to be run as a
 * process. It is removed with the test.
 */
export function newerVersion(): string {
  const copy = temporaryDirectory();
  onTestFinished(() => rmSync(copy, { recursive: true }));
  for (const part of ['dist', 'package.json']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const file = `${String(newestPostgresSchema() + 1).padStart(4, '0')}-later.sql`;
  writeFileSync(join(copy, migrations, file), 'CREATE TABLE later (id text PRIMARY KEY);');
  return join(copy, 'dist/main.js');
}

function migrationFiles(): string[] {
  return readdirSync(join(root, migrations)).toSorted();
}
