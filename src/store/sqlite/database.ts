// Opens the SQLite file with the settings that the promises rest on.

import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { syncDirectory } from '../../sync-directory.js';

export type Connection = Database.Database;

/** A prepared statement with the types of what it takes and of the rows it gives. */
export interface Statement<Parameters extends unknown[], Row> {
  run(...parameters: Parameters): { changes: number };
  get(...parameters: Parameters): Row | undefined;
  all(...parameters: Parameters): Row[];
}

export function prepare<Parameters extends unknown[], Row = unknown>(
  database: Connection,
  sql: string,
): Statement<Parameters, Row> {
  return database.prepare(sql) as unknown as Statement<Parameters, Row>;
}

/** The same, with a row as the list of its columns. */
export function prepareRaw<Parameters extends unknown[], Row extends readonly unknown[]>(
  database: Connection,
  sql: string,
): Statement<Parameters, Row> {
  return database.prepare(sql).raw() as unknown as Statement<Parameters, Row>;
}

/** How long a connection waits for a lock of another process. */
export const busyMs = 5_000;
const busyRetryMs = 10;

/** Bytes of the file that look-ups read through a memory map. */
const mappedBytes = 4 * 1024 ** 3;

/** Bytes that the WAL is cut back to when it begins again: a backup lets it grow. */
const walBytesKept = 16 * 1024 ** 2;

/** `synchronous=FULL`, as the pragma reports it. */
const full = 2;

export function databaseFile(dataDir: string): string {
  return join(dataDir, 'baton.db');
}

/** Makes the directory and an empty file with modes that keep others out, where they are missing. */
export function makeDatabaseFile(dataDir: string): void {
  const made = mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  syncParents(resolve(dataDir), resolve(made ?? dataDir));
  closeSync(openSync(databaseFile(dataDir), 'a', 0o600));
}

/**
 * Makes the names of new directories, from `topmost` down to `directory`, safe from a power loss.
 * SQLite does this for the names in its directory, nobody for the directory's own.
 */
function syncParents(directory: string, topmost: string): void {
  const parent = dirname(directory);
  if (directory !== topmost) syncParents(parent, topmost);
  syncDirectory(parent);
}

/**
 * A connection that writes. WAL with `synchronous=FULL` (it falls to NORMAL where it is not set
 * after the journal mode), deleted bytes overwritten, checkpoints left to the caller, since an
 * automatic one would hide its errors.
 */
export function openWriter(file: string): Connection {
  const database = new Database(file, { timeout: busyMs });
  enterWal(database);
  database.pragma('synchronous = FULL');
  database.pragma('secure_delete = ON');
  database.pragma('wal_autocheckpoint = 0');
  database.pragma(`journal_size_limit = ${walBytesKept}`);
  database.pragma('cache_size = -16384');
  database.pragma('temp_store = MEMORY');
  return database;
}

/** Of two first starts one finds the file locked, and here SQLite does not wait by itself. */
function enterWal(database: Connection): void {
  const deadline = performance.now() + busyMs;
  for (;;) {
    try {
      database.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      const isBusy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
      if (!isBusy || performance.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, busyRetryMs);
    }
  }
}

/** A connection that only reads, beside a writer that is open already. */
export function openReader(file: string): Connection {
  const database = new Database(file, { timeout: busyMs, readonly: true });
  database.pragma(`mmap_size = ${mappedBytes}`);
  database.pragma('cache_size = -8192');
  return database;
}

/** Writes once and throws unless commits are still fully synchronous after it. */
export function verifyDurability(database: Connection): void {
  database
    .prepare("INSERT OR REPLACE INTO setting (name, value) VALUES ('opened_at', ?)")
    .run(Date.now());
  const journal = database.pragma('journal_mode', { simple: true });
  const synchronous = database.pragma('synchronous', { simple: true });
  if (journal !== 'wal' || synchronous !== full) {
    throw new Error(
      `The database would not keep what it acknowledges: found journal_mode ${String(journal)} and ` +
        `synchronous ${String(synchronous)}, needed wal and ${full}; ` +
        'put the data directory on a local file system.',
    );
  }
}
