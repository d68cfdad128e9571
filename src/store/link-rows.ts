// Rows of links as the stores keep them, and what they become.

import type { HandoffName } from '../handoff.js';
import type { BoundState, Link, NewLink } from '../link.js';
import type { HashName } from '../name-hash.js';
import { hidesNames } from '../project.js';
import { storedName } from './stored-states.js';

export const linkColumns = `key_id, project_id, kind, name, written_at, etag, created_at, expires_at,
  one_time, opened_at`;

export interface LinkRow {
  readonly key_id: string;
  readonly project_id: string;
  readonly kind: HandoffName['kind'];
  readonly name: string;
  readonly written_at: number | null;
  readonly etag: string | null;
  readonly created_at: number;
  readonly expires_at: number;
  readonly one_time: number;
  readonly opened_at: number | null;
}

export function linkOf(tenant: string, row: LinkRow): Link {
  const { kind, name: value, written_at: writtenAt, etag } = row;
  return {
    keyId: row.key_id,
    projectId: row.project_id,
    name: hidesNames(tenant) ? { kind, value, isHashed: true } : { kind, value },
    state: writtenAt === null || etag === null ? null : { writtenAt, etag },
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    isOneTime: row.one_time === 1,
    openedAt: row.opened_at,
  };
}

export function rowOfLink(hashName: HashName, tenant: string, link: NewLink): LinkRow {
  return {
    key_id: link.keyId,
    project_id: link.projectId,
    kind: link.state === null ? link.name.kind : 'id',
    name: link.state?.id ?? storedName(hashName, tenant, link.name),
    written_at: link.state?.writtenAt ?? null,
    etag: link.state?.etag ?? null,
    created_at: link.createdAt,
    expires_at: link.expiresAt,
    one_time: link.isOneTime ? 1 : 0,
    opened_at: null,
  };
}

/** Where a state is opened by a link. */
export interface LinkOpening {
  readonly tenant: string;
  readonly linkHash: string;
  readonly state: BoundState;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The row after an opening; the same one where it is bound to another state. */
export function openedRow(row: LinkRow, { state, at }: LinkOpening): LinkRow {
  const { id, writtenAt, etag } = state;
  const isBound = row.written_at !== null;
  if (isBound && (row.name !== id || row.written_at !== writtenAt)) return row;
  const bound = isBound
    ? row
    : { ...row, kind: 'id' as const, name: id, written_at: writtenAt, etag };
  return { ...bound, opened_at: row.opened_at ?? at };
}
