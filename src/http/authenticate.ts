// Who may do what: the key of a request, its life, its permission and its reach, in this order.

import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BatonError } from '../error.js';
import {
  type ApiKey,
  checkLife,
  includesPermission,
  isAlive,
  isSecretOf,
  type Permission,
  type PresentedKey,
  parseKey,
  reaches,
} from '../key.js';
import { type Project, projectOutOfReach } from '../project.js';
import type { Admission } from './admissions.js';
import type { Context } from './context.js';
import { isOpen, openSession, sessionChallenge, sessionEnded } from './session-access.js';
import { wantedView } from './shown-answer.js';

/** What a 401 offers, for clients that wait to be asked (RFC 9110, 11.6.1). */
const challenge = 'Bearer realm="baton", Basic realm="baton", charset="UTF-8"';

/**
 * Lets a request in or throws: 401 for a key that is missing, malformed or unknown; 403 for one
 * that is revoked, expired, of another region, account or project, or without the permission.
 */
export async function authenticate(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  permission: Permission,
): Promise<void> {
  const text = keyText(request.headers);
  if (text === undefined) return letSessionIn(context, request, reply, permission);
  const { store, admissions } = context;
  const address = addressOf(request);
  const memo = admissions.memo(text, address.text);
  const remembered = admissions.find(memo);
  if (remembered !== undefined) return letIn(context, request, permission, remembered);

  const version = store.referenceVersion();
  const key = await knownKey(context, request, reply, text);
  request.key = key;
  const admission = await admissionOf(context, address, key, permission);
  admissions.remember(memo, admission, version);
  letIn(context, request, permission, admission);
}

/** Looks at the session and its key each time: both may end on another node. */
async function letSessionIn(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  permission: Permission,
): Promise<void> {
  const opened = await openSession(context, request, reply);
  if (opened === undefined) throw keyMissing(request, reply);
  request.session = opened.session;
  const admission = await admissionOf(context, addressOf(request), opened.key, permission);
  letIn(context, request, permission, admission);
}

/** Throws 403 for a key that is revoked or expired, lacks the permission, or does not reach there. */
async function admissionOf(
  context: Context,
  address: Address,
  key: ApiKey,
  permission: Permission,
): Promise<Admission> {
  checkKey(context, key, permission);
  const project = await reachedProject(context, address, key);
  const { keyId } = key;
  const spending = context.budgets.spendingOf(keyId, project?.tenant);
  return { key, project, use: context.keyUse.of(keyId), spending };
}

function letIn(
  context: Context,
  request: FastifyRequest,
  permission: Permission,
  admission: Admission,
): void {
  request.key = admission.key;
  checkKey(context, admission.key, permission);
  request.spending = admission.spending;
  if (admission.project !== undefined) request.project = admission.project;
  admission.use.at = context.now();
}

/** Throws `forbidden` where the key has ended or lacks the permission. */
export function checkKey(context: Context, key: ApiKey, permission: Permission): void {
  checkLife(key, context.now());
  if (includesPermission(key.permission, permission)) return;
  throw new BatonError(
    'forbidden',
    `This API key has the permission ${key.permission}, this call needs ${permission}; ` +
      'use a key that has it.',
  );
}

/**
 * Throws unless the key or session that let the request in is still good; for answers that come
 * later. Where not all is to be seen, what is sensitive counts as it is by now.
 */
export async function authenticateAgain(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { session } = request;
  const key = await context.store.findKey(request.key.keyId);
  if (key === undefined) throw new BatonError('forbidden', 'This API key is gone; use another.');
  checkLife(key, context.now());
  if (session !== undefined) {
    const found = await context.store.findSession(session.tokenHash);
    if (!isOpen(found, key, context.now())) throw sessionEnded(reply);
  }
  if (wantedView(request) === 'full') return;
  const { accountId: account, projectId: project } = request.project;
  request.project = (await reachedProject(context, { account, project }, key))!;
}

/**
 * Whether the key or session that let the request in still reaches its project; for answers that
 * go on. Keys and projects are looked at where any of them may have changed.
 */
