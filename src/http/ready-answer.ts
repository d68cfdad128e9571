// The short way of the look-up: a plain one, by a key that was let in before, that finds its state
// at once, is answered without the framework, which costs as much as all the rest together.
// Whatever might be refused, waits or asks for more takes the long way; both send the same.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, HandoffName } from '../handoff.js';
import { isAlive } from '../key.js';
import { noteAnswered } from './answered.js';
import type { Context } from './context.js';
import { headerBlockError } from './header-block.js';

/** 1: what stands before the address, 2: the address, 3: the kind of name, 4: a plain name. */
const plainLookUp =
  /^(\/v[13])?\/([\w.~-]+\/[\w.~-]+)\/handoff_state\?(id|shared_id)=([\w.~-]{1,255})$/;

/** Headers by which a look-up asks for more than its answer. */
const moreAsked = ['prefer', 'if-none-match', 'origin'] as const;

/** Answers the request, or returns false where the long way has to. */
export function answerReady(
  context: Context,
  request: IncomingMessage,
  response: ServerResponse,
  newRequestId: () => string,
): boolean {
  const startedAt = performance.now();
  const { headers, method, url = '' } = request;
  const key = headers['x-api-key'];
  if (method !== 'GET' || typeof key !== 'string' || context.waiting.isClosing) return false;
  const parts = plainLookUp.exec(url);
  if (parts === null || moreAsked.some((name) => headers[name] !== undefined)) return false;

  const name = { kind: parts[3] as HandoffName['kind'], value: parts[4]! };
  const answer = readyFor(context, key, parts[2]!, name);
  if (answer === undefined || headerBlockError(request) !== undefined) return false;

  const requestId = newRequestId();
  sendReady(response, answer, requestId);
  const route = `${parts[1] ?? ''}/:account_id/:project_id/handoff_state`;
  const seconds = (performance.now() - startedAt) / 1000;
  noteAnswered(context, { requestId, method, route, status: 200, seconds });
  return true;
}

function readyFor(
  { admissions, store, now }: Context,
  keyText: string,
  address: string,
  name: HandoffName,
): Answer | undefined {
  try {
    const admission = admissions.find(admissions.memo(keyText, address));
    if (admission?.project === undefined || !isAlive(admission.key, now())) return undefined;
    if (admission.key.view !== 'full') return undefined;
    admission.use.at = now();
    return store.lookUpNow(admission.project.tenant, name)?.found;
  } catch {
    // The long way meets the same failure, logs it and answers it.
    return undefined;
  }
}

// biome-ignore format: a header a line
function sendReady(response: ServerResponse, answer: Answer, requestId: string): void {
  response.writeHead(200, [
    'x-request-id', requestId,
    'cache-control', 'no-store',
    'etag', answer.etag,
    'last-modified', answer.lastModified,
    'sunset', answer.sunset,
    'content-type', 'application/json; charset=utf-8',
    'content-length', String(answer.bodyBytes),
  ]);
  response.end(answer.body);
}
