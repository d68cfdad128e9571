// Rows of handoffs as the stores keep them, and how they become states.

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

export function aliasesOf(row: Pick<StateRow, 'aliases'>): string[] {
  return row.aliases === '[]' ? [] : (JSON.parse(row.aliases) as string[]);
}
