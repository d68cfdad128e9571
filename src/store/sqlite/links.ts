// Links of the screen pop: read on the main thread, written inside the writer's transaction.

import type { Link } from '../../link.js';
import { type LinkOpening, type LinkRow, linkColumns, linkOf, openedRow } from '../link-rows.js';
import { type Connection, prepare } from './database.js';
import type { HandoffStatements } from './handoff-statements.js';

export type LinkStatements = ReturnType<typeof prepareLinkStatements>;

type KeptRow = LinkRow & { readonly tenant: string; readonly link_hash: string };

export function prepareLinkStatements(db: Connection, handoffs: HandoffStatements) {
  return {
    ...handoffs,
    link: prepareLink(db),
    writeLink: prepare<[KeptRow]>(
      db,
      `INSERT INTO link (tenant, link_hash, ${linkColumns})
       VALUES (@tenant, @link_hash, @key_id, @project_id, @kind, @name, @written_at, @etag,
               @created_at, @expires_at, @one_time, @opened_at)
       ON CONFLICT (tenant, link_hash) DO UPDATE SET
         kind = excluded.kind, name = excluded.name, written_at = excluded.written_at,
         etag = excluded.etag, opened_at = excluded.opened_at`,
    ),
  };
}

function prepareLink(db: Connection) {
  return prepare<[string, string], LinkRow>(
    db,
    `SELECT ${linkColumns} FROM link WHERE tenant = ? AND link_hash = ?`,
  );
}

export class LinkReads {
  readonly #link;

  constructor(db: Connection) {
    this.#link = prepareLink(db);
  }

  find(tenant: string, linkHash: string): Link | undefined {
    const row = this.#link.get(tenant, linkHash);
    return row === undefined ? undefined : linkOf(tenant, row);
  }
}

/** One that is bound to a state which has ended meanwhile is not kept, and so never opens. */
export function createLink(
  statements: LinkStatements,
  { tenant, linkHash, row }: { tenant: string; linkHash: string; row: LinkRow },
): void {
  const { name, written_at: writtenAt } = row;
  if (writtenAt !== null && statements.stateHead.get(tenant, name)?.written_at !== writtenAt)
    return;
  statements.writeLink.run({ tenant, link_hash: linkHash, ...row });
}

export function openLink(statements: LinkStatements, opening: LinkOpening): Link | undefined {
  const { tenant, linkHash, state } = opening;
  const row = statements.link.get(tenant, linkHash);
  const isThere = statements.stateHead.get(tenant, state.id)?.written_at === state.writtenAt;
  if (row === undefined || !isThere) return undefined;
  const opened = openedRow(row, opening);
  if (opened !== row) statements.writeLink.run({ tenant, link_hash: linkHash, ...opened });
  return linkOf(tenant, opened);
}
