// Writes of events: numbered in the order of their commits, by the id that the list shows.

import type { EventKind } from '../../outcome.js';
import { hidesNames } from '../../project.js';
import { hashOfStored, shownHash } from '../stored-states.js';
import { type Connection, prepare } from './database.js';
import type { HandoffStatements } from './handoff-statements.js';

export interface NewEvent {
  readonly kind: EventKind;
  /** The state's id as its row holds it, or held it. */
  readonly stored: string;
  readonly at: number;
  readonly late: boolean;
}

export function prepareEventWrites(db: Connection) {
  return {
    lastSeq: prepare<[string], { seq: number }>(
      db,
      'SELECT seq FROM event_counter WHERE tenant = ?',
    ),
    noteLastSeq: prepare<[string, number]>(
      db,
      `INSERT INTO event_counter (tenant, seq) VALUES (?, ?)
       ON CONFLICT (tenant) DO UPDATE SET seq = excluded.seq`,
    ),
    life: prepare<[string, string], { written_at: number }>(
      db,
      'SELECT written_at FROM handoff_state WHERE tenant = ? AND id = ?',
    ),
    /**
     * Events keep no name that has ended. Every event that shows it is of the life that ends. The
     * index is named, since SQLite would rather read all events.
     */
    hideEvents: prepare<[string, string, number, string]>(
      db,
      `UPDATE event INDEXED BY event_by_life SET id = ?, written_at = NULL
       WHERE tenant = ? AND written_at = ? AND id = ?`,
    ),
    addEvent: prepare<[string, number, EventKind, string, number | null, number, number]>(
      db,
      `INSERT INTO event (tenant, seq, kind, id, written_at, at, late)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
  };
}

/** Adds events of one project, in this order. */
export function addEvents(
  statements: HandoffStatements,
  tenant: string,
  events: readonly NewEvent[],
): void {
  if (events.length === 0) return;
  let seq = statements.lastSeq.get(tenant)?.seq ?? 0;
  statements.noteLastSeq.run(tenant, seq + events.length);
  for (const { kind, stored, at, late } of events) {
    seq += 1;
    // The name of a state that has ended meanwhile is not to come back.
    const life = hidesNames(tenant) ? undefined : statements.life.get(tenant, stored)?.written_at;
    const id = life === undefined ? shownIdOf(statements, tenant, stored) : stored;
    statements.addEvent.run(tenant, seq, kind, id, life ?? null, at, late ? 1 : 0);
  }
}

function shownIdOf(
  { hashName }: Pick<HandoffStatements, 'hashName'>,
  tenant: string,
  stored: string,
): string {
  return shownHash + hashOfStored(hashName, tenant, { kind: 'id', value: stored });
}
