// The statements that outcomes are recorded and decided with.

import type { PickupColumns } from '../handoff-rows.js';
import { type Connection, prepare } from './database.js';

/**
 * Of look-ups that a write may still show to have been early, word for word as the index has it,
 * which is named each time: SQLite would rather read all look-ups of the ten minutes.
 */
const isAwaiting = "cause IN ('undecided', 'other_project')";

export function prepareOutcomeStatements(db: Connection) {
  return {
    projects: prepare<[], { tenant: string }>(db, 'SELECT tenant FROM project'),
    otherProjects: prepare<[string, string, number], { tenant: string }>(
      db,
      `SELECT tenant FROM project WHERE account_id = ? AND tenant <> ?
       ORDER BY created_at DESC LIMIT ?`,
    ),
    notPickedUp: prepare<[string, string, number], Omit<PickupColumns, 'picked_up_at'>>(
      db,
      `SELECT due_at, missed_at FROM handoff_state
       WHERE tenant = ? AND id = ? AND written_at = ? AND picked_up_at IS NULL`,
    ),
    pickUp: prepare<[number, number | null, string, string]>(
      db,
      'UPDATE handoff_state SET picked_up_at = ?, missed_at = ? WHERE tenant = ? AND id = ?',
    ),
    pickUpEnded: prepare<[number, string, string, number], { due_at: number | null }>(
      db,
      `UPDATE tombstone SET picked_up_at = ?
       WHERE tenant = ? AND name_hash = ? AND written_at = ? AND picked_up_at IS NULL
       RETURNING due_at`,
    ),
    /** What has expired is picked up no more, and needs no grace. */
    missed: prepare<[string, number, number, number, number], { id: string; due_at: number }>(
      db,
      `SELECT id, due_at FROM handoff_state INDEXED BY handoff_state_by_due
       WHERE tenant = ? AND due_at <= ? AND (due_at <= ? OR expires_at <= ?)
         AND picked_up_at IS NULL AND missed_at IS NULL
       ORDER BY due_at LIMIT ?`,
    ),
    noteMissed: prepare<[string, string]>(
      db,
      'UPDATE handoff_state SET missed_at = due_at WHERE tenant = ? AND id = ?',
    ),
    ...prepareResultless(db),
  };
}

function prepareResultless(db: Connection) {
  return {
    liveById: prepare<[string, string, number]>(
      db,
      'SELECT 1 FROM handoff_state WHERE tenant = ? AND id = ? AND expires_at > ?',
    ),
    liveByAlias: prepare<[string, string, number]>(
      db,
      `SELECT 1 FROM handoff_alias a JOIN handoff_state s ON s.tenant = a.tenant AND s.id = a.id
       WHERE a.tenant = ? AND a.alias = ? AND s.expires_at > ?`,
    ),
    addResultless: prepare<[string, string, string, string, number, string]>(
      db,
      `INSERT INTO resultless_look_up (tenant, look_up_id, name_hash, key_id, at, cause)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    ),
    anyAwaiting: prepare<[string]>(
      db,
      `SELECT 1 FROM resultless_look_up INDEXED BY resultless_look_up_awaiting
       WHERE tenant = ? AND ${isAwaiting} LIMIT 1`,
    ),
    awaiting: prepare<[string, string, number, number], { cause: string }>(
      db,
      `SELECT cause FROM resultless_look_up INDEXED BY resultless_look_up_awaiting
       WHERE tenant = ? AND name_hash = ? AND ${isAwaiting} AND at > ? AND at <= ?`,
    ),
    decideEarly: prepare<[string, string, number, number]>(
      db,
      `UPDATE resultless_look_up INDEXED BY resultless_look_up_awaiting SET cause = 'early'
       WHERE tenant = ? AND name_hash = ? AND ${isAwaiting} AND at > ? AND at <= ?`,
    ),
    decideNeverWritten: prepare<[string, string, number, number]>(
      db,
      `UPDATE resultless_look_up SET cause = 'never_written'
       WHERE tenant = ? AND look_up_id IN (
         SELECT look_up_id FROM resultless_look_up
         WHERE tenant = ? AND cause = 'undecided' AND at <= ? LIMIT ?)`,
    ),
  };
}
