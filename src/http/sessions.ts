// Signing in to the console and out of it: an admin key, or the link of the first start, becomes a
// session, which the browser holds as a cookie that no script can read.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalidRequest } from '../error.js';
import type { ApiKey } from '../key.js';
import { newSession, type Session, tokenHashOf } from '../session.js';
import { checkKey, knownKey, unauthorized } from './authenticate.js';
import { type Context, endpoint } from './context.js';
import { errorAnswers } from './error-answers.js';
import { timeText } from './paging.js';
import { checkOwnOrigin, csrfTokenOf, openSession, sessionEnded } from './session-access.js';
import { cookieOf, noCookie } from './session-cookie.js';
import { SessionAnswer, SignedOut, SignIn } from './session-schemas.js';

const tags = ['Console'];
const security = [{ SessionCookie: [] }];

export const signIn = endpoint({
  contentTypes: ['application/json'],
  schema: {
    summary: 'Sign in',
    description:
      'Exchanges an admin key, or the token of a one-time link, for a session. Its cookie stands ' +
      'for the key in every call under `/v1`. Ten wrong keys slow an address down.',
    tags,
    body: SignIn,
    response: {
      200: SessionAnswer,
      ...errorAnswers('payload_too_large', 'unsupported_media_type', 'storage_full'),
    },
  },
  async handle(context, request, reply) {
    checkOwnOrigin(request);
    const { api_key: text, sign_in_token: token } = request.body;
    if ((text === undefined) === (token === undefined)) {
      throw invalidRequest('body: found both or none of api_key and sign_in_token; give one.');
    }
    const address = context.clientAddress(request.raw);
    const key = await context.budgets.signIn(address, reply, () =>
      text === undefined
        ? keyOfLink(context, request, reply, token!)
        : knownKey(context, request, reply, text),
    );
    request.key = key;
    checkKey(context, key, 'admin');
    spend(context, request, reply);

    const made = newSession('session', key, context.now());
    await context.store.createSession(made.session);
    reply.header('set-cookie', cookieFor(context, request, made));
    return sessionBody(context, {
      ...made,
      key,
      csrfToken: csrfTokenOf(context.store, made.token),
    });
  },
});

export const showSession = endpoint({
  schema: {
    summary: 'Show the session',
    description: 'The session of the cookie, with its CSRF token and what its key may do.',
    tags,
    security,
    response: { 200: SessionAnswer, ...errorAnswers() },
  },
  async handle(context, request, reply) {
    return sessionBody(context, await entered(context, request, reply));
  },
});

export const signOut = endpoint({
  schema: {
    summary: 'Sign out',
    description: 'Ends the session, at once and on every node.',
    tags,
    security,
    response: { 200: SignedOut, ...errorAnswers('storage_full') },
  },
  async handle(context, request, reply) {
    const { session } = await entered(context, request, reply);
    await context.store.endSession(session.tokenHash);
    reply.header('set-cookie', noCookie(isSecure(context, request)));
    return {};
  },
});

async function entered(context: Context, request: FastifyRequest, reply: FastifyReply) {
  const opened = await openSession(context, request, reply);
  if (opened === undefined) throw sessionEnded(reply);
  spend(context, request, reply);
  return opened;
}

function spend(context: Context, request: FastifyRequest, reply: FastifyReply): void {
  request.spending = context.budgets.spendingOf(request.key.keyId, undefined);
  context.budgets.spend(request, reply, false);
}

async function keyOfLink(
  { store, now }: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
): Promise<ApiKey> {
  const tokenHash = tokenHashOf(token);
  const link = tokenHash && (await store.takeSignIn(tokenHash));
  const key = link && link.expiresAt > now() ? await store.findKey(link.keyId) : undefined;
  if (key !== undefined) return key;
  throw unauthorized(
    request,
    reply,
    'The sign-in link was used before, has expired or is not whole; sign in with an admin key.',
  );
}

function sessionBody(
  { region }: Context,
  { session, key, csrfToken }: { session: Session; key: ApiKey; csrfToken: string },
) {
  return {
    csrf_token: csrfToken,
    expires_at: timeText(Math.min(session.expiresAt, key.expiresAt ?? Infinity)),
    region,
    key: {
      key_id: key.keyId,
      ...(key.name === null ? {} : { name: key.name }),
      account_id: key.accountId,
      projects: key.projects as string[] | null,
      permission: key.permission,
      view: key.view,
      expires_at: key.expiresAt === null ? null : timeText(key.expiresAt),
    },
  };
}

function cookieFor(
  context: Context,
  request: FastifyRequest,
  { token, session }: { token: string; session: Session },
): string {
  const seconds = Math.floor((session.expiresAt - session.createdAt) / 1000);
  return cookieOf(token, { seconds, isSecure: isSecure(context, request) });
}

/** Whether the browser speaks TLS, to this server or to a proxy before it, which its origin tells. */
function isSecure({ certificate }: Context, { headers }: FastifyRequest): boolean {
  return certificate !== null || headers.origin?.startsWith('https://') === true;
}
