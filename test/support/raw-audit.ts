// The tables of the audit as whoever holds the database sees and changes them.

import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Config } from '../../src/config.js';
import { query } from './postgres-database.js';

export type Row = Record<string, string | number>;

/** Runs one statement beside the store; gives the rows of a SELECT. */
export async function onDatabase(
  { dataDir, databaseUrl }: Config,
  statement: string,
): Promise<Row[]> {
  if (databaseUrl !== null) return (await query(databaseUrl, statement)).rows as Row[];
  const database = new Database(join(dataDir, 'baton.db'));
  try {
    const prepared = database.prepare(statement);
    if (prepared.reader) return prepared.all() as Row[];
    prepared.run();
    return [];
  } finally {
    database.close();
  }
}

const tables = ['audit_block', 'audit_chain'];

/** Keeps all of the audit; what it gives puts it back as it was. */
export async function snapshotAudit(config: Config): Promise<() => Promise<void>> {
  const kept = new Map<string, Row[]>();
  for (const table of tables) kept.set(table, await onDatabase(config, `SELECT * FROM ${table}`));
  return async () => {
    for (const [table, rows] of kept) {
      await onDatabase(config, `DELETE FROM ${table}`);
      for (const row of rows) await onDatabase(config, insertText(table, row));
    }
  };
}

function insertText(table: string, row: Row): string {
  const values = Object.values(row).map((value) => `'${String(value).replaceAll("'", "''")}'`);
  return `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${values.join(', ')})`;
}
