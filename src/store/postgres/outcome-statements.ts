// The statements that outcomes are recorded and decided with.

import type { HandoffName } from '../../handoff.js';
import { statementNow } from './clock.js';
import { statement } from './session.js';

const bigints = '::bigint[]';
const texts = '::text[]';

interface PickedUp {
  readonly name: string;
  readonly written_at: number;
  readonly picked_up_at: number;
  readonly due_at: number | null;
  readonly is_newly_missed: boolean;
}
type PickupValues = [
  tenant: string,
  names: readonly string[],
  writtenAt: readonly number[],
  at: readonly number[],
];

/**
 * In the order in which writes lock rows, so that no two wait for each other in a circle. A pickup
 * in time may be told of after the state was taken for missed.
 */
export const pickUp = statement<PickupValues, PickedUp>(
  'pick_up',
  pickUpText('handoff_state', 'id', 'missed_at'),
);
export const pickUpEnded = statement<PickupValues, PickedUp>(
  'pick_up_ended',
  // What has ended is known to be missed, if it was.
  pickUpText('tombstone', 'name_hash', 'NULL'),
);

function pickUpText(table: string, column: string, missed: string): string {
  const isLate = 'greatest(note.at, note.written_at) >= locked.due_at';
  const isNewlyMissed = `${isLate} AND locked.missed_at IS NULL`;
  const isLive = table === 'handoff_state';
  return `
    WITH locked AS (
      SELECT ${column} AS name, written_at, due_at, ${missed}::bigint AS missed_at FROM ${table}
      WHERE tenant = $1 AND ${column} = ANY ($2${texts}) AND picked_up_at IS NULL
      ORDER BY ${column} FOR UPDATE)
    UPDATE ${table} AS row SET picked_up_at = greatest(note.at, note.written_at)
      ${isLive ? `, missed_at = CASE WHEN ${isLate} THEN coalesce(locked.missed_at, locked.due_at) END` : ''}
    FROM locked JOIN unnest($2${texts}, $3${bigints}, $4${bigints}) AS note (name, written_at, at)
      ON note.name = locked.name AND note.written_at = locked.written_at
    WHERE row.tenant = $1 AND row.${column} = locked.name
    RETURNING row.${column} AS name, row.written_at, row.picked_up_at, row.due_at,
      ${isLive ? `coalesce(${isNewlyMissed}, false)` : 'false'} AS is_newly_missed`;
}

/**
 * What has expired is picked up no more, and needs no grace. What another node or a write holds is
 * left to it, or to the next time.
 */
export const noteMissed = statement<
  [tenant: string, now: number, graceEnd: number, limit: number],
  { id: string; due_at: number }
>(
  'note_missed',
  `UPDATE handoff_state SET missed_at = due_at
   WHERE tenant = $1 AND id = ANY (ARRAY(
     SELECT id FROM handoff_state
     WHERE tenant = $1 AND due_at <= $2 AND (due_at <= $3 OR expires_at <= $2)
       AND picked_up_at IS NULL AND missed_at IS NULL AND due_at IS NOT NULL
     ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED))
   RETURNING id, due_at`,
);

/** Projects where something is to be decided. */
export const tenantsToDecide = statement<
  [now: number | null, graceMs: number, earlyMs: number],
  { tenant: string }
>(
  'tenants_to_decide',
  // Not by EXISTS, which a plan made for empty tables does by reading all of them.
  `SELECT tenant FROM project CROSS JOIN LATERAL (
     SELECT 1 FROM handoff_state
     WHERE tenant = project.tenant AND due_at <= coalesce($1, ${statementNow})
       AND (due_at <= coalesce($1, ${statementNow}) - $2
         OR expires_at <= coalesce($1, ${statementNow}))
       AND picked_up_at IS NULL AND missed_at IS NULL AND due_at IS NOT NULL
     ORDER BY due_at LIMIT 1) AS due
   UNION
   SELECT tenant FROM project CROSS JOIN LATERAL (
     SELECT 1 FROM resultless_look_up
     WHERE tenant = project.tenant AND cause = 'undecided'
       AND at <= coalesce($1, ${statementNow}) - $3
     ORDER BY at LIMIT 1) AS old`,
);

export const otherProjects = statement<
  [accountId: string, tenant: string, limit: number],
  { tenant: string }
>(
  'other_projects',
  `SELECT tenant FROM project WHERE account_id = $1 AND tenant <> $2
   ORDER BY created_at DESC LIMIT $3`,
);

export const liveNames = statement<
  [tenant: string, ids: readonly string[], aliases: readonly string[], now: number],
  { kind: HandoffName['kind']; name: string }
>(
  'live_names',
  `SELECT 'id' AS kind, id AS name FROM handoff_state
   WHERE tenant = $1 AND id = ANY ($2${texts}) AND expires_at > $4
   UNION ALL
   SELECT 'shared_id', a.alias
   FROM handoff_alias a CROSS JOIN LATERAL (
     SELECT expires_at FROM handoff_state WHERE tenant = $1 AND id = a.id LIMIT 1) s
   WHERE a.tenant = $1 AND a.alias = ANY ($3${texts}) AND s.expires_at > $4`,
);

export const addResultless = statement<
  [
    tenant: string,
    lookUpIds: readonly string[],
    hashes: readonly string[],
    keyIds: readonly string[],
    times: readonly number[],
    causes: readonly string[],
  ]
>(
  'add_resultless',
  `INSERT INTO resultless_look_up (tenant, look_up_id, name_hash, key_id, at, cause)
   SELECT $1, * FROM unnest($2${texts}, $3${texts}, $4${texts}, $5${bigints}, $6${texts})
   ON CONFLICT DO NOTHING`,
);

type EarlyValues = [
  tenant: string,
  hashes: readonly string[],
  times: readonly number[],
  earlyMs: number,
];

export const decideEarly = statement<EarlyValues>('decide_early', earlyText('undecided'));
export const earlyAfterAll = statement<EarlyValues>('early_after_all', earlyText('other_project'));

function earlyText(before: 'undecided' | 'other_project'): string {
  return `
    UPDATE resultless_look_up SET cause = 'early'
    WHERE tenant = $1 AND name_hash = ANY ($2${texts}) AND cause = '${before}'
      AND at <= ($3${bigints})[array_position($2${texts}, name_hash)]
      AND at > ($3${bigints})[array_position($2${texts}, name_hash)] - $4`;
}

export const decideEarlyByNow = statement<[tenant: string, lookUpIds: readonly string[]]>(
  'decide_early_by_now',
  `UPDATE resultless_look_up SET cause = 'early'
   WHERE tenant = $1 AND look_up_id = ANY ($2${texts}) AND cause IN ('undecided', 'other_project')`,
);
export const decideNeverWritten = statement<[tenant: string, before: number, limit: number]>(
  'decide_never_written',
  `UPDATE resultless_look_up SET cause = 'never_written'
   WHERE tenant = $1 AND look_up_id = ANY (ARRAY(
     SELECT look_up_id FROM resultless_look_up
     WHERE tenant = $1 AND cause = 'undecided' AND at <= $2
     ORDER BY at LIMIT $3 FOR UPDATE SKIP LOCKED))`,
);
