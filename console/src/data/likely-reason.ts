// Why a handoff was missed or late, as far as the calls that named it tell, and what to do about it.

import type { ApiKey, AuditEntry, Handoff } from '../api-types.js';
import { durationText } from './times.js';

export interface Reason {
  readonly why: string;
  readonly what: string;
}

/** `entries`: every call that named the handoff, from some minutes before it was written on. */
export function likelyReason(
  item: Handoff,
  entries: readonly AuditEntry[],
  keys: ReadonlyMap<string, ApiKey>,
  deadlineSeconds: number,
): Reason {
  const lookUps = entries.filter(({ action }) => action === 'look_up');
  const early = lookUps.find(({ at, status }) => status === 404 && at <= item.written_at);
  if (early !== undefined) return tooEarly(item, early);

  const refused = lookUps.find(({ status }) => [401, 403, 429, 503].includes(status));
  if (refused !== undefined && item.picked_up_at === undefined) return refusal(refused);

  if (item.picked_up_at !== undefined) return tooLate(item, deadlineSeconds);
  const seen = lookUps.find(({ status }) => status === 200);
  const name = keys.get(seen?.key_id ?? '')?.name ?? seen?.key_id;
  if (seen !== undefined) {
    return {
      why: `Only the key “${name}” looked it up, which can write and so counts as no reader.`,
      what: 'Give the contact centre a key with the permission read.',
    };
  }
  return {
    why: 'Nobody looked it up by any of its names.',
    what:
      item.shared_id === undefined
        ? 'It has no shared id: write the one that the contact centre knows.'
        : 'Check that the flow reaches its look-up and asks for this very shared id.',
  };
}

function tooEarly(item: Handoff, early: AuditEntry): Reason {
  const before = durationText(Date.parse(item.written_at) - Date.parse(early.at));
  const waited = early.duration_ms ?? 0;
  return {
    why:
      waited < 1_000
        ? `It was looked up ${before} before it was written, without waiting for it.`
        : `It was looked up too early: the look-up waited ${durationText(waited)}, and it was ` +
          `written ${before} later.`,
    what:
      waited < 1_000
        ? 'Let the look-up wait: add wait=10 to its address.'
        : 'Let the agent write before it transfers, or let the look-up wait longer (wait=20).',
  };
}

function refusal({ status, cause }: AuditEntry): Reason {
  if (status === 429) {
    return {
      why: 'Its look-up was refused: the key had used up its budget.',
      what: 'Space look-ups out, or let the operator raise --rate-key.',
    };
  }
  if (status === 503) {
    return {
      why: 'Its look-up found the store unavailable.',
      what: 'Let the flow try again after a second; the server’s log says more.',
    };
  }
  return {
    why: `Its look-up was refused (${status} ${cause ?? ''}).`,
    what: 'Check the key in the contact centre: its permission, its projects and its end.',
  };
}

function tooLate(item: Handoff, deadlineSeconds: number): Reason {
  const after = durationText(Date.parse(item.picked_up_at!) - Date.parse(item.written_at));
  const deadline = durationText(deadlineSeconds * 1_000);
  return {
    why: `A reader came ${after} after it was written; the pickup deadline is ${deadline}.`,
    what: 'Where callers wait in a queue that long, look up when the call is answered, or raise the deadline.',
  };
}
