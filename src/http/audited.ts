// What the audit is told of a request, and what becomes of its answer where that cannot be kept.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AuditAction, type AuditNote, accountTenant, nobodysTenant } from '../audit.js';
import { BatonError, statusOfCode } from '../error.js';
import type { HandoffName } from '../handoff.js';
import { shownDuration } from './answered.js';
import type { Context } from './context.js';
import { errorBody, isForPerson } from './errors.js';
import { popFailure, withPopHeaders } from './pop-document.js';

/** The status of a call whose client was gone before its answer. */
const goneStatus = 499;

/** The only headers of an answer that is held back, besides those of its length. */
const headersKept = new Set(['x-request-id', 'cache-control', 'connection', 'content-length']);

/** Lets each answer of an audited call go out as the audit allows. */
export function auditAnswers(app: FastifyInstance, context: Context): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    const { action } = request;
    // At once, since a connection may be closed before a later turn: so it is no async function.
    if (action === undefined) return done(null, payload);
    /* oxlint-disable promise/no-callback-in-promise */
    noteCall(context, request, { action, status: reply.statusCode, reply }).then(
      () => {
        notePickup(context, request);
        return done(null, payload);
      },
      (error: unknown) => done(null, heldBack(context, request, reply, error)),
    );
    /* oxlint-enable promise/no-callback-in-promise */
  });
}

/** Not before: an answer that is held back gives nothing. */
function notePickup({ outcomes, now }: Context, { givenRecord, project }: FastifyRequest): void {
  if (givenRecord !== undefined) outcomes.notePickup(project.tenant, givenRecord, now());
}

/** Notes a call whose answer is only to begin; where it rejects, the answer must not. */
export async function noteBegun(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { action } = request;
  if (action === undefined) return;
  // This is its entry, also where a refusal is answered because it cannot be kept.
  delete request.action;
  await noteCall(context, request, { action, status: 200, reply });
}

/** Notes a call whose client did not stay for the answer. */
export async function noteGone(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { action } = request;
  // There is no answer to hold back.
  if (action === undefined) return;
  await noteCall(context, request, { action, status: goneStatus, reply }).catch(() => {});
}

async function noteCall(
  context: Context,
  request: FastifyRequest,
  { action, status, reply }: { action: AuditAction; status: number; reply: FastifyReply },
): Promise<void> {
  if (context.audit.mode === 'off') return;
  const address = context.clientAddress(request.raw);
  const cause = request.errorCode ?? null;
  const keyId = request.key?.keyId ?? null;
  // A sign-in and the page of a link need no key, and are let in all the same.
  const isLetIn = request.spending !== undefined || status < 400;
  if (!isLetIn && context.strangers.count({ address, keyId, status, cause })) return;
  const note: AuditNote = {
    at: context.now(),
    action,
    tenant: request.project?.tenant ?? (await tenantOfPath(context, request)),
    keyId,
    address,
    subject: request.subject ?? nameAskedFor(request),
    status,
    cause,
    requestId: request.id,
    durationMs: shownDuration(reply.elapsedTime),
  };
  await context.audit.note(note);
}

/** The project in the path, whoever asks for it; else the account of the key. */
async function tenantOfPath(context: Context, request: FastifyRequest): Promise<string> {
  const { account_id: account, project_id: project } = request.params as Record<string, string>;
  const isAway = request.errorCode === 'unavailable' || request.errorCode === 'internal';
  if (account !== undefined && project !== undefined && !isAway) {
    // Where it cannot be found out, the entry is nobody's rather than none.
    const found = await context.store.findProject(account, project).catch(() => undefined);
    if (found !== undefined) return found.tenant;
  }
  return request.key === undefined ? nobodysTenant : accountTenant(request.key.accountId);
}

/** The name of the handoff state that is meant; of a refused request as far as it was read. */
function nameAskedFor({ query, body }: FastifyRequest): HandoffName | null {
  const { id, shared_id, alias } = (query ?? {}) as Record<string, unknown>;
  // An alias is found as a shared id is.
  const shared = shared_id ?? alias;
  if (typeof shared === 'string') return { kind: 'shared_id', value: shared };
  if (typeof id === 'string') return { kind: 'id', value: id };
  const written = (body as { id?: unknown } | null | undefined)?.id;
  return typeof written === 'string' ? { kind: 'id', value: written } : null;
}

/** The answer in place of one whose entry cannot be kept: 503 and nothing of what was found. */
function heldBack(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): string {
  if (!(error instanceof BatonError)) {
    context.log.error({ err: error, request_id: request.id }, 'the audit failed');
  }
  const told = error instanceof BatonError ? error : new BatonError('internal', 'internal error');
  for (const name of Object.keys(reply.getHeaders())) {
    if (!headersKept.has(name) && !name.startsWith('access-control-')) reply.removeHeader(name);
  }
  if (told.retryAfterSeconds !== undefined) reply.header('retry-after', told.retryAfterSeconds);
  const shown = isForPerson(request) ? popFailure(told.code) : undefined;
  if (shown === undefined) {
    reply.code(statusOfCode[told.code]).header('content-type', 'application/json; charset=utf-8');
  } else {
    withPopHeaders(reply, shown.status);
  }
  const body = shown?.page ?? errorBody(told.code, told.message, request.id);
  reply.header('content-length', Buffer.byteLength(body));
  return body;
}
