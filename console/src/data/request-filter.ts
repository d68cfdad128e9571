// What the list of requests is narrowed to, as the address holds it.

import type { AuditEntry } from '../api-types.js';

export const requestKinds = ['all', 'failed', '404'] as const;
export type RequestKind = (typeof requestKinds)[number];

export const requestKindWords: Readonly<Record<RequestKind, string>> = {
  all: 'Any answer',
  failed: 'Refused and failed',
  '404': 'Not found (404)',
};

export interface RequestFilter {
  /** An id, shared id or alias, a record of the audit, or a request id. */
  readonly name: string;
  readonly kind: RequestKind;
  /** Whether the calls that only look at lists are shown, too. */
  readonly isWhole: boolean;
  readonly keyId: string;
}

export function requestFilterOf(query: URLSearchParams): RequestFilter {
  return {
    name: query.get('q')?.trim() ?? '',
    kind: requestKinds.find((kind) => kind === query.get('show')) ?? 'all',
    isWhole: query.get('calls') === 'all',
    keyId: query.get('key') ?? '',
  };
}

/** Whether this looks like the `X-Request-Id` of an answer. */
export function isRequestId(name: string): boolean {
  return /^[0-9a-f]{12}-[0-9a-z]+$/.test(name);
}

/** What the API does not narrow: the answer, and the request id. */
export function fits({ kind, name }: RequestFilter, entry: AuditEntry): boolean {
  if (isRequestId(name) && entry.request_id !== name) return false;
  if (kind === '404') return entry.status === 404;
  return kind === 'all' || entry.status >= 400;
}
