// Reads one moment of a SQLite store for a backup, while a server may go on writing.

import { statfsSync } from 'node:fs';
import type { Row, Snapshot, Value } from '../backup/contents.js';
import type { BackupTable, ValueKind } from '../backup/tables.js';
import { toText } from '../sealed-text.js';
import { closeWriter } from './checkpoints.js';
import { type Connection, databaseFile, openWriter } from './database.js';
import { refuseNewerSchema, refuseOlderSchema, schemaVersion } from './migrate.js';
import { readSetting } from './settings.js';
import { openWithSpareRoom, withCure } from './start.js';

type Stored = string | number | Uint8Array | null;

const rowsTogether = 100;

/**
 * While a moment is held, the WAL cannot begin again from its start, and grows by what is written.
 * The backup is given up before that takes the room that a server needs.
 */
const freeBytesNeeded = 64 * 1024 ** 2;

export async function readSqlite<Result>(
  dataDir: string,
  work: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> {
  const database = await openWithSpareRoom(dataDir, () => openMoment(dataDir));
  try {
    return await work(snapshotOf(database, dataDir));
  } catch (error) {
    throw withCure(error, dataDir);
  } finally {
    closeWriter(database);
  }
}

/** A connection with a transaction that the next statement settles the moment of. */
function openMoment(dataDir: string): Connection {
  const database = openWriter(databaseFile(dataDir));
  try {
    database.pragma('query_only = ON');
    refuseOlderSchema(database);
    refuseNewerSchema(database);
    database.exec('BEGIN');
    return database;
  } catch (error) {
    closeWriter(database);
    throw error;
  }
}

function snapshotOf(database: Connection, dataDir: string): Snapshot {
  const isRoomy = freeBytes(dataDir) >= freeBytesNeeded;
  return {
    storeKind: 'sqlite',
    region: regionOf(database),
    schemaVersion: schemaVersion(database),
    async count(table) {
      const sql = `SELECT count(*) FROM ${table.name}${whereOf(table)}`;
      return database.prepare<[], number>(sql).pluck().get()!;
    },
    async *rows(table) {
      const kinds = Object.values(table.columns);
      const names = Object.keys(table.columns).map((name) => `"${name}"`);
      const sql = `SELECT ${names.join(', ')} FROM ${table.name}${whereOf(table)}`;
      let rows: Row[] = [];
      for (const row of database.prepare<[], Stored[]>(sql).raw().iterate()) {
        rows.push(row.map((value, place) => asValue(value, kinds[place]!)));
        if (rows.length < rowsTogether) continue;
        if (isRoomy && freeBytes(dataDir) < freeBytesNeeded) throw noRoom(dataDir);
        yield rows;
        rows = [];
      }
      yield rows;
    },
  };
}

function regionOf(database: Connection): string {
  const region = readSetting(database, 'region');
  if (region !== undefined) return region.toString();
  throw new Error('This store was never used: there is nothing to back up.');
}

function whereOf({ where }: BackupTable): string {
  return where === undefined ? '' : ` WHERE ${where}`;
}

function asValue(stored: Stored, kind: ValueKind): Value {
  if (stored === null || kind === 'number') return stored as number | null;
  if (kind === 'sealed') return toText(stored as string | Uint8Array);
  if (stored instanceof Uint8Array) return Buffer.from(stored).toString('base64');
  return String(stored);
}

function freeBytes(dataDir: string): number {
  const { bavail, bsize } = statfsSync(dataDir);
  return bavail * bsize;
}

function noRoom(dataDir: string): Error {
  return new Error(
    `The disk of the data directory ${dataDir} gets full: what is left is for the server, and the ` +
      'backup was given up; make room, or write the backup to another disk.',
  );
}
