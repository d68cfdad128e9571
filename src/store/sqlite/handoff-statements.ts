// The statements that writes of handoffs are made of, prepared once a connection.

import type { HandoffName } from '../../handoff.js';
import type { HashName } from '../../name-hash.js';
import { type Sealed, type SealedRow, type StateRow, stateColumns } from '../handoff-rows.js';
import { storedName } from '../stored-states.js';
import type { DataKeys } from './data-keys.js';
import { type Connection, prepare } from './database.js';
import { prepareEventWrites } from './event-writes.js';

export interface TombstoneRow {
  readonly tenant: string;
  readonly name_hash: string;
  readonly id_hash: string;
  readonly cause: 'expired' | 'erased';
  readonly version: number;
  readonly written_at: number;
  readonly updated_at: number;
  readonly expires_at: number;
  readonly picked_up_at: number | null;
  readonly ended_at: number;
  readonly due_at: number | null;
}

/** `tenant`, `stateColumns`, `sealed`; a list, since naming each column costs a microsecond. */
type NewStateRow = [
  tenant: string,
  id: string,
  sharedId: string | null,
  aliases: string,
  version: number,
  writtenAt: number,
  updatedAt: number,
  expiresAt: number,
  pickedUpAt: number | null,
  dueAt: number | null,
  missedAt: number | null,
  sealed: Sealed,
];

export type HandoffStatements = ReturnType<typeof prepareHandoffStatements>;

export function prepareHandoffStatements(db: Connection, hashName: HashName, dataKeys: DataKeys) {
  return {
    hashName,
    dataKeys,
    ...prepareStates(db),
    ...prepareAliases(db),
    ...prepareTombstones(db),
    ...prepareLinkEnds(db),
    ...prepareEventWrites(db),
  };
}

function prepareStates(db: Connection) {
  return {
    state: prepare<[string, string], SealedRow>(
      db,
      `SELECT ${stateColumns}, sealed FROM handoff_state WHERE tenant = ? AND id = ?`,
    ),
    stateHead: prepare<[string, string], StateRow>(
      db,
      `SELECT ${stateColumns} FROM handoff_state WHERE tenant = ? AND id = ?`,
    ),
    writeState: prepare<NewStateRow>(
      db,
      `INSERT INTO handoff_state (tenant, ${stateColumns}, sealed)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (tenant, id) DO UPDATE SET
         shared_id = excluded.shared_id, aliases = excluded.aliases, version = excluded.version,
         written_at = excluded.written_at, updated_at = excluded.updated_at,
         expires_at = excluded.expires_at, picked_up_at = excluded.picked_up_at,
         due_at = excluded.due_at, missed_at = excluded.missed_at, sealed = excluded.sealed`,
    ),
    dropState: dropOf(db, 'handoff_state', 'id'),
  };
}

function prepareAliases(db: Connection) {
  return {
    owner: prepare<[string, string], { id: string }>(
      db,
      'SELECT id FROM handoff_alias WHERE tenant = ? AND alias = ?',
    ),
    /** Changes nothing where another state, or this one, has the name. */
    newAlias: prepare<[string, string, string]>(
      db,
      'INSERT INTO handoff_alias (tenant, alias, id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    claimAlias: prepare<[string, string, string]>(
      db,
      `INSERT INTO handoff_alias (tenant, alias, id) VALUES (?, ?, ?)
       ON CONFLICT (tenant, alias) DO UPDATE SET id = excluded.id`,
    ),
    dropAlias: dropOf(db, 'handoff_alias', 'alias'),
    notePastName: prepare<[string, string, string]>(
      db,
      'INSERT INTO past_name (tenant, name_hash, id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    dropPastNames: dropOf(db, 'past_name', 'id'),
  };
}

function prepareTombstones(db: Connection) {
  return {
    tombstone: prepare<[string, string], TombstoneRow>(
      db,
      'SELECT * FROM tombstone WHERE tenant = ? AND name_hash = ?',
    ),
    writeTombstone: prepare<[TombstoneRow]>(
      db,
      `INSERT OR REPLACE INTO tombstone
       VALUES (@tenant, @name_hash, @id_hash, @cause, @version, @written_at, @updated_at,
               @expires_at, @picked_up_at, @ended_at, @due_at)`,
    ),
    dropTombstone: dropOf(db, 'tombstone', 'name_hash'),
  };
}

function prepareLinkEnds(db: Connection) {
  return {
    /** Those that are bound to the state with this id. */
    dropLinksTo: prepare<[string, string]>(
      db,
      'DELETE FROM link WHERE tenant = ? AND name = ? AND written_at IS NOT NULL',
    ),
    /** Those that wait for this name. */
    dropLinksFor: prepare<[string, string, string]>(
      db,
      'DELETE FROM link WHERE tenant = ? AND kind = ? AND name = ? AND written_at IS NULL',
    ),
  };
}

/** Drops the rows of a table with a tenant and a value of this column. */
function dropOf(db: Connection, table: string, column: string) {
  return prepare<[string, string]>(db, `DELETE FROM ${table} WHERE tenant = ? AND ${column} = ?`);
}

/** The id of the state that a name finds, live or not, as rows hold it. */
export function idOf(
  statements: HandoffStatements,
  tenant: string,
  name: HandoffName,
): string | undefined {
  const stored = storedName(statements.hashName, tenant, name);
  return name.kind === 'id' ? stored : statements.owner.get(tenant, stored)?.id;
}
