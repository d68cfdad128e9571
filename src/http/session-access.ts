// Whom the cookie of a session lets in: pages of this server alone, and to change things only with
// the session's CSRF token, which a page of another origin cannot read.

import { timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BatonError } from '../error.js';
import { type ApiKey, isAlive } from '../key.js';
import { type Session, tokenHashOf } from '../session.js';
import type { Store } from '../store/store.js';
import type { Context } from './context.js';
import { sessionToken } from './session-cookie.js';

export interface OpenSession {
  readonly session: Session;
  readonly key: ApiKey;
  readonly csrfToken: string;
}

/**
 * The session of the request's cookie, with its key; undefined where it has no cookie. Throws 401
 * where the session, or its key, has ended; 429 where that was so too often; 403 for a page of
 * another origin, and for a method that may change something without the right `x-csrf-token`.
 */
export async function openSession(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<OpenSession | undefined> {
  const token = sessionToken(request.headers);
  if (token === undefined) return undefined;
  checkOwnOrigin(request);

  const { store } = context;
  const tokenHash = tokenHashOf(token);
  const session = tokenHash && (await store.findSession(tokenHash));
  if (session === undefined) {
    const address = context.clientAddress(request.raw);
    throw context.budgets.failedKey(address, reply) ?? sessionEnded(reply);
  }
  const key = await store.findKey(session.keyId);
  if (key === undefined) throw sessionEnded(reply);
  request.key = key;
  if (!isOpen(session, key, context.now())) throw sessionEnded(reply);

  const csrfToken = csrfTokenOf(store, token);
  if (!['GET', 'HEAD'].includes(request.method)) checkCsrfToken(request, csrfToken);
  return { session, key, csrfToken };
}

/** Whether a session, as it was found by now, still lets somebody in with this key. */
export function isOpen(session: Session | undefined, key: ApiKey, now: number): boolean {
  return session !== undefined && session.expiresAt > now && isAlive(key, now);
}

/** The same on every node, and nothing that the token tells to who has not the store's key. */
export function csrfTokenOf(store: Pick<Store, 'keyedHash'>, token: string): string {
  return store.keyedHash('@console', `csrf ${token}`);
}

export function sessionEnded(reply: FastifyReply): BatonError {
  reply.header('www-authenticate', sessionChallenge);
  return new BatonError('unauthorized', 'The session has ended; sign in again.');
}

/** Without Basic, for which browsers would ask in a window of their own. */
export const sessionChallenge = 'Bearer realm="baton"';

/**
 * Throws 403 for what a page of another origin has sent, as its browser says: by Fetch Metadata,
 * or where it knows none, which is so on plain HTTP, by `Origin`.
 */
export function checkOwnOrigin({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  const isOwn =
    site === undefined
      ? headers.origin === undefined || hostOf(headers.origin) === headers.host
      : site === 'same-origin' || site === 'none';
  if (isOwn) return;
  throw new BatonError(
    'forbidden',
    'This comes from a page of another origin, where sessions do not count; send an API key.',
  );
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function checkCsrfToken({ headers }: FastifyRequest, expected: string): void {
  const given = Buffer.from(String(headers['x-csrf-token'] ?? ''));
  const wanted = Buffer.from(expected);
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
  throw new BatonError(
    'forbidden',
    'x-csrf-token: found none, or that of another session; send the csrf_token of this session.',
  );
}
