// Links of the screen pop: a reader makes one, which shows a person what the reader's key sees.

import { type Static, Type } from 'typebox';
import { limits } from '../limits.js';
import { newLinkToken } from '../link.js';
import type { FoundAnswer } from '../outcome.js';
import { endpoint } from './context.js';
import { errorAnswers } from './error-answers.js';
import { nameOf } from './handoff-state.js';
import { timeText } from './paging.js';
import { LinkAnswer, LinkPost, NameQuery, ProjectPath } from './schemas.js';
import { shownAnswer } from './shown-answer.js';

export const createLink = endpoint({
  contentTypes: ['application/json'],
  schema: {
    summary: 'Make a link for a screen pop',
    description:
      'Opens a page for a person, which shows what this key sees of the state, and ends with the ' +
      'key at the latest. It stays with the conversation that it finds: now, or where there is ' +
      'none yet, when it is first opened. The body may be left out.',
    tags: ['Screen pop'],
    params: ProjectPath,
    querystring: NameQuery,
    // A body that is left out is checked as null.
    body: Type.Unsafe<Static<typeof LinkPost> | null>({ ...LinkPost, type: ['object', 'null'] }),
    response: {
      201: LinkAnswer,
      ...errorAnswers(
        'invalid_request',
        'payload_too_large',
        'unsupported_media_type',
        'storage_full',
      ),
    },
  },
  async handle(context, request, reply) {
    const { store, now, publicOrigin } = context;
    const { key, project, raw } = request;
    const name = nameOf(request.query);
    const { ttl_seconds: seconds = limits.linkSecondsDefault, one_time: isOneTime = false } =
      request.body ?? {};
    const { found } = await store.lookUp(project.tenant, name);

    const createdAt = now();
    const expiresAt = Math.min(createdAt + seconds * 1000, key.expiresAt ?? Infinity);
    const { token, linkHash } = newLinkToken(store, project.tenant);
    const stateOf = (answer: FoundAnswer) => {
      const { id, writtenAt } = answer.record;
      return { id, writtenAt, etag: shownAnswer(context, project, key.view, answer).headers.etag };
    };
    await store.createLink(project.tenant, {
      linkHash,
      keyId: key.keyId,
      projectId: project.projectId,
      name,
      state: found === undefined ? null : stateOf(found),
      createdAt,
      expiresAt,
      isOneTime,
    });
    const url = `${publicOrigin(raw)}/pop/${token}`;
    return reply.code(201).send({ url, expires_at: timeText(expiresAt) });
  },
});
