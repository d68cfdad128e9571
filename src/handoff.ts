// The handoff state: its names, its versions, its life, and the rules for them as pure functions.

import { BatonError, invalidRequest } from './error.js';
import { type JsonMember, measureJson } from './json-text.js';
import { limits } from './limits.js';
import { mergePatch } from './merge-patch.js';

/** The name that a look-up, a patch or an erasure goes by. `shared_id` also finds aliases. */
export interface HandoffName {
  readonly kind: 'id' | 'shared_id';
  readonly value: string;
  /** The value is the name's keyed hash, which is all that is kept where a project hides names. */
  readonly isHashed?: true;
}

/** What a PUT writes. `dataText` is the JSON text of `data`, white space aside, as it was sent. */
export interface HandoffWrite {
  readonly id: string;
  readonly sharedId: string | null;
  readonly aliases: readonly string[];
  readonly dataText: string;
  /** Seconds to live; null: the project's retention. */
  readonly ttlSeconds: number | null;
}

/** What a PATCH changes. A member left out stays; null removes a shared id, aliases or a ttl. */
export interface HandoffPatch {
  readonly id?: string;
  readonly sharedId?: string | null;
  readonly aliases?: readonly string[] | null;
  /** A JSON Merge Patch (RFC 7396) of `data`, as text. */
  readonly dataPatchText?: string;
  readonly ttlSeconds?: number | null;
}

/** A state as it is kept. Times are milliseconds since 1970. */
export interface HandoffState {
  readonly id: string;
  readonly sharedId: string | null;
  readonly aliases: readonly string[];
  readonly dataText: string;
  readonly version: number;
  /** First write of this life of the id. */
  readonly writtenAt: number;
  readonly updatedAt: number;
  readonly expiresAt: number;
}

/** Why a look-up found nothing (design 4.5). */
export type MissingCause = 'not_found' | 'expired' | 'erased';

/** Preconditions of a write (RFC 9110): the versions of `If-Match`, and `If-None-Match: *`. */
export interface Preconditions {
  /** `*`: any version, but one must exist. A list: one of these versions. */
  readonly ifMatch?: '*' | readonly number[];
  readonly ifNoneMatch?: '*';
}

export const handoffStatuses = [
  'pending',
  'picked_up',
  'late',
  'missed',
  'expired',
  'erased',
] as const;
export type HandoffStatus = (typeof handoffStatuses)[number];

/** Control characters (Unicode category Cc) and unpaired surrogates never occur in a name. */
export const namePattern = '^[^\\p{Cc}\\p{Cs}]*$';

/** What names a state besides its id: the shared id and the aliases, each once. */
export function claimedNames(state: {
  sharedId: string | null;
  aliases: readonly string[];
}): string[] {
  const names = new Set(state.aliases);
  if (state.sharedId !== null) names.add(state.sharedId);
  return [...names];
}

/** Aliases as they are kept: each once, without the shared id, at most `limits.aliasesMax`. */
export function keptAliases(aliases: readonly string[], sharedId: string | null): string[] {
  const kept = new Set(aliases);
  if (sharedId !== null) kept.delete(sharedId);
  if (kept.size > limits.aliasesMax) {
    throw invalidRequest(
      `aliases: found ${kept.size} different aliases; give at most ${limits.aliasesMax}.`,
    );
  }
  return [...kept];
}

/** When a state expires that is written now, in milliseconds since 1970. */
export function expiry(now: number, ttlSeconds: number | null, retentionSeconds: number): number {
  if (ttlSeconds !== null && ttlSeconds > retentionSeconds) {
    throw invalidRequest(
      `ttl_seconds: found a number above this project's retention of ${retentionSeconds} seconds; ` +
        `give 1 to ${retentionSeconds}, or leave it out for the project's retention.`,
    );
  }
  return now + (ttlSeconds ?? retentionSeconds) * 1000;
}

/** Throws `precondition_failed` unless `version` (undefined: no state) satisfies them. */
export function checkPreconditions(conditions: Preconditions, version: number | undefined): void {
  const { ifMatch, ifNoneMatch } = conditions;
  if (ifNoneMatch === '*' && version !== undefined) {
    throw new BatonError(
      'precondition_failed',
      'If-None-Match: the handoff state exists already; leave the header out to replace it.',
    );
  }
  if (ifMatch === undefined) return;
  if (version === undefined) {
    throw new BatonError(
      'precondition_failed',
      'If-Match: there is no handoff state to match; leave the header out to write a new one.',
    );
  }
  if (ifMatch !== '*' && !ifMatch.includes(version)) {
    throw new BatonError(
      'precondition_failed',
      'If-Match: the handoff state has another version by now; look it up and try with its ETag.',
    );
  }
}

