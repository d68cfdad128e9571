// Which failed calls are repeated, and after how long.

import type { Failure } from './errors.js';

/** A server that asks for more patience than this gets no repetition; the caller is told. */
export const retryAfterSecondsMax = 10;

const backOffSecondsFirst = 0.25;
const backOffSecondsMax = 5;

/**
 * Whether a call is repeated after this failure.
 *
 * Repeated are a lost or refused connection, a time-out, 429 and 503. Of these, a refused
 * connection and a 429 say that nothing was done, and every call is repeated. After the others a
 * write may have been carried out, or may yet be, so only a `repeatable` call is: one that ends
 * in the same content however often it is done.
 *
 * A look-up whose wait is not over is also repeated after a 404 with `Retry-After`: the server
 * holds too many waiting look-ups and answered at once.
 */
export function isRepeated(
  call: { readonly repeatable: boolean; readonly waitSecondsLeft: number },
  failure: Failure,
): boolean {
  const { code, status, retryAfterSeconds, outcomeUnknown } = failure;
  if (retryAfterSeconds !== undefined && retryAfterSeconds > retryAfterSecondsMax) return false;
  if (status === 404) return retryAfterSeconds !== undefined && call.waitSecondsLeft > 0;

  const isPassing = code === 'network' || code === 'timeout' || status === 429 || status === 503;
  return isPassing && (call.repeatable || outcomeUnknown !== true);
}

/**
 * Seconds before a repetition: what the server asks for, and an exponential back-off of which a
 * random half is left out, so that clients that failed together do not come back together.
 */
export function pauseSeconds(repetition: number, retryAfterSeconds: number | undefined): number {
  const backOff = Math.min(backOffSecondsMax, backOffSecondsFirst * 2 ** repetition);
  return (retryAfterSeconds ?? 0) + backOff * (1 - Math.random() / 2);
}

/** Seconds of a `Retry-After`, which is a number or a date (RFC 9110, section 10.2.3). */
export function retryAfterOf(headers: Headers): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const seconds = (Date.parse(text) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** Resolves after the pause; rejects with the signal's reason as soon as it aborts. */
export function pause(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
