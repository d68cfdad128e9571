// Why a handoff was missed or late, as far as the calls that named it tell, and what to do about it.

import type { ApiKey, AuditEntry, Handoff } from '../api-types.js';
import { durationText } from './times.js';

export interface Reason {
  readonly why: string;
  /** The same of several handoffs, which it puts together. */
  readonly whyMany: string;
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
      whyMany: `Only the key “${name}” looked them up, which can write and so counts as no reader.`,
      what: 'Give the contact centre a key with the permission read.',
    };
  }
  return {
    why: 'Nobody looked it up by any of its names.',
    whyMany: 'Nobody looked them up by any of their names.',
    what:
      item.shared_id === undefined
        ? 'There is no shared id: write the one that the contact centre knows.'
        : 'Check that the flow reaches its look-up and asks for this very shared id.',
  };
}

function tooEarly(item: Handoff, early: AuditEntry): Reason {
  const before = durationText(Date.parse(item.written_at) - Date.parse(early.at));
  const waited = early.duration_ms ?? 0;
  if (waited < 1_000) {
    return {
      why: `It was looked up ${before} before it was written, without waiting for it.`,
      whyMany: 'They were looked up before they were written, without waiting for them.',
      what: 'Let the look-up wait: add wait=10 to its address.',
    };
  }
  return {
    why:
      `It was looked up too early: the look-up waited ${durationText(waited)}, and it was ` +
      `written ${before} later.`,
    whyMany: 'They were looked up too early, and written after the look-up had given up waiting.',
    what: 'Let the agent write before it transfers, or let the look-up wait longer (wait=20).',
  };
}

function refusal({ status, cause }: AuditEntry): Reason {
  if (status === 429) {
    return {
      why: 'Its look-up was refused: the key had used up its budget.',
      whyMany: 'Their look-ups were refused: the key had used up its budget.',
      what: 'Space look-ups out, or let the operator raise --rate-key.',
    };
  }
  if (status === 503) {
    return {
      why: 'Its look-up found the store unavailable.',
      whyMany: 'Their look-ups found the store unavailable.',
      what: 'Let the flow try again after a second; the server’s log says more.',
    };
  }
  const answered = `${status} ${cause ?? ''}`.trim();
  return {
    why: `Its look-up was refused (${answered}).`,
    whyMany: `Their look-ups were refused (${answered}).`,
    what: 'Check the key in the contact centre: its permission, its projects and its end.',
  };
}

function tooLate(item: Handoff, deadlineSeconds: number): Reason {
  const after = durationText(Date.parse(item.picked_up_at!) - Date.parse(item.written_at));
  const deadline = durationText(deadlineSeconds * 1_000);
  return {
    why: `A reader came ${after} after it was written; the pickup deadline is ${deadline}.`,
    whyMany: `Their readers came after the pickup deadline, which is ${deadline}.`,
    what:
      'Where callers wait in a queue that long, look up when the call is answered, or raise the ' +
      'deadline.',
  };
}
