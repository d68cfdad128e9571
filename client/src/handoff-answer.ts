// Reads handoff states, their erasures and the lines of their list out of answers.

import { type AnswerMembers, answerHeader, answerMembers, invalidAnswer } from './answer.js';
import type { Reply } from './exchange.js';
import {
  type Erasure,
  type FoundHandoff,
  type HandoffAnswer,
  type HandoffLink,
  handoffStatuses,
  type ListedHandoff,
  type Receipt,
} from './types.js';
import { withheldIn } from './withheld.js';

/** The answer to a write, whose key sees all. */
export function handoffAnswer<Data>(reply: Reply): HandoffAnswer<Data> {
  const etag = etagOf(reply);
  const version = versionIn(etag);
  if (version === undefined) throw invalidAnswer(reply, 'no version in its header etag');
  return { ...stateOf<Data>(reply, etag), version, lastModified: headerTime(reply, lastModified) };
}

/** The answer to a look-up, of which some is withheld from some keys. */
export function foundHandoff<Data>(reply: Reply): FoundHandoff<Data> {
  const etag = etagOf(reply);
  return {
    ...stateOf<Data>(reply, etag),
    version: versionIn(etag),
    lastModified: reply.headers.has(lastModified) ? headerTime(reply, lastModified) : undefined,
    ...withheldIn(reply.headers.get('baton-withheld')),
  };
}

export function erasure(reply: Reply): Erasure {
  return erasureOf(answerMembers(reply));
}

export function erasures(reply: Reply): readonly Erasure[] {
  return answerMembers(reply).objects('erased').map(erasureOf);
}

export function handoffLink(reply: Reply): HandoffLink {
  const members = answerMembers(reply);
  return { url: members.text('url'), expiresAt: members.time('expires_at') };
}

export function receiptOf(members: AnswerMembers): Receipt {
  return {
    record: members.text('record'),
    erasedAt: members.time('erased_at'),
    receipt: members.text('receipt'),
  };
}

export function listedHandoff(members: AnswerMembers): ListedHandoff {
  const sharedId = members.optionalText('shared_id');
  const pickedUpAt = members.optionalTime('picked_up_at');
  return {
    id: members.text('id'),
    ...(sharedId === undefined ? {} : { sharedId }),
    aliases: members.texts('aliases'),
    version: members.number('version'),
    writtenAt: members.time('written_at'),
    updatedAt: members.time('updated_at'),
    expiresAt: members.time('expires_at'),
    status: members.choice('status', handoffStatuses),
    ...(pickedUpAt === undefined ? {} : { pickedUpAt }),
  };
}

function erasureOf(members: AnswerMembers): Erasure {
  return {
    id: members.text('id'),
    erasedAt: members.time('erased_at'),
    receipt: members.text('receipt'),
  };
}

const lastModified = 'last-modified';

function stateOf<Data>(
  reply: Reply,
  etag: string,
): Omit<HandoffAnswer<Data>, 'version' | 'lastModified'> {
  const members = answerMembers(reply);
  const sharedId = members.optionalText('shared_id');
  return {
    id: members.text('id'),
    ...(sharedId === undefined ? {} : { sharedId }),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller vouches for Data
    data: members.object('data') as Data,
    etag,
    expiresAt: headerTime(reply, 'sunset'),
    requestId: reply.headers.get('x-request-id') ?? undefined,
    bodyText: reply.bodyText,
  };
}

/**
 * A version, or a hash of 22 characters, in quotes. A proxy that compresses makes the tag weak or
 * gives it a suffix, and no precondition would match it then; what is in it names the state all
 * the same.
 */
function etagOf(reply: Reply): string {
  const tag = /^(?:W\/)?"([\w-]{22}|\d+)(?:-\w+)?"$/.exec(answerHeader(reply, 'etag'))?.[1];
  if (tag === undefined) throw invalidAnswer(reply, 'no version and no hash in its header etag');
  return `"${tag}"`;
}

function versionIn(etag: string): number | undefined {
  return /^"\d{1,16}"$/.test(etag) ? Number(etag.slice(1, -1)) : undefined;
}

function headerTime(reply: Reply, name: string): Date {
  const time = new Date(answerHeader(reply, name));
  if (Number.isNaN(time.getTime())) throw invalidAnswer(reply, `no time in its header ${name}`);
  return time;
}
