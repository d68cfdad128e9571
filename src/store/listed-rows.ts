// Lines of the list of handoffs as the stores read them.

import type { HandoffStatus, ListedHandoff } from '../handoff.js';
import { aliasesOf, type StateRow } from './handoff-rows.js';
import { shownHash } from './stored-states.js';

/** How states end. */
export const endCauses = ['expired', 'erased'] as const satisfies HandoffStatus[];

/** The status of a row that has not ended, as SQL; `now` is SQL too. */
export function statusSql(now: string): string {
  return `CASE WHEN expires_at <= ${now} THEN 'expired'
    WHEN picked_up_at >= due_at THEN 'late' WHEN picked_up_at IS NOT NULL THEN 'picked_up'
    WHEN due_at <= ${now} THEN 'missed' ELSE 'pending' END`;
}

/** Rows of a status, as a condition in SQL and the index that leads to few others. */
export interface StatusPart {
  readonly where: string;
  readonly index: string;
}

/** The rows that have not ended and have this status: those of each part, in no two of them. */
export function partsOfStatus(
  status: Exclude<HandoffStatus, 'erased'>,
  now: string,
): readonly StatusPart[] {
  const isLive = `expires_at > ${now}`;
  const isUndecided = `${isLive} AND picked_up_at IS NULL AND missed_at IS NULL`;
  const pending = 'handoff_state_pending';
  const missed = 'handoff_state_missed';
  switch (status) {
    case 'pending':
      return [{ where: `${isUndecided} AND (due_at IS NULL OR due_at > ${now})`, index: pending }];
    case 'picked_up':
      return [
        {
          where: `${isLive} AND picked_up_at IS NOT NULL AND missed_at IS NULL`,
          index: 'handoff_state_picked_up',
        },
      ];
    case 'late':
      return [
        { where: `${isLive} AND missed_at IS NOT NULL AND picked_up_at >= due_at`, index: missed },
      ];
    case 'missed':
      return [
        { where: `${isLive} AND missed_at IS NOT NULL AND picked_up_at IS NULL`, index: missed },
        // Of those that it has not been told of yet.
        { where: `${isUndecided} AND due_at <= ${now}`, index: 'handoff_state_by_due' },
      ];
    case 'expired':
      return [{ where: `expires_at <= ${now}`, index: 'handoff_state_by_expiry' }];
  }
}

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
