// Fills an empty SQLite store from a backup, in one transaction, while no server holds it.

import type { EmptyStore, Value } from '../backup/contents.js';
import {
  type BackupTable,
  backupTables,
  settingKinds,
  settingTable,
  type ValueKind,
} from '../backup/tables.js';
import { fromText } from '../sealed-text.js';
import { closeWriter } from './checkpoints.js';
import { type Connection, databaseFile, makeDatabaseFile, openWriter } from './database.js';
import { takeLock } from './lock.js';
import { migrate } from './migrate.js';
import { withCure } from './start.js';

/** Whatever `fill` or the disk fails with, or a kill: the store stays as empty as it was. */
export async function fillSqlite(
  dataDir: string,
  fill: (store: EmptyStore) => Promise<void>,
): Promise<void> {
  makeDatabaseFile(dataDir);
  const lock = takeLock(dataDir);
  try {
    const database = openWriter(databaseFile(dataDir));
    try {
      // A failure closes the database with the transaction open, which undoes it.
      database.exec('BEGIN IMMEDIATE');
      migrate(database);
      refuseFilled(database, dataDir);
      await fill(emptyStore(database));
      database.exec('COMMIT');
    } finally {
      closeWriter(database);
    }
  } catch (error) {
    throw withCure(error, dataDir);
  } finally {
    lock.release();
  }
}

/** The settings of a store that was started and never used do not count. */
function refuseFilled(database: Connection, dataDir: string): void {
  for (const { name } of backupTables) {
    if (name === settingTable.name) continue;
    if (database.prepare(`SELECT 1 FROM ${name} LIMIT 1`).get() === undefined) continue;
    throw new Error(
      `The store in ${dataDir} is not empty (table ${name} has rows) and was left as ` +
        'it is; restore into another --data-dir.',
    );
  }
}

function emptyStore(database: Connection): EmptyStore {
  return {
    async insert(table, rows) {
      const kinds = Object.values(table.columns);
      const statement = database.prepare(insertSql(table));
      for (const row of rows) {
        const name = String(row[0]);
        statement.run(row.map((value, place) => storedOf(value, kinds[place]!, name)));
      }
    },
  };
}

function insertSql({ name, columns }: BackupTable): string {
  const names = Object.keys(columns);
  const quoted = names.map((column) => `"${column}"`).join(', ');
  const or = name === settingTable.name ? 'OR REPLACE ' : '';
  return `INSERT ${or}INTO ${name} (${quoted}) VALUES (${names.map(() => '?').join(', ')})`;
}

/** `name` is that of the setting, where it is one. */
function storedOf(value: Value, kind: ValueKind, name: string): Value | Uint8Array {
  if (value === null || typeof value === 'number') return value;
  if (kind === 'sealed') return fromText(value);
  const isBytes = kind === 'bytes' || kind === 'wrapped';
  const isWrappedSetting = kind === 'setting' && settingKinds[name] === 'wrapped';
  return isBytes || isWrappedSetting ? Buffer.from(value, 'base64') : value;
}
