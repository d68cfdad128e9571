// What SQLite itself says about a database file.

import { join } from 'node:path';
import Database from 'better-sqlite3';

/** `ok`, or what is wrong with the database of this data directory. */
export function integrityOf(dataDir: string): string {
  const database = new Database(join(dataDir, 'baton.db'));
  try {
    return String(database.pragma('integrity_check', { simple: true }));
  } finally {
    database.close();
  }
}