/** Throws unless the value of `data` is an object within the limits. */
export function checkData(data: JsonMember): void {
  if (!data.text.startsWith('{')) {
    throw invalidRequest('data: found a value that is not an object; give a JSON object.');
  }
  if (data.levels > limits.dataLevelsMax) {
    throw invalidRequest(
      `data: found ${data.levels} levels of nesting; give at most ${limits.dataLevelsMax}.`,
    );
  }
  if (data.members > limits.dataMembersMax) {
    throw invalidRequest(
      `data: found ${data.members} members in all; give at most ${limits.dataMembersMax}.`,
    );
  }
  const bytes = Buffer.byteLength(data.text);
  if (bytes > limits.dataBytesMax) {
    throw new BatonError(
      'payload_too_large',
      `data: found ${bytes} bytes without white space; give at most ${limits.dataBytesMax}.`,
    );
  }
}

/** What of a patch can be refused without knowing the state. */
export function checkPatch(patch: HandoffPatch, now: number, retentionSeconds: number): void {
  if (patch.ttlSeconds !== undefined) expiry(now, patch.ttlSeconds, retentionSeconds);
  // Of the aliases one may be the state's own shared id, which is no alias then.
  if (patch.aliases && new Set(patch.aliases).size > limits.aliasesMax + 1) {
    keptAliases(patch.aliases, null);
  }
}

/** The state after a patch (design 3.3, "Writes"); the limits hold for the result. */
export function patchedState(
  state: HandoffState,
  patch: HandoffPatch,
  now: number,
  retentionSeconds: number,
): HandoffState {
  if (patch.id !== undefined && patch.id !== state.id) {
    throw invalidRequest(
      'id: found another id than that of the handoff state; leave it out, it cannot change.',
    );
  }
  const sharedId = patch.sharedId === undefined ? state.sharedId : patch.sharedId;
  const aliases = patch.aliases === undefined ? state.aliases : (patch.aliases ?? []);
  let dataText = state.dataText;
  if (patch.dataPatchText !== undefined) {
    dataText = mergePatch(state.dataText, patch.dataPatchText);
    checkData(measureJson(dataText));
  }
  return {
    ...state,
    sharedId,
    aliases: keptAliases(aliases, sharedId),
    dataText,
    version: state.version + 1,
    updatedAt: now,
    expiresAt:
      patch.ttlSeconds === undefined
        ? state.expiresAt
        : expiry(now, patch.ttlSeconds, retentionSeconds),
  };
}

/** The error of a look-up, patch or erasure that found nothing. */
export function missingError(cause: MissingCause): BatonError {
  switch (cause) {
    case 'not_found':
      return new BatonError(
        'handoff_state_not_found',
        'No handoff state has this id in this project; check both, or let the look-up wait for the write.',
      );
    case 'expired':
      return new BatonError(
        'handoff_state_expired',
        'The handoff state has expired; write it with a longer ttl_seconds, or look it up sooner.',
      );
    case 'erased':
      return new BatonError(
        'handoff_state_erased',
        'The handoff state has been erased; it cannot be looked up any more.',
      );
  }
}

/** The body of a look-up's answer: `{id, shared_id?, data}` and nothing else. */
export function answerBody(state: {
  id: string;
  sharedId: string | null;
  dataText: string;
}): string {
  const shared = state.sharedId === null ? '' : `,"shared_id":${JSON.stringify(state.sharedId)}`;
  return `{"id":${JSON.stringify(state.id)}${shared},"data":${state.dataText}}`;
}

/** What a look-up gives, ready to be sent. Header values as RFC 9110 and RFC 8594 want them. */
export interface Answer {
  readonly body: string;
  /** Its length as UTF-8. */
  readonly bodyBytes: number;
  /** The version in quotes. */
  readonly etag: string;
  readonly lastModified: string;
  /** When the state expires, as an HTTP date. */
  readonly sunset: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export function readyAnswer(state: Omit<HandoffState, 'aliases' | 'writtenAt'>): Answer {
  const body = answerBody(state);
  return {
    body,
    bodyBytes: Buffer.byteLength(body),
    etag: `"${state.version}"`,
    lastModified: new Date(state.updatedAt).toUTCString(),
    sunset: new Date(state.expiresAt).toUTCString(),
    expiresAt: state.expiresAt,
  };
}

/** A line of the list: what is known of a handoff, never its `data`. Times as in HandoffState. */
export interface ListedHandoff {
  /** The id; of an ended state, whose names are gone, `hash:` and its keyed hash. */
  readonly id: string;
  readonly sharedId: string | null;
  readonly aliases: readonly string[];
  readonly version: number;
  readonly writtenAt: number;
  readonly updatedAt: number;
  readonly expiresAt: number;
  readonly status: HandoffStatus;
  readonly pickedUpAt: number | null;
}
