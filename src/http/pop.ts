// The screen pop: what opens from a link. Every refusal is the same, whatever the reason.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { BatonError } from '../error.js';
import { isAlive, reaches } from '../key.js';
import { limits } from '../limits.js';
import { isLinkOpen, type Link, readLinkToken } from '../link.js';
import type { FoundAnswer } from '../outcome.js';
import type { LookUp } from '../store/store.js';
import { noteGone } from './audited.js';
import { type Context, endpoint } from './context.js';
import { aheadPage, sendPop, waitingPage } from './pop-document.js';
import { popPage } from './pop-page.js';
import { popAnswers } from './pop-schemas.js';
import { type ShownAnswer, shownAnswer } from './shown-answer.js';

export const openPop = endpoint({
  schema: {
    summary: 'Open a screen pop',
    description:
      'The page of a link that `POST …/handoff_state/links` gave, for a person in a browser. It ' +
      `waits up to ${limits.waitSecondsMax} seconds for a state that is not there yet. Opening it ` +
      'with data is a pickup. To fetch it ahead of time (`Sec-Purpose: prefetch`) is no opening.',
    tags: ['Screen pop'],
    params: Type.Object({ token: Type.String({ description: 'What the link ends in.' }) }),
    response: popAnswers,
  },
  async handle(context, request, reply) {
    // To ask for the headers alone, or ahead of time, shows nothing: it is no opening.
    const isHead = request.method === 'HEAD';
    const isAhead = !isHead && isFetchedAhead(request);
    if (isHead || isAhead) delete request.action;
    if (isAhead) return sendPop(reply, aheadStatus, aheadPage);
    const { token } = request.params;
    let opening = await admit(context, request, reply, token);
    context.budgets.spend(request, reply, opening.link.state === null);

    let result = await context.store.lookUp(opening.tenant, opening.link.name);
    if (result.found === undefined && opening.link.state === null && !isHead) {
      if ((await waitFor(context, reply, opening)) === 'gone') {
        await noteGone(context, request, reply);
        return reply.hijack();
      }
      opening = await admit(context, request, reply, token);
      result = await context.store.lookUp(opening.tenant, opening.link.name);
    }
    const found = lifeOf(opening.link, result);
    if (found === undefined) {
      if (opening.link.state !== null) throw refusal(context, request, reply);
      context.budgets.noteNotFound(request);
      return sendPop(reply, 202, waitingPage);
    }
    const shown = shownAnswer(context, request.project, request.key.view, found);
    if (isHead) return sendPop(reply, 200, '');
    const link = await opened(context, opening, { found, etag: shown.headers.etag });
    if (link === undefined) throw refusal(context, request, reply);
    request.subject = link.name;
    request.givenRecord = found.record;
    return sendPop(reply, 200, pageOf(context, request.key, { link, found, shown }));
  },
});

/** Browsers drop what they fetch ahead where it is refused, and fetch it as it is opened. */
const aheadStatus = 403;

/** Where browsers, of today and older ones, say that nobody has opened what they fetch. */
const aheadHeaders = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];

function isFetchedAhead({ headers }: FastifyRequest): boolean {
  const purposes = aheadHeaders.map((name) => String(headers[name] ?? ''));
  return purposes.some((purpose) => /^\s*(?:prefetch|preview)\b/i.test(purpose));
}

interface Opening {
  readonly tenant: string;
  readonly linkHash: string;
  readonly link: Link;
}

/** Lets a link in that opens now, with the key that made it, or throws. */
async function admit(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
): Promise<Opening> {
  const { store, keyUse, budgets } = context;
  const read = readLinkToken(store, token);
  const link = read === undefined ? undefined : await store.findLink(read.tenant, read.linkHash);
  const key = link === undefined ? undefined : await store.findKey(link.keyId);
  if (read === undefined || link === undefined || key === undefined) {
    throw refusal(context, request, reply);
  }
  request.key = key;
  request.subject = link.name;
  const { tenant } = read;
  const project = await store.findProject(key.accountId, link.projectId);
  if (project?.tenant !== tenant) throw refusal(context, request, reply);
  request.project = project;
  const now = context.now();
  if (!isLinkOpen(link, now) || !isAlive(key, now) || !reaches(key, project)) {
    throw refusal(context, request, reply);
  }
  request.spending = budgets.spendingOf(key.keyId, tenant);
  keyUse.of(key.keyId).at = now;
  return { ...read, link };
}

/** Counted as a wrong key is, since who tries tokens has no other. */
function refusal(context: Context, request: FastifyRequest, reply: FastifyReply): BatonError {
  const address = context.clientAddress(request.raw);
  const refused = new BatonError('not_found', 'This link does not open.');
  return context.budgets.failedKey(address, reply) ?? refused;
}

/** Waits for a state with the name of the link, as long as there is room for one more waiter. */
async function waitFor(
  { waiting }: Context,
  reply: FastifyReply,
  { tenant, link: { name, keyId } }: Opening,
): Promise<LookUp | 'gone' | 'no room'> {
  if (!waiting.hasRoom(keyId)) return 'no room';
  const seconds = limits.waitSecondsMax;
  return waiting.wait({ tenant, name, keyId, seconds, response: reply.raw });
}

/** What was found, unless the link is bound to another life of the conversation. */
function lifeOf({ state }: Link, { found }: LookUp): FoundAnswer | undefined {
  if (found === undefined || state === null) return found;
  return found.record.writtenAt === state.writtenAt ? found : undefined;
}

/** The link as it is after this opening; undefined where it does not open any more. */
async function opened(
  { store, now }: Context,
  { link, tenant, linkHash }: Opening,
  { found, etag }: { found: FoundAnswer; etag: string },
): Promise<Link | undefined> {
  const isNoted = link.state !== null && link.openedAt !== null;
  if (isNoted) return link;
  const { id, writtenAt } = found.record;
  const noted = await store.openLink(tenant, linkHash, { id, writtenAt, etag }, now());
  if (noted === undefined || !isLinkOpen(noted, now())) return undefined;
  if (noted.name.value === id && noted.state?.writtenAt === writtenAt) return noted;
  // Another opening came first, and found another state.
  throw new BatonError('unavailable', 'The link was opened twice at once; try again.', {
    retryAfterSeconds: 1,
  });
}

function pageOf(
  { now }: Context,
  { view }: FastifyRequest['key'],
  { link, found, shown }: { link: Link; found: FoundAnswer; shown: ShownAnswer },
): string {
  const { writtenAt, etag } = link.state!;
  return popPage({
    body: shown.body,
    masked: view === 'masked' ? shown.withheld : [],
    leftOut: view === 'masked' ? [] : shown.withheld,
    now: now(),
    writtenAt,
    // What is withheld may be all that has changed.
    updatedAt: view === 'full' ? Date.parse(found.lastModified) : null,
    expiresAt: found.expiresAt,
    linkExpiresAt: link.expiresAt,
    change: shown.headers.etag === etag ? 'unchanged' : 'changed',
    since: writtenAt > link.createdAt ? 'opened' : 'made',
  });
}
