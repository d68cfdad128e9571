// The short way of the look-up: a plain one, by a key that was let in before, that finds its state,
// is answered without the framework, which costs as much as all the rest together.
// Whatever might be refused, waits or asks for more takes the long way; both send the same.

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer, HandoffName } from '../handoff.js';
import { isAlive } from '../key.js';
import type { FoundAnswer, PickupRecord } from '../outcome.js';
import type { LookUp } from '../store/store.js';
import type { Admission } from './admissions.js';
import { noteAnswered, shownDuration } from './answered.js';
import { mayLookUp, spend } from './budgets.js';
import type { Context } from './context.js';
import { headerBlockError } from './header-block.js';
import type { Series } from './metrics.js';
import { sendTogether } from './send-together.js';

/** 1: all up to the name, 2: what stands before the address, 3: the address, 4: the kind of name. */
const lookUpUrl = /^((\/v[13])?\/([\w.~-]+\/[\w.~-]+)\/handoff_state\?(id|shared_id)=)/;

/** A name that needs no decoding, and nothing behind it. */
const plainName = /^[\w.~-]{1,255}$/;

/** What a connection asked last, all but the name: what it asks next is mostly alike. */
interface Call {
  /** Kept as long as the connection, since to compare it costs less than to hash it each time. */
  readonly keyText: string;
  readonly urlStart: string;
  readonly kind: HandoffName['kind'];
  readonly tenant: string;
  readonly admission: Admission;
  /** The client's address, unless a request names another. */
  readonly address: string | undefined;
  /** The store's: at another one the key is looked at again. */
  readonly referenceVersion: number;
  readonly series: Series;
}

/** Listens to requests; `longWay` gets those that the short way does not answer. */
export function shortWay(
  context: Context,
  newRequestId: () => string,
  longWay: RequestListener,
): RequestListener {
  const calls = new WeakMap<Socket, Call>();
  const together = sendTogether();

  return (request, response) => {
    const startedAt = context.elapsedMs();
    const call = isPlain(request) ? callOf(context, calls, request) : undefined;
    const name = call === undefined ? undefined : nameOf(call, request.url!);
    const result = name === undefined ? undefined : lookUp(context, call!, name, startedAt);
    if (call === undefined || name === undefined || result === undefined) {
      return longWay(request, response);
    }

    const answer = ({ found }: LookUp) => {
      if (found === undefined) return longWay(request, response);
      const requestId = newRequestId();
      const send = () => {
        spend(call.admission.spending, startedAt);
        notePickup(context, call, found.record);
        together(() => {
          sendAnswer(response, found, requestId);
          const seconds = (context.elapsedMs() - startedAt) / 1000;
          noteAnswered(context, { requestId, series: call.series, seconds });
        });
      };
      const audited = noteLookUp(context, { call, name, found, request, requestId, startedAt });
      if (audited === undefined) return send();
      // The long way meets the same failure and answers it.
      audited.then(send, () => longWay(request, response));
    };
    if (!(result instanceof Promise)) return answer(result);
    begun.set(request, result);
    result.then(answer, () => longWay(request, response));
  };
}

/** Look-ups that took their time: the long way does not begin them again. */
const begun = new WeakMap<IncomingMessage, Promise<LookUp>>();

/** What the short way has found for this request already, or why it failed. */
export function begunLookUp(request: IncomingMessage): Promise<LookUp> | undefined {
  return begun.get(request);
}

/** Whether it is a look-up that asks for nothing more than the answer. */
function isPlain(request: IncomingMessage): boolean {
  const { headers } = request;
  return (
    request.method === 'GET' &&
    headers.prefer === undefined &&
    headers['if-none-match'] === undefined &&
    headers.origin === undefined &&
    headerBlockError(request) === undefined
  );
}

