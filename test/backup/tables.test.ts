// A backup holds every table, column and setting of the store, but for those named as left out.

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, inject, test } from 'vitest';
import type { Config } from '../../src/config.js';
import { backupTables, leftOut, settingKinds } from '../../src/store/backup/tables.js';
import { put } from '../support/handoff-calls.js';
import { query } from '../support/postgres-database.js';
import { startServer } from '../support/server.js';
import { masterKey } from './setting.js';

const held = backupTables.flatMap(({ name, columns }) =>
  Object.keys(columns).map((column) => `${name}.${column}`),
);

const isLeftOut = (column: string) =>
  leftOut.columns.includes(column) || leftOut.tables.includes(column.split('.')[0]!);

test('of a store that was used', async () => {
  const server = await startServer({ masterKey });
  await put(server, { id: 'one', shared_id: 's', data: {} });
  const columns = await rowsOf(server.config, columnsSql[inject('storeKind')]);
  const settings = await rowsOf(server.config, 'SELECT name FROM setting');
  await server.stop();

  expect(columns.filter((column) => !isLeftOut(column)).toSorted()).toEqual(held.toSorted());
  // The mark of the audit's purge is made by the first purge of it.
  const kept = settings.filter((name) => !leftOut.settings.includes(name));
  expect([...kept, 'audit_purged'].toSorted()).toEqual(Object.keys(settingKinds).toSorted());
});

/** Every column of every table, as TABLE.COLUMN. */
const columnsSql = {
  sqlite: `SELECT t.name || '.' || c.name AS name
    FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'`,
  postgres: `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
    WHERE table_schema = 'public'`,
};

async function rowsOf({ dataDir, databaseUrl }: Config, sql: string): Promise<string[]> {
  if (databaseUrl !== null) {
    const { rows } = await query(databaseUrl, sql);
    return rows.map(({ name }: { name: string }) => name);
  }
  const database = new Database(join(dataDir, 'baton.db'));
  const rows = database.prepare<[], string>(sql).pluck().all();
  database.close();
  return rows;
}
