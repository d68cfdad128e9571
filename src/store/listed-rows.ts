// Lines of the list of handoffs as the stores read them.

import type { HandoffStatus, ListedHandoff } from '../handoff.js';
import { aliasesOf, type StateRow } from './handoff-rows.js';
import { shownHash } from './stored-states.js';

/** How states end. */
export const endCauses = ['expired', 'erased'] as const satisfies HandoffStatus[];

/** The status of a row that has not ended, as SQL; `now` is SQL too. */
export function statusSql(now: string): string {
  return `CASE WHEN ${isStatusSql('expired', now)} THEN 'expired'
    WHEN picked_up_at >= due_at THEN 'late' WHEN picked_up_at IS NOT NULL THEN 'picked_up'
    WHEN due_at <= ${now} THEN 'missed' ELSE 'pending' END`;
}

/** Whether a row that has not ended has this status, as SQL that an index can be searched by. */
export function isStatusSql(status: Exclude<HandoffStatus, 'erased'>, now: string): string {
  const isLive = `expires_at > ${now}`;
  switch (status) {
    case 'pending':
      return `${isLive} AND picked_up_at IS NULL AND (due_at IS NULL OR due_at > ${now})`;
    case 'picked_up':
      return `${isLive} AND picked_up_at IS NOT NULL AND (due_at IS NULL OR picked_up_at < due_at)`;
    case 'late':
      return `${isLive} AND picked_up_at >= due_at`;
    case 'missed':
      return `${isLive} AND picked_up_at IS NULL AND due_at <= ${now}`;
    case 'expired':
      return `expires_at <= ${now}`;
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
