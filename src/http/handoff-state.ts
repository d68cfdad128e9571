// One handoff state: look it up, write it, merge into it, erase it.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { invalidRequest } from '../error.js';
import { checkData, type HandoffName, type HandoffPatch, missingError } from '../handoff.js';
import type { ChangeNote } from '../outcome.js';
import type { ErasedState as ErasedStateOfStore, LookUp } from '../store/store.js';
import type { View } from '../view.js';
import { noteGone } from './audited.js';
import { authenticateAgain } from './authenticate.js';
import { type Context, endpoint } from './context.js';
import { errorAnswers } from './error-answers.js';
import { timeText } from './paging.js';
import { isNotModified, preconditionsOf } from './preconditions.js';
import { prefersMasked } from './preferences.js';
import { begunLookUp } from './ready-answer.js';
import { ErasedState } from './receipt-schemas.js';
import {
  HandoffAnswer,
  HandoffMerge,
  HandoffPut,
  LookUpQuery,
  NameQuery,
  ProjectPath,
} from './schemas.js';
import { sendShown, shownAnswer, wantedView, writtenAnswer } from './shown-answer.js';
import { waitSecondsOf } from './wait-seconds.js';

const missing = [
  'handoff_state_not_found',
  'handoff_state_expired',
  'handoff_state_erased',
] as const;
const writing = [
  'invalid_request',
  'precondition_failed',
  'payload_too_large',
  'unsupported_media_type',
  'storage_full',
] as const;

export const lookUpHandoffState = endpoint({
  schema: {
    summary: 'Look up a handoff state',
    description:
      'By `shared_id` (or an alias) or by `id`. With `wait`, or `Prefer: wait=N`, the answer is ' +
      'held until the state is written. A key whose `view` is not `full` gets a part of `data`, and ' +
      '`Baton-Withheld` names the rest. Also at /v3/… and with no version in the path.',
    tags: ['Handoff states'],
    params: ProjectPath,
    querystring: LookUpQuery,
    response: {
      200: HandoffAnswer,
      304: Type.Null({ description: 'If-None-Match names the current version.' }),
      ...errorAnswers('invalid_request', ...missing),
    },
  },
  async handle(context, request, reply) {
    const name = nameOf(request.query);
    const view = wantedView(request);
    if (reveals(request, view)) request.action = 'reveal';
    const seconds = waitSecondsOf(request.query.wait, request.headers.prefer);
    const begun = begunLookUp(request.raw);
    let result = await (begun ?? context.store.lookUp(request.project.tenant, name));
    if (seconds !== undefined) {
      const waited = await waitFor(context, request, reply, { name, seconds, result });
      if (waited === 'gone') {
        context.budgets.noteNotFound(request);
        await noteGone(context, request, reply);
        return reply.hijack();
      }
      result = waited;
    }
    const { keyId, permission } = request.key;
    if (result.found === undefined) {
      const cause = result.missing;
      context.outcomes.noteNothingFound(request.project, { name, keyId, cause }, context.now());
      throw missingError(cause);
    }
    if (view === 'masked') notePreference(request, reply);
    const shown = shownAnswer(context, request.project, view, result.found);
    if (isNotModified(request.headers['if-none-match'], shown.headers.etag)) {
      return reply.code(304).headers(shown.headers).send();
    }
    if (permission === 'read' && request.method === 'GET') {
      request.givenRecord = result.found.record;
    }
    return sendShown(reply, shown);
  },
});

export const putHandoffState = endpoint({
  contentTypes: ['application/json'],
  schema: {
    summary: 'Write a handoff state',
    description: 'Replaces the whole state; what is left out goes.',
    tags: ['Handoff states'],
    params: ProjectPath,
    body: HandoffPut,
    response: { 200: HandoffAnswer, 201: HandoffAnswer, ...errorAnswers(...writing) },
  },
  async handle(context, request, reply) {
    const { id, shared_id, aliases, ttl_seconds } = request.body;
    const data = request.bodyMembers.get('data')!;
    checkData(data);

    const { created, answer } = await context.store.put(
      request.project,
      {
        id,
        sharedId: shared_id ?? null,
        aliases: aliases ?? [],
        dataText: data.text,
        ttlSeconds: ttl_seconds ?? null,
      },
      preconditionsOf(request, { mayCreate: true }),
    );
    const kind = created ? 'written' : 'changed';
    noteChange(context, request, { kind, id, names: namesWritten(request.body) });
    return sendShown(reply.code(created ? 201 : 200), writtenAnswer(context, request, answer));
  },
});

