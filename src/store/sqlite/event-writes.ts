// Writes of events: numbered in the order of their commits, by the id that the list shows.

import type { EventKind } from '../../outcome.js';
import { hidesNames } from '../../project.js';
import { hashOfStored, shownHash } from '../stored-states.js';
import { type Connection, prepare } from './database.js';
import type { HandoffStatements } from './handoff-statements.js';

export interface NewEvent {
  readonly tenant: string;
  readonly kind: EventKind;
  /** The state's id as its row holds it, or held it. */
  readonly stored: string;
  readonly at: number;
  readonly late: boolean;
}

export function prepareEventWrites(db: Connection) {
  return {
    nextSeq: prepare<[string], { seq: number }>(
      db,
      `INSERT INTO event_counter (tenant, seq) VALUES (?, 1)
       ON CONFLICT (tenant) DO UPDATE SET seq = seq + 1 RETURNING seq`,
    ),
    isKept: prepare<[string, string]>(
      db,
      'SELECT 1 FROM handoff_state WHERE tenant = ? AND id = ?',
    ),
    /** Events keep no name that has ended. */
    hideEvents: prepare<[string, string, string]>(
      db,
      'UPDATE event SET id = ? WHERE tenant = ? AND id = ?',
    ),
    addEvent: prepare<[string, number, EventKind, string, number, number]>(
      db,
      'INSERT INTO event (tenant, seq, kind, id, at, late) VALUES (?, ?, ?, ?, ?, ?)',
    ),
  };
}

export function addEvent(statements: HandoffStatements, event: NewEvent): void {
  const { tenant, kind, stored, at, late } = event;
  const { seq } = statements.nextSeq.get(tenant)!;
  // The name of a state that has ended meanwhile is not to come back.
  const isShown = !hidesNames(tenant) && statements.isKept.get(tenant, stored) !== undefined;
  const id = isShown ? stored : shownIdOf(statements, tenant, stored);
  statements.addEvent.run(tenant, seq, kind, id, at, late ? 1 : 0);
}

function shownIdOf(
  { hashName }: Pick<HandoffStatements, 'hashName'>,
  tenant: string,
  stored: string,
): string {
  return shownHash + hashOfStored(hashName, tenant, { kind: 'id', value: stored });
}
