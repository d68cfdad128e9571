// Rows of handoffs as the stores keep them, and how they become states.

import type { HandoffState } from '../handoff.js';

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

export interface SealedRow extends StateRow {
  readonly sealed: string;
}

/** The format of `sealed` by its first character: JSON text in clear. */
const clearFormat = '0';

export function seal(dataText: string): string {
  return clearFormat + dataText;
}

export function unseal(sealed: string): string {
  if (!sealed.startsWith(clearFormat)) {
    throw new Error('A stored handoff state has a format that this version of Baton cannot read.');
  }
  return sealed.slice(clearFormat.length);
}

export function stateOf(row: SealedRow): HandoffState {
  return {
    id: row.id,
    sharedId: row.shared_id,
    aliases: aliasesOf(row),
    dataText: unseal(row.sealed),
    version: row.version,
    writtenAt: row.written_at,
    updatedAt: row.updated_at,
    expiresAt: row.expires_at,
  };
}

export function aliasesOf(row: Pick<StateRow, 'aliases'>): string[] {
  return row.aliases === '[]' ? [] : (JSON.parse(row.aliases) as string[]);
}
