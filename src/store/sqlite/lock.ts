// One server a data directory: a lock that the kernel releases when its process ends, however.

import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

export interface Lock {
  release(): void;
}

/** Takes the data directory for this process, or throws an error that says which one holds it. */
export function takeLock(dataDir: string): Lock {
  const holderFile = join(dataDir, 'server.pid');
  const lockFile = join(dataDir, 'server.lock');
  closeSync(openSync(lockFile, 'a', 0o600));
  const database = new Database(lockFile, { timeout: 0 });
  try {
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
    writeFileSync(holderFile, `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    database.close();
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) {
      throw error;
    }
    throw new Error(
      `The data directory ${dataDir} is in use by ${holder(holderFile)}; ` +
        'stop that process first, or give this one another --data-dir.',
      { cause: error },
    );
  }

  return {
    release() {
      rmSync(holderFile, { force: true });
      database.close();
    },
  };
}

function holder(file: string): string {
  try {
    return `process ${readFileSync(file, 'utf8').trim()}`;
  } catch {
    return 'another process';
  }
}
