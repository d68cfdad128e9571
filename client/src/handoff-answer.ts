// Reads handoff states, their erasures and the lines of their list out of answers.

import { type AnswerMembers, answerHeader, answerMembers, invalidAnswer } from './answer.js';
import type { Reply } from './exchange.js';
import { type Erasure, type HandoffAnswer, handoffStatuses, type ListedHandoff } from './types.js';

export function handoffAnswer<Data>(reply: Reply): HandoffAnswer<Data> {
  const members = answerMembers(reply);
  const version = versionOf(reply);
  const sharedId = members.optionalText('shared_id');
  return {
    id: members.text('id'),
    ...(sharedId === undefined ? {} : { sharedId }),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller vouches for Data
    data: members.object('data') as Data,
    etag: `"${version}"`,
    version,
    lastModified: headerTime(reply, 'last-modified'),
    expiresAt: headerTime(reply, 'sunset'),
    requestId: reply.headers.get('x-request-id') ?? undefined,
    bodyText: reply.bodyText,
  };
}

export function erasure(reply: Reply): Erasure {
  const members = answerMembers(reply);
  return { id: members.text('id'), erasedAt: members.time('erased_at') };
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

/**
 * A proxy that compresses makes the tag weak or gives it a suffix, and no `If-Match` would match
 * it then; the version in it names the state all the same.
 */
function versionOf(reply: Reply): number {
  const version = /^(?:W\/)?"(\d+)(?:-\w+)?"$/.exec(answerHeader(reply, 'etag'))?.[1];
  if (version === undefined) throw invalidAnswer(reply, 'no version in its header etag');
  return Number(version);
}

function headerTime(reply: Reply, name: string): Date {
  const time = new Date(answerHeader(reply, name));
  if (Number.isNaN(time.getTime())) throw invalidAnswer(reply, `no time in its header ${name}`);
  return time;
}