export const patchHandoffState = endpoint({
  contentTypes: ['application/merge-patch+json', 'application/json'],
  schema: {
    summary: 'Change a handoff state',
    description: 'A JSON Merge Patch (RFC 7396): null removes, lists replace, `data` merges.',
    tags: ['Handoff states'],
    params: ProjectPath,
    querystring: NameQuery,
    body: HandoffMerge,
    response: { 200: HandoffAnswer, ...errorAnswers(...writing, ...missing) },
  },
  async handle(context, request, reply) {
    const answer = await context.store.patch(
      request.project,
      nameOf(request.query),
      patchOf(request.body, request.bodyMembers.get('data')?.text),
      preconditionsOf(request, { mayCreate: false }),
    );
    const { id } = JSON.parse(answer.body) as { id: string };
    noteChange(context, request, { kind: 'changed', id, names: namesWritten(request.body) });
    return sendShown(reply, writtenAnswer(context, request, answer));
  },
});

export const eraseHandoffState = endpoint({
  schema: {
    summary: 'Erase a handoff state',
    description:
      'Content and names are gone; that there was something is remembered for 30 days. The answer ' +
      'carries a signed receipt.',
    tags: ['Handoff states'],
    params: ProjectPath,
    querystring: NameQuery,
    response: {
      200: ErasedState,
      ...errorAnswers('invalid_request', 'precondition_failed', 'storage_full', ...missing),
    },
  },
  async handle(context, request) {
    const name = nameOf(request.query);
    const conditions = preconditionsOf(request, { mayCreate: false });
    const { keyId } = request.key;
    const erased = await context.store.erase(request.project, name, conditions, keyId);
    noteChange(context, request, { kind: 'erased', id: erased.id, names: [] });
    return erasedAnswer(erased);
  },
});

/** Tells what was acknowledged to who counts it, and to who listens to events. */
export function noteChange(
  { outcomes, now }: Context,
  { project }: FastifyRequest,
  change: Pick<ChangeNote, 'kind' | 'id' | 'names'>,
): void {
  outcomes.noteChange({ tenant: project.tenant, ...change, at: now() });
}

function namesWritten(body: {
  shared_id?: string | null;
  aliases?: readonly string[] | null;
}): string[] {
  const { shared_id: sharedId, aliases } = body;
  return [...(aliases ?? []), ...(sharedId == null ? [] : [sharedId])];
}

/** An erased state, as the calls show it. */
export function erasedAnswer({ id, erasedAt, receipt }: ErasedStateOfStore): object {
  return { id, erased_at: timeText(erasedAt), receipt };
}

/** Whether it shows a person at the console what is sensitive. */
function reveals({ session, method }: FastifyRequest, view: View): boolean {
  return session !== undefined && method === 'GET' && view === 'full';
}

/** Says that values come masked where that was asked for, besides what else was granted. */
function notePreference({ headers }: FastifyRequest, reply: FastifyReply): void {
  if (!prefersMasked(headers.prefer)) return;
  const granted = reply.getHeader('preference-applied') ?? [];
  reply.header('preference-applied', [granted, 'masked'].flat().join(', '));
}

/** `shared_id` wins where both are given. */
export function nameOf(query: Static<typeof NameQuery>): HandoffName {
  if (query.shared_id !== undefined) return { kind: 'shared_id', value: query.shared_id };
  if (query.id !== undefined) return { kind: 'id', value: query.id };
  throw invalidRequest('query: found neither id nor shared_id; give one of them.');
}

function patchOf(body: Static<typeof HandoffMerge>, dataText: string | undefined): HandoffPatch {
  return {
    ...(body.id === undefined ? {} : { id: body.id }),
    ...(body.shared_id === undefined ? {} : { sharedId: body.shared_id }),
    ...(body.aliases === undefined ? {} : { aliases: body.aliases }),
    ...(dataText === undefined ? {} : { dataPatchText: dataText }),
    ...(body.ttl_seconds === undefined ? {} : { ttlSeconds: body.ttl_seconds }),
  };
}

/** Bridges a look-up that found nothing, as long as there is room for one more waiter. */
async function waitFor(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  wait: { name: HandoffName; seconds: number; result: LookUp },
): Promise<LookUp | 'gone'> {
  const { name, seconds, result } = wait;
  if (result.found === undefined && seconds > 0) {
    const { keyId } = request.key;
    if (!context.waiting.hasRoom(keyId)) {
      reply.header('retry-after', 1);
      return result;
    }
    reply.header('preference-applied', `wait=${seconds}`);
    const { tenant } = request.project;
    const waited = await context.waiting.wait({
      tenant,
      name,
      keyId,
      seconds,
      response: reply.raw,
    });
    await authenticateAgain(context, request, reply);
    return waited;
  }
  reply.header('preference-applied', `wait=${seconds}`);
  return result;
}
