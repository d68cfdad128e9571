// Rows of states written straight into Baton's SQLite file, without Baton.

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { dataTextOf, idOf, nameOf, sharedIdOf } from './states.js';

export interface StoreRows {
  readonly database: Database.Database;
  /** The row of a new state with its shared id, as Baton would write it. */
  insert(number: number, dataBytes: number): void;
  insertState(number: number, dataBytes: number): void;
  insertSharedId(name: string): void;
}

const retentionMs = 7 * 86_400_000;

/** A store that `baton init` has made, with one project. */
export function openRows(dataDir: string): StoreRows {
  const database = new Database(join(dataDir, 'baton.db'), { fileMustExist: true });
  const tenant = database.prepare<[], string>('SELECT tenant FROM project').pluck().get();
  if (tenant === undefined) throw new Error('the store has no project; make it by `baton init`.');

  const state = database.prepare<[string, string, string, number, number, number, string]>(
    `INSERT INTO handoff_state
       (tenant, id, shared_id, aliases, version, written_at, updated_at, expires_at, sealed)
     VALUES (?, ?, ?, '[]', 1, ?, ?, ?, ?)`,
  );
  const sharedId = database.prepare<[string, string, string]>(
    'INSERT INTO handoff_alias (tenant, alias, id) VALUES (?, ?, ?)',
  );
  const insertState = (number: number, dataBytes: number) => {
    const name = nameOf(number);
    const now = Date.now();
    const sealed = `0${dataTextOf(name, dataBytes)}`;
    state.run(tenant, idOf(name), sharedIdOf(name), now, now, now + retentionMs, sealed);
  };
  const insertSharedId = (name: string) => {
    sharedId.run(tenant, sharedIdOf(name), idOf(name));
  };
  return {
    database,
    insert: (number, dataBytes) => {
      insertState(number, dataBytes);
      insertSharedId(nameOf(number));
    },
    insertState,
    insertSharedId,
  };
}