/** The call of a request whose key was let in before. */
function callOf(
  { admissions, clientAddress, metrics, store }: Context,
  calls: WeakMap<Socket, Call>,
  request: IncomingMessage,
): Call | undefined {
  const { socket, headers, url = '' } = request;
  const keyText = headers['x-api-key'];
  const referenceVersion = store.referenceVersion();
  const last = calls.get(socket);
  if (
    last?.keyText === keyText &&
    last?.referenceVersion === referenceVersion &&
    url.startsWith(last.urlStart)
  ) {
    return last;
  }
  const parts = lookUpUrl.exec(url);
  if (typeof keyText !== 'string' || parts === null) return undefined;
  const [, urlStart = '', version = '', address = '', kind] = parts;
  const admission = admissions.find(admissions.memo(keyText, address));
  if (admission?.project === undefined || admission.key.view !== 'full') return undefined;

  const route = `${version}/:account_id/:project_id/handoff_state`;
  const call: Call = {
    keyText,
    urlStart,
    kind: kind as HandoffName['kind'],
    tenant: admission.project.tenant,
    admission,
    address: isForwarded(request) ? undefined : clientAddress(request),
    referenceVersion,
    series: metrics.series('GET', route, 200),
  };
  calls.set(socket, call);
  return call;
}

function nameOf({ kind, urlStart }: Call, url: string): HandoffName | undefined {
  const value = url.slice(urlStart.length);
  return plainName.test(value) ? { kind, value } : undefined;
}

function lookUp(
  { now, store, waiting }: Context,
  { admission, tenant }: Call,
  name: HandoffName,
  startedAt: number,
): LookUp | Promise<LookUp> | undefined {
  const time = now();
  if (waiting.isClosing || !isAlive(admission.key, time)) return undefined;
  if (!mayLookUp(admission.spending, startedAt)) return undefined;
  admission.use.at = time;
  try {
    return store.lookUpNow(tenant, name) ?? store.lookUp(tenant, name);
  } catch {
    // The long way meets the same failure, logs it and answers it.
    return undefined;
  }
}

/** Whoever cannot write is a reader. */
function notePickup(
  { outcomes, now }: Context,
  { admission, tenant }: Call,
  record: PickupRecord,
): void {
  if (record.isPickedUp || admission.key.permission !== 'read') return;
  outcomes.notePickup(tenant, record, now());
}

function isForwarded({ headers }: IncomingMessage): boolean {
  return headers['x-forwarded-for'] !== undefined;
}

interface Answering {
  readonly call: Call;
  readonly name: HandoffName;
  readonly found: FoundAnswer;
  readonly request: IncomingMessage;
  readonly requestId: string;
  readonly startedAt: number;
}

/** As `AuditLog.note`. */
function noteLookUp(
  { audit, clientAddress, elapsedMs, now, store }: Context,
  { call, name, found, request, requestId, startedAt }: Answering,
): Promise<void> | undefined {
  if (audit.mode === 'off') return undefined;
  // Of an answer that is kept in memory the name is hashed once.
  found.auditRecord ??= store.auditRecordOf(call.tenant, name);
  return audit.note({
    at: now(),
    action: 'look_up',
    tenant: call.tenant,
    keyId: call.admission.key.keyId,
    address: (isForwarded(request) ? undefined : call.address) ?? clientAddress(request),
    subject: found.auditRecord,
    status: 200,
    cause: null,
    requestId,
    durationMs: shownDuration(elapsedMs() - startedAt),
  });
}

/**
 * Sends head and body in one piece: a body given to `end` goes with an empty piece behind it,
 * which costs more than the rest of the sending.
 */
// biome-ignore format: a header a line
function sendAnswer(response: ServerResponse, answer: Answer, requestId: string): void {
  const { socket } = response;
  socket?.cork();
  response.writeHead(200, [
    'x-request-id', requestId,
    'cache-control', 'no-store',
    'etag', answer.etag,
    'last-modified', answer.lastModified,
    'sunset', answer.sunset,
    'content-type', 'application/json; charset=utf-8',
    'content-length', String(answer.bodyBytes),
  ]);
  const isAscii = answer.body.length === answer.bodyBytes;
  response.write(answer.body, isAscii ? 'latin1' : 'utf8');
  socket?.uncork();
  response.end();
}
