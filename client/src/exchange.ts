// One HTTP exchange within its time: a reply, or the failure that stands in its place.

import type { Failure } from './errors.js';
import { isObject } from './json.js';
import type { Settings } from './options.js';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly bodyText: string;
}

export interface ExchangeRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal | undefined;
}

export type Outcome =
  | { readonly reply: Reply; readonly failure?: never }
  | { readonly failure: Failure; readonly reply?: never };

/** Timers take a signed 32-bit number of milliseconds and fire at once beyond it. */
const timerMillisecondsMax = 2 ** 31 - 1;

/** Rejects only with the reason of the request's own signal. */
export async function exchange(settings: Settings, request: ExchangeRequest): Promise<Outcome> {
  const { signal, timeoutSeconds } = request;
  signal?.throwIfAborted();
  // A timer that ends with the exchange: those of AbortSignal.timeout pile up under load.
  const deadline = new AbortController();
  const end = () => deadline.abort();
  const timer = setTimeout(end, Math.min(timeoutSeconds * 1000, timerMillisecondsMax));
  signal?.addEventListener('abort', end, { once: true });
  try {
    return await sendAndRead(settings, request, deadline.signal);
  } catch (error) {
    signal?.throwIfAborted();
    return { failure: deadline.signal.aborted ? timeout(timeoutSeconds) : lost(settings, error) };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}

async function sendAndRead(
  { fetch }: Settings,
  { url, method, headers, body }: ExchangeRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  // Following a redirect would carry the key to a host that the caller never named.
  const init: RequestInit = { method, headers, body: body ?? null, redirect: 'manual', signal };
  const response = await fetch(url, init);
  const bytes = await response.arrayBuffer();
  const { status, headers: answered } = response;
  const bodyText = exactText(bytes);
  if (bodyText === undefined) {
    const message = `The server answered ${status} with a body that is not UTF-8; check its proxies.`;
    return { failure: { code: 'invalid_answer', message, status, outcomeUnknown: true } };
  }
  return { reply: { status, headers: answered, bodyText } };
}

function exactText(bytes: ArrayBuffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function timeout(seconds: number): Failure {
  return {
    code: 'timeout',
    message:
      `The server gave no whole answer within ${seconds} seconds; ` +
      'look a state up before you repeat a write, or give a longer timeoutSeconds.',
    outcomeUnknown: true,
  };
}

/** A connection that failed. */
export function lost({ origin }: Settings, error: unknown): Failure {
  // Only the code of the platform's error is told: the rest of it may quote the request.
  const reason = reasonOf(error);
  const found = reason === undefined ? 'no reason given' : reason;
  return wasNeverConnected(error)
    ? {
        code: 'network',
        message: `${origin} could not be reached (${found}); check url and that the server runs.`,
      }
    : {
        code: 'network',
        message:
          `The connection to ${origin} gave no whole answer (${found}); ` +
          'look a state up before you repeat a write.',
        outcomeUnknown: true,
      };
}

/** The code that Node gives as the cause of a failed fetch; browsers give none. */
function reasonOf(error: unknown): string | undefined {
  const code = memberOf(memberOf(error, 'cause'), 'code');
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code) ? code : undefined;
}

/**
 * Whether the failure came before there was a connection, so that nothing was sent. Node tells
 * the system call that failed, or one error for each address of the host.
 */
function wasNeverConnected(error: unknown): boolean {
  const cause = memberOf(error, 'cause');
  const attempts = memberOf(cause, 'errors');
  const causes: unknown[] = Array.isArray(attempts) && attempts.length > 0 ? attempts : [cause];
  return causes.every((each) => {
    const call = memberOf(each, 'syscall');
    const code = memberOf(each, 'code');
    return call === 'connect' || call === 'getaddrinfo' || code === 'UND_ERR_CONNECT_TIMEOUT';
  });
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}
