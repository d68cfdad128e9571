// Lines of the list of handoffs as the stores read them.

import type { HandoffStatus, ListedHandoff } from '../handoff.js';
import { aliasesOf, type StateRow } from './handoff-rows.js';
import { shownHash } from './stored-states.js';

/** How states end. */
export const endCauses = ['expired', 'erased'] as const satisfies HandoffStatus[];
/** Those that occur: pickups are not recorded, so no state is picked up, late or missed. */
export const statusesListed: readonly HandoffStatus[] = ['pending', ...endCauses];

export interface ListedRow extends StateRow {
  readonly status: HandoffStatus;
}

export function listedOf(row: ListedRow, isHiding: boolean): ListedHandoff {
  const aliases = aliasesOf(row);
  return {
    id: row.id,
    sharedId: row.shared_id,
    aliases: isHiding ? aliases.map((hash) => shownHash + hash) : aliases,
    version: row.version,
    writtenAt: row.written_at,
    updatedAt: row.updated_at,
    expiresAt: row.expires_at,
    status: row.status,
    pickedUpAt: row.picked_up_at,
  };
}
