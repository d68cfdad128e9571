// API keys over HTTP: an admin key manages those of its reach, and makes none stronger than itself.

import { type Static, Type } from 'typebox';
import { BatonError, invalidRequest } from '../error.js';
import { type ApiKey, manages, newKey, outlives, rotatedKey, viewProblem } from '../key.js';
import { limits } from '../limits.js';
import { keyBody } from '../wire.js';
import { type Context, endpoint } from './context.js';
import { errorAnswers } from './error-answers.js';
import { pageAnswer, pageRequestOf, timeOf } from './paging.js';
import { reachedProject } from './projects.js';
import { KeyItem, KeyPost, KeyRotate, ReferenceListQuery } from './reference-schemas.js';
import { pageSchema } from './schemas.js';

const tags = ['API keys'];
const params = Type.Object({
  key_id: Type.String({ description: 'The `key_id` of the list, never the key itself.' }),
});
const bodyErrors = [
  'invalid_request',
  'payload_too_large',
  'unsupported_media_type',
  'storage_full',
] as const;

export const listKeys = endpoint({
  schema: {
    summary: 'List API keys',
    description: 'The keys that this key manages, newest first; never a secret.',
    tags,
    querystring: ReferenceListQuery,
    response: { 200: pageSchema(KeyItem), ...errorAnswers('invalid_request') },
  },
  async handle(context, request) {
    const page = await context.store.listKeys(request.key, pageRequestOf(request.query));
    return pageAnswer(page, keyBody);
  },
});

export const createKey = endpoint({
  contentTypes: ['application/json'],
  schema: {
    summary: 'Make an API key',
    description:
      'Never with more projects, permission, view or life than the key that asks. Its secret is ' +
      'shown in this answer and never again.',
    tags,
    body: KeyPost,
    response: { 201: KeyItem, ...errorAnswers(...bodyErrors, 'not_found') },
  },
  async handle(context, request, reply) {
    const actor = request.key;
    const { permission, view = 'full' } = request.body;
    const problem = viewProblem('view', view, permission);
    if (problem !== undefined) throw invalidRequest(problem);
    const projects = await projectIdsOf(context, actor, request.body.projects);
    if (!manages(actor, { accountId: actor.accountId, projects })) {
      throw new BatonError(
        'forbidden',
        'projects: found none, which means the whole account, and this key reaches only some ' +
          'projects; name projects of its reach.',
      );
    }
    const { text, key } = newKey({
      name: request.body.name ?? null,
      accountId: actor.accountId,
      projects,
      permission,
      view,
      region: context.region,
      now: context.now(),
      expiresAt: expiryOf(context, actor, request.body),
    });
    await context.store.createKey(key);
    request.subject = key.keyId;
    return reply.code(201).send({ ...keyBody(key), secret: text });
  },
});

export const rotateKey = endpoint({
  contentTypes: ['application/json'],
  schema: {
    summary: 'Rotate an API key',
    description:
      'Makes a key like the old one, which ends after the overlap; meanwhile both work. The body ' +
      'may be left out.',
    tags,
    params,
    // A body that is left out is checked as null.
    body: Type.Unsafe<Static<typeof KeyRotate> | null>({ ...KeyRotate, type: ['object', 'null'] }),
    response: { 201: KeyItem, ...errorAnswers(...bodyErrors, 'not_found', 'conflict') },
  },
  async handle(context, request, reply) {
    const actor = request.key;
    const old = await managedKey(context, actor, request.params.key_id);
    request.subject = old.keyId;
    const body: Static<typeof KeyRotate> = request.body ?? {};
    const overlap = body.overlap_seconds ?? limits.rotationOverlapSecondsDefault;
    const now = context.now();

    const wanted = body.expires_at === undefined ? undefined : expiryOf(context, actor, body);
    const { text, key } = rotatedKey(old, {
      now,
      expiresAt: wanted,
      expiresAtMost: actor.expiresAt,
    });
    await context.store.rotateKey(old.keyId, key, now + overlap * 1000);
    return reply.code(201).send({ ...keyBody(key), secret: text });
  },
});

export const revokeKey = endpoint({
  schema: {
    summary: 'Revoke an API key',
    description: 'At once and for good; a second time changes nothing.',
    tags,
    params,
    response: { 200: KeyItem, ...errorAnswers('not_found', 'storage_full') },
  },
  async handle(context, request) {
    const { keyId } = await managedKey(context, request.key, request.params.key_id);
    request.subject = keyId;
    return keyBody(await context.store.revokeKey(keyId, context.now()));
  },
});

/** A key beyond the actor's reach gives the same answer as one that is not there. */
async function managedKey(context: Context, actor: ApiKey, keyId: string): Promise<ApiKey> {
  const key = await context.store.findKey(keyId);
  if (key === undefined || !manages(actor, key)) {
    throw new BatonError('not_found', 'No key that this key manages has this id; see the list.');
  }
  if (outlives(key, actor)) {
    throw new BatonError(
      'forbidden',
      'This key ends later than the one that asks; use an admin key that lives as long.',
    );
  }
  return key;
}

async function projectIdsOf(
  context: Context,
  actor: ApiKey,
  references: readonly string[] | undefined,
): Promise<string[] | null> {
  if (references === undefined) return null;
  const found = references.map((reference) => reachedProject(context, actor, reference));
  return [...new Set((await Promise.all(found)).map(({ projectId }) => projectId))];
}

/** The wanted expiry, or none; never beyond that of the key that asks. */
function expiryOf(
  context: Context,
  actor: ApiKey,
  body: { expires_at?: string | undefined },
): number | null {
  if (body.expires_at === undefined) return actor.expiresAt;
  const expiresAt = timeOf('expires_at', body.expires_at);
  if (expiresAt <= context.now()) {
    throw invalidRequest('expires_at: found a time in the past; give one in the future.');
  }
  if (actor.expiresAt !== null && expiresAt > actor.expiresAt) {
    throw new BatonError(
      'forbidden',
      'expires_at: found a time after the end of the key that asks; give an earlier one.',
    );
  }
  return expiresAt;
}
