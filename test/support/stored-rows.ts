// The rows of a store as they stand in its tables, read and changed behind its back.

import Database from 'better-sqlite3';
import { Client, types } from 'pg';
import type { Config } from '../../src/config.js';
import { databaseFile } from '../../src/store/sqlite/database.js';

export type Cell = string | number | Uint8Array | null;
export type Row = Record<string, Cell>;

/** Sealed content: bytes on SQLite; on PostgreSQL a character, then base64. */
export interface StoredRows {
  /** The rows of one statement. `$1`, `$2` stand for the values, on either store. */
  all(sql: string, ...values: Cell[]): Promise<Row[]>;
  /** Every cell of every table. */
  cells(): Promise<Cell[]>;
  close(): Promise<void>;
}

/** Every table that a store keeps something in. */
const tables = [
  'setting',
  'project',
  'api_key',
  'handoff_state',
  'handoff_alias',
  'tombstone',
  'data_key',
  'audit_block',
  'audit_chain',
  'past_name',
  'receipt',
  'ended_project',
  'link',
];

export async function openRows({ dataDir, databaseUrl }: Config): Promise<StoredRows> {
  return databaseUrl === null ? rowsOfFile(databaseFile(dataDir)) : rowsOfDatabase(databaseUrl);
}

function rowsOfFile(file: string): StoredRows {
  const database = new Database(file, { timeout: 10_000 });
  database.pragma('secure_delete = ON');
  const all = async (sql: string, ...values: Cell[]) => {
    const statement = database.prepare<unknown[], Row>(sql.replaceAll(/\$(\d)/g, '?$1'));
    const numbered = Object.fromEntries(values.map((value, index) => [index + 1, value]));
    const given = values.length === 0 ? [] : [numbered];
    if (statement.reader) return statement.all(...given);
    statement.run(...given);
    return [];
  };
  return { all, cells: () => cellsOf(all), close: async () => void database.close() };
}

async function rowsOfDatabase(databaseUrl: string): Promise<StoredRows> {
  const client = new Client({ connectionString: databaseUrl, types: { getTypeParser } });
  await client.connect();
  const all = async (sql: string, ...values: Cell[]) => {
    const { rows } = await client.query<Row>(sql, values);
    return rows;
  };
  return { all, cells: () => cellsOf(all), close: () => client.end() };
}

/** Counts and times as numbers. */
const bigintType = 20;
const getTypeParser = ((oid: number, format: 'text') =>
  oid === bigintType ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser;

async function cellsOf(all: StoredRows['all']): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const table of tables) {
    for (const row of await all(`SELECT * FROM ${table}`)) cells.push(...Object.values(row));
  }
  return cells;
}
