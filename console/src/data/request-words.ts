// Calls of the audit in words: what was asked, how it ended, why, and what to do about it.

import type { ApiKey, AuditEntry } from '../api-types.js';

export const actionWords: Readonly<Record<string, string>> = {
  look_up: 'Look-up',
  reveal: 'Look-up at the console',
  put: 'Write',
  patch: 'Change',
  erase: 'Erasure',
  erase_named: 'Erasure by name',
  receipt_list: 'List of receipts',
  list: 'List',
  stats_read: 'Statistics',
  audit_read: 'Audit read',
  events_read: 'Event stream',
  refused: 'Not let in',
  link_create: 'Link made',
  pop_open: 'Link opened',
};

/** What most people look for; the console's own reading would drown it. */
export const handoffActions = [
  'look_up',
  'reveal',
  'put',
  'patch',
  'erase',
  'erase_named',
  'link_create',
  'pop_open',
];

export type Tone = 'good' | 'warn' | 'bad' | 'plain';

export function toneOf({ status }: AuditEntry): Tone {
  if (status === 499) return 'warn';
  if (status >= 500 || status === 401 || status === 403 || status === 429) return 'bad';
  return status >= 400 ? 'warn' : 'plain';
}

export interface Explanation {
  readonly why: string;
  readonly what: string;
}

/** Undefined where the call ended as it should. */
export function explanationOf(
  entry: AuditEntry,
  keys: ReadonlyMap<string, ApiKey>,
): Explanation | undefined {
  if (entry.status < 400) return undefined;
  const known = entry.cause === null ? undefined : explanations[entry.cause];
  if (known !== undefined) return known(entry, keys.get(entry.key_id ?? ''));
  if (entry.status === 499) {
    return {
      why: 'The client closed the connection before its answer came.',
      what: 'Raise its time-out above the seconds that it waits (wait=N).',
    };
  }
  return { why: `The answer was ${entry.status}.`, what: 'The server’s log says more.' };
}

type Explain = (entry: AuditEntry, key: ApiKey | undefined) => Explanation;

const explanations: Readonly<Record<string, Explain>> = {
  handoff_state_not_found: ({ duration_ms }) => ({
    why:
      (duration_ms ?? 0) >= 1_000
        ? 'Nothing had this name in this project, and nothing was written while the call waited.'
        : 'Nothing had this name in this project at that moment, and the call did not wait.',
    what:
      'If it was written later, let the look-up wait (wait=10). If never, compare the name with ' +
      'the shared id that the agent writes, and the project in the address.',
  }),
  handoff_state_expired: () => ({
    why: 'There was a handoff of this name, and its retention was over.',
    what: 'Look up sooner, raise the project’s retention, or write with a longer ttl_seconds.',
  }),
  handoff_state_erased: () => ({
    why: 'There was a handoff of this name, and it had been erased.',
    what: 'Nothing, where the erasure was meant.',
  }),
  not_found: () => ({
    why: 'There is nothing at the path that was called.',
    what: 'Compare the path with the calls at /docs.',
  }),
  unauthorized: () => ({
    why: 'No key came with the call, or one that this server does not know.',
    what: 'Send the key in x-api-key, and check that it was made on this very server.',
  }),
  forbidden: (entry, key) => forbidden(entry, key),
  rate_limited: () => ({
    why: 'A budget was used up: of the key, of the project, or of look-ups in vain.',
    what: 'Space the calls out; the operator can raise the budgets (--rate-key, --rate-not-found).',
  }),
  invalid_request: () => ({
    why: 'A parameter, a header or the body did not fit.',
    what: 'The answer’s error_message says which, and what fits.',
  }),
  payload_too_large: () => ({
    why: 'The body, or the data in it, was above its limit.',
    what: 'Write less: the agent’s summary rather than the whole transcript.',
  }),
  unsupported_media_type: () => ({
    why: 'The body came with another content type.',
    what: 'Send content-type: application/json.',
  }),
  precondition_failed: () => ({
    why: 'Somebody else had changed the handoff in between (If-Match, If-None-Match).',
    what: 'Look it up again and decide anew.',
  }),
  conflict: () => ({
    why: 'The name is taken already.',
    what: 'Choose another one.',
  }),
  unavailable: () => ({
    why: 'The store could not answer at that moment.',
    what: 'Try again after a second; the server’s log and /readyz say more.',
  }),
  storage_full: () => ({
    why: 'There was no room on the disk for a write.',
    what: 'The operator must make room; look-ups go on.',
  }),
  internal: () => ({
    why: 'The server failed.',
    what: 'Its log says more under the request id.',
  }),
};

function forbidden(entry: AuditEntry, key: ApiKey | undefined): Explanation {
  const fallback = 'Check its permission, its projects, its region and its end at Keys.';
  if (key === undefined) {
    return { why: 'The key was not let in here.', what: fallback };
  }
  if (key.revoked_at !== null) {
    return { why: 'The key has been revoked.', what: 'Give the caller another key.' };
  }
  if (key.expires_at !== null && key.expires_at <= entry.at) {
    return { why: 'The key had expired.', what: 'Make a new key, and rotate before the end.' };
  }
  const isWrite = ['put', 'patch', 'erase', 'erase_named'].includes(entry.action);
  if (isWrite && key.permission === 'read') {
    return { why: 'The key may only read.', what: 'Give whoever writes a key that may write.' };
  }
  return { why: 'The key did not reach this call.', what: fallback };
}