export async function isStillLetIn(context: Context, request: FastifyRequest): Promise<boolean> {
  const { store } = context;
  const { session } = request;
  if (session !== undefined) {
    const found = await store.findSession(session.tokenHash);
    if (!isOpen(found, request.key, context.now())) return false;
  }
  const version = store.referenceVersion();
  if (version !== request.checkedVersion) {
    const { accountId, projectId, tenant } = request.project;
    const key = await store.findKey(request.key.keyId);
    const project = await store.findProject(accountId, projectId);
    if (key === undefined || project?.tenant !== tenant || !reaches(key, project)) return false;
    request.key = key;
    request.checkedVersion = version;
  }
  return isAlive(request.key, context.now());
}

/**
 * The key of this text, whether it has ended or not. Throws 401 where it is malformed or unknown,
 * 429 where that was so too often, 403 where it is of another region.
 */
export async function knownKey(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  text: string,
): Promise<ApiKey> {
  const wrong = (message: string) =>
    context.budgets.failedKey(context.clientAddress(request.raw), reply) ??
    unauthorized(request, reply, message);
  const presented = parseKey(text);
  if (presented === undefined) {
    throw wrong(
      `The API key is malformed: found ${text.length} characters whose form or checksum is wrong; ` +
        'copy the whole key again.',
    );
  }
  checkRegion(context, presented);
  const key = await context.store.findKey(presented.keyId);
  if (key === undefined || !isSecretOf(key, presented)) {
    throw wrong('The API key is unknown here; check which server it was made for.');
  }
  return key;
}

function checkRegion(context: Context, presented: PresentedKey): void {
  if (presented.region === context.region) return;
  throw new BatonError(
    'forbidden',
    `This API key belongs to region ${presented.region}, this server is region ` +
      `${context.region}; use the base URL of ${presented.region}.`,
  );
}

interface Address {
  readonly account: string | undefined;
  readonly project: string | undefined;
  /** Both in one text; what is remembered holds no other slash, so it is unambiguous. */
  readonly text: string;
}

function addressOf(request: FastifyRequest): Address {
  const { account_id: account, project_id: project } = request.params as {
    account_id?: string;
    project_id?: string;
  };
  return { account, project, text: account === undefined ? '' : `${account}/${project}` };
}

async function reachedProject(
  context: Context,
  { account, project }: Omit<Address, 'text'>,
  key: ApiKey,
): Promise<Project | undefined> {
  if (account === undefined || project === undefined) return undefined;
  const found = await context.store.findProject(account, project);
  if (found !== undefined && reaches(key, found)) return found;
  throw projectOutOfReach();
}

/** The key's text: `x-api-key` wins, then `Authorization` with Bearer or Basic. */
function keyText(headers: IncomingHttpHeaders): string | undefined {
  const given = headers['x-api-key'];
  if (typeof given === 'string' && given !== '') return given;

  const parts = /^(bearer|basic) +(\S+) *$/i.exec(headers.authorization ?? '');
  if (parts === null) return undefined;
  if (parts[1]!.toLowerCase() === 'bearer') return parts[2];
  const credentials = Buffer.from(parts[2]!, 'base64').toString('utf8');
  const colon = credentials.indexOf(':');
  return colon < 0 ? '' : credentials.slice(colon + 1);
}

export function unauthorized(
  request: FastifyRequest,
  reply: FastifyReply,
  message: string,
): BatonError {
  reply.header('www-authenticate', isOfScript(request) ? sessionChallenge : challenge);
  return new BatonError('unauthorized', message);
}

/** Whether a page's script asks and not a person, whom the browser may ask for a password. */
function isOfScript({ headers, route }: FastifyRequest): boolean {
  return (headers['sec-fetch-mode'] ?? 'navigate') !== 'navigate' || route === '/console/session';
}

/** Not counted as a wrong key: some clients send theirs only when they have been asked for it. */
function keyMissing(request: FastifyRequest, reply: FastifyReply): BatonError {
  return unauthorized(
    request,
    reply,
    'No API key was found; send it as x-api-key, as Authorization: Bearer, or as the password ' +
      'of Authorization: Basic.',
  );
}
