// Rows of handoffs as the stores keep them, and the names that they hold.

import { claimedNames, type HandoffState } from '../handoff.js';
import { dueAt } from '../outcome.js';
import type { Project } from '../project.js';

/** All of a state but its data; the columns stand here once for every statement. */
export const stateColumns =
  'id, shared_id, aliases, version, written_at, updated_at, expires_at, picked_up_at, due_at, missed_at';

export interface StateRow {
  readonly id: string;
  readonly shared_id: string | null;
  readonly aliases: string;
  readonly version: number;
  readonly written_at: number;
  readonly updated_at: number;
  readonly expires_at: number;
  readonly picked_up_at: number | null;
  /** When it counts as missed; null where it was written before that was kept. */
  readonly due_at: number | null;
  /** Set once it has been told that it was missed. */
  readonly missed_at: number | null;
}

/** What of a row is about its pickup: an answer does not depend on it. */
export type PickupColumns = Pick<StateRow, 'picked_up_at' | 'due_at' | 'missed_at'>;

/** Those of a state that is written: a replacement keeps what was decided before it. */
export function pickupAfter(
  before: StateRow | undefined,
  state: Pick<HandoffState, 'writtenAt' | 'expiresAt'>,
  { pickupDeadlineSeconds }: Pick<Project, 'pickupDeadlineSeconds'>,
): PickupColumns {
  const due = dueAt({ ...state, pickupDeadlineSeconds });
  if (before === undefined) return { picked_up_at: null, due_at: due, missed_at: null };
  const { picked_up_at, due_at, missed_at } = before;
  return { picked_up_at, due_at: isUndecided(before) ? due : due_at, missed_at };
}

/** Whether it may still be picked up in time, or be told to have been missed. */
export function isUndecided({ picked_up_at, due_at, missed_at }: PickupColumns): boolean {
  return picked_up_at === null && missed_at === null && due_at !== null;
}

/** `sealed` is a format character, then what it says: see stored-states. */
export interface SealedRow extends StateRow {
  readonly sealed: Sealed;
}

/** Text or bytes: what each store keeps best. */
export type Sealed = string | Uint8Array;

/** The aliases of a row; none of one that was damaged, so that it can still end. */
export function aliasesOf({ aliases }: Pick<StateRow, 'aliases'>): string[] {
  if (aliases === '[]') return [];
  try {
    const names: unknown = JSON.parse(aliases);
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

/** Every name of a row but its id, as rows hold names. */
export function namesOf(row: Pick<StateRow, 'shared_id' | 'aliases'>): string[] {
  return claimedNames({ sharedId: row.shared_id, aliases: aliasesOf(row) });
}
