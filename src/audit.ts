// The audit: who did what to which record, when, from where and with what outcome; never content.

import type { ErrorCode } from './error.js';
import type { HandoffName } from './handoff.js';

export const auditActions = [
  'look_up',
  'reveal',
  'put',
  'patch',
  'erase',
  'erase_named',
  'link_create',
  'pop_open',
  'receipt_list',
  'list',
  'stats_read',
  'audit_read',
  'events_read',
  'project_list',
  'project_show',
  'project_create',
  'project_change',
  'project_erase',
  'key_list',
  'key_create',
  'key_rotate',
  'key_revoke',
  'refused',
  'sign_in',
  'sign_out',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** A line of the audit. */
export interface AuditEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly action: AuditAction;
  /** The key whose secret was shown, let in or refused; null: none that is known. */
  readonly keyId: string | null;
  /** The client's address; `cli` for the command line. */
  readonly address: string;
  /** `hash:` and the keyed hash of the name asked for, or the id of a project or a key. */
  readonly record: string | null;
  /** The status that was answered; 499: the client was gone before its answer. */
  readonly status: number;
  /** The error code of the answer; null where it was none. */
  readonly cause: ErrorCode | null;
  readonly requestId: string | null;
  /** From the request to its answer; null where there was no request, or nobody noted it. */
  readonly durationMs: number | null;
  /** How many calls that were not let in it stands for; left out: for one call. */
  readonly calls?: number;
}

/** What has happened, before it is kept. */
export interface AuditNote extends Omit<AuditEntry, 'record' | 'status' | 'cause'> {
  /** Of a project, `accountTenant` of an account, or `nobodysTenant`. */
  readonly tenant: string;
  /**
   * A handoff's name, which is only ever kept as its keyed hash, or a record: such a hash already, or
   * the id of a project or key.
   */
  readonly subject: HandoffName | string | null;
  status: number;
  cause: ErrorCode | null;
}

export interface AuditFilter {
  /** `at` from this time on. */
  readonly from?: number;
  /** `at` before this time. */
  readonly to?: number;
  /** One of these. */
  readonly actions?: readonly AuditAction[];
  readonly keyId?: string;
  /** As entries have it. */
  readonly record?: string;
}

/** Stands for calls that belong to no project that there is and no account that is known. */
export const nobodysTenant = '@';

/** Under which calls are audited that concern an account and not one of its projects. */
export function accountTenant(accountId: string): string {
  return `${nobodysTenant}${accountId}`;
}

/** What was done to a project or a key of an account by whoever can open the store. */
export function operatorsNote(
  now: number,
  action: AuditAction,
  { accountId, subject }: { accountId: string; subject: string },
): AuditNote {
  return {
    at: now,
    action,
    tenant: accountTenant(accountId),
    keyId: null,
    address: 'cli',
    subject,
    status: 200,
    cause: null,
    requestId: null,
    durationMs: null,
  };
}

/** An entry as it is kept: a JSON array, without a duration where there is none. */
export type AuditLine = readonly [
  at: number,
  action: AuditAction,
  keyId: string | null,
  address: string,
  record: string | null,
  status: number,
  cause: ErrorCode | null,
  requestId: string | null,
  durationMs?: number | null,
  calls?: number,
];

export function entryOfLine(line: AuditLine): AuditEntry {
  const [at, action, keyId, address, record, status, cause, requestId] = line;
  const [durationMs = null, calls] = line.slice(8) as [number | null | undefined, number?];
  const entry = { at, action, keyId, address, record, status, cause, requestId, durationMs };
  return calls === undefined ? entry : { ...entry, calls };
}

export function includesEntry(filter: AuditFilter, entry: AuditEntry): boolean {
  return (
    entry.at >= (filter.from ?? Number.MIN_SAFE_INTEGER) &&
    entry.at < (filter.to ?? Number.MAX_SAFE_INTEGER) &&
    (filter.actions === undefined || filter.actions.includes(entry.action)) &&
    (filter.keyId === undefined || entry.keyId === filter.keyId) &&
    (filter.record === undefined || entry.record === filter.record)
  );
}
