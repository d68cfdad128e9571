// Rows of handoffs as the stores keep them, and the names that they hold.

import { claimedNames } from '../handoff.js';

/** All of a state but its data; the columns stand here once for every statement. */
export const stateColumns =
  'id, shared_id, aliases, version, written_at, updated_at, expires_at, picked_up_at';

export interface StateRow {
  readonly id: string;
  readonly shared_id: string | null;
  readonly aliases: string;
  readonly version: number;
  readonly written_at: number;
  readonly updated_at: number;
  readonly expires_at: number;
  readonly picked_up_at: number | null;
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
