// The statements that writes of handoffs are made of.

import { type StateRow, stateColumns } from '../handoff-rows.js';
import { statement } from './session.js';

export interface LockedRow extends StateRow {
  readonly write_id: string;
}

/**
 * Every state that a write may touch, in one order, so that no two writes wait for each other in a
 * circle: those with the ids, and those that hold the names.
 */
const lockText = (columns: string) => `
  SELECT ${columns} FROM handoff_state
  WHERE tenant = $1 AND id = ANY ($2::text[] || ARRAY(
    SELECT id FROM handoff_alias WHERE tenant = $1 AND alias = ANY ($3::text[])))
  ORDER BY id FOR UPDATE`;

type LockValues = [tenant: string, ids: readonly string[], names: readonly string[]];
export const lockHeads = statement<LockValues, LockedRow>(
  'lock_heads',
  lockText(`${stateColumns}, write_id`),
);
export const lockStates = statement<LockValues, LockedRow & { readonly sealed: string }>(
  'lock_states',
  lockText(`${stateColumns}, write_id, sealed`),
);

/** Without a lock. */
export const stateHead = statement<[tenant: string, id: string], StateRow>(
  'state_head',
  `SELECT ${stateColumns} FROM handoff_state WHERE tenant = $1 AND id = $2`,
);

export const insertState = statement<StateValues>(
  'insert_state',
  `INSERT INTO handoff_state (tenant, ${stateColumns}, write_id, sealed)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
   ON CONFLICT (tenant, id) DO NOTHING`,
);
/** Of new states that are written together: a list of each column. */
export const insertStates = statement<[tenant: string, ...columns: unknown[][]]>(
  'insert_states',
  `INSERT INTO handoff_state (tenant, ${stateColumns}, write_id, sealed)
   SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[],
     $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::text[],
     $13::text[])
   ON CONFLICT (tenant, id) DO NOTHING`,
);
export const updateState = statement<StateValues>(
  'update_state',
  `UPDATE handoff_state SET
     shared_id = $3, aliases = $4, version = $5, written_at = $6, updated_at = $7,
     expires_at = $8, picked_up_at = $9, due_at = $10, missed_at = $11, write_id = $12,
     sealed = $13
   WHERE tenant = $1 AND id = $2`,
);
export type StateValues = [
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
  writeId: string,
  sealed: string,
];

export const holder = statement<[tenant: string, alias: string], { id: string }>(
  'holder',
  'SELECT id FROM handoff_alias WHERE tenant = $1 AND alias = $2',
);
/** Tells who lost the name; null where nobody did. */
export const claimAlias = statement<
  [tenant: string, alias: string, id: string],
  { previous_id: string | null }
>(
  'claim_alias',
  `INSERT INTO handoff_alias (tenant, alias, id) VALUES ($1, $2, $3)
   ON CONFLICT (tenant, alias) DO UPDATE SET previous_id = handoff_alias.id, id = excluded.id
   RETURNING previous_id`,
);
/** Of states that are written together: no name stands twice. */
export const claimAliases = statement<
  [tenant: string, aliases: readonly string[], ids: readonly string[]],
  { alias: string; previous_id: string | null }
>(
  'claim_aliases',
  `INSERT INTO handoff_alias (tenant, alias, id)
   SELECT $1, * FROM unnest($2::text[], $3::text[])
   ON CONFLICT (tenant, alias) DO UPDATE SET previous_id = handoff_alias.id, id = excluded.id
   RETURNING alias, previous_id`,
);
export const dropAliases = statement<[tenant: string, id: string, aliases: readonly string[]]>(
  'drop_aliases',
  'DELETE FROM handoff_alias WHERE tenant = $1 AND id = $2 AND alias = ANY ($3::text[])',
);

/** The hashes of names that a live state lost: by them it can still be erased. */
export const notePastNames = statement<[tenant: string, hashes: readonly string[], id: string]>(
  'note_past_names',
  `INSERT INTO past_name (tenant, name_hash, id) SELECT $1, hash, $3
   FROM unnest($2::text[]) AS hash ON CONFLICT DO NOTHING`,
);

export interface TombstoneHead {
  readonly name_hash: string;
  readonly cause: 'expired' | 'erased';
  readonly version: number;
  readonly write_id: string;
}
const tombstoneHead = 'name_hash, cause, version, write_id';

export const tombstone = statement<[tenant: string, hash: string], TombstoneHead>(
  'tombstone',
  `SELECT ${tombstoneHead} FROM tombstone WHERE tenant = $1 AND name_hash = $2`,
);
export const tombstones = statement<[tenant: string, hashes: readonly string[]], TombstoneHead>(
  'tombstones',
  `SELECT ${tombstoneHead} FROM tombstone WHERE tenant = $1 AND name_hash = ANY ($2::text[])`,
);
export const dropTombstones = statement<[tenant: string, hashes: readonly string[]], TombstoneHead>(
  'drop_tombstones',
  `DELETE FROM tombstone WHERE tenant = $1 AND name_hash = ANY ($2::text[])
   RETURNING ${tombstoneHead}`,
);
