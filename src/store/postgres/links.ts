// Links of the screen pop.

import type { Link } from '../../link.js';
import { type LinkOpening, type LinkRow, linkColumns, linkOf, openedRow } from '../link-rows.js';
import { type Session, statement } from './session.js';
import type { Transaction } from './write.js';

const link = statement<[tenant: string, linkHash: string], LinkRow>(
  'link',
  `SELECT ${linkColumns} FROM link WHERE tenant = $1 AND link_hash = $2`,
);
const lockLink = statement<[tenant: string, linkHash: string], LinkRow>(
  'lock_link',
  `SELECT ${linkColumns} FROM link WHERE tenant = $1 AND link_hash = $2 FOR UPDATE`,
);
const insertLink = statement<unknown[]>(
  'insert_link',
  `INSERT INTO link (tenant, link_hash, ${linkColumns})
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
);
const noteOpened = statement<
  [
    tenant: string,
    linkHash: string,
    kind: string,
    name: string,
    writtenAt: number | null,
    etag: string | null,
    openedAt: number | null,
  ]
>(
  'note_opened',
  `UPDATE link SET kind = $3, name = $4, written_at = $5, etag = $6, opened_at = $7
   WHERE tenant = $1 AND link_hash = $2`,
);
/** Whoever ends the state waits, and then finds the link. */
const holdLife = statement<[tenant: string, id: string], { written_at: number }>(
  'hold_life',
  'SELECT written_at FROM handoff_state WHERE tenant = $1 AND id = $2 FOR SHARE',
);

export async function findLink(
  session: Session,
  tenant: string,
  linkHash: string,
): Promise<Link | undefined> {
  const row = await session.first(link, tenant, linkHash);
  return row === undefined ? undefined : linkOf(tenant, row);
}

/** One that is bound to a state which has ended meanwhile is not kept, and so never opens. */
export async function createLink(
  transaction: Transaction,
  { tenant, linkHash, row }: { tenant: string; linkHash: string; row: LinkRow },
): Promise<void> {
  await transaction.begun;
  const { name, written_at: writtenAt } = row;
  if (writtenAt !== null) {
    const life = await transaction.first(holdLife, tenant, name);
    if (life?.written_at !== writtenAt) return;
  }
  await transaction.run(
    insertLink,
    tenant,
    linkHash,
    row.key_id,
    row.project_id,
    row.kind,
    name,
    writtenAt,
    row.etag,
    row.created_at,
    row.expires_at,
    row.one_time,
    row.opened_at,
  );
}

/** The state first and then the link, as whoever ends the state locks them. */
export async function openLink(
  transaction: Transaction,
  opening: LinkOpening,
): Promise<Link | undefined> {
  await transaction.begun;
  const { tenant, linkHash, state } = opening;
  const life = await transaction.first(holdLife, tenant, state.id);
  const row = await transaction.first(lockLink, tenant, linkHash);
  if (row === undefined || life?.written_at !== state.writtenAt) return undefined;
  const opened = openedRow(row, opening);
  if (opened !== row) {
    const { kind, name, written_at, etag, opened_at } = opened;
    await transaction.run(noteOpened, tenant, linkHash, kind, name, written_at, etag, opened_at);
  }
  return linkOf(tenant, opened);
}
