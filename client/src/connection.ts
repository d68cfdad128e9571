// Sends calls with the key, repeats those that may be repeated, and turns refusals into errors.

import { query } from './address.js';
import { BatonClientError, codeOfStatus, type Failure, missingCodes } from './errors.js';
import { exchange, type Outcome, type Reply } from './exchange.js';
import { parsedObject } from './json.js';
import type { Settings } from './options.js';
import { isRepeated, pause, pauseSeconds, retryAfterOf } from './retry.js';

export interface Call {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  readonly path: string;
  readonly parameters?: Record<string, string | number | undefined>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly contentType?: string;
  /** Whether it ends in the same content however often it is done: see `isRepeated`. */
  readonly repeatable: boolean;
  /** Seconds that a look-up waits, its repetitions included. */
  readonly waitSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const secretCharactersMin = 8;

/** Resolves with a reply of status 2xx or 304; rejects with BatonClientError or an abort reason. */
export type Send = (call: Call) => Promise<Reply>;

/** The key stays in this closure, where neither inspection nor serialisation finds it. */
export function connection(settings: Settings): Send {
  return async (call) => {
    const startedAt = performance.now();
    let waitSecondsLeft = call.waitSeconds ?? 0;
    let outcomeUnknown = false;
    for (let repetition = 0; ; repetition++) {
      const { reply, failure } = await attempt(settings, call, waitSecondsLeft);
      if (reply !== undefined) return reply;

      outcomeUnknown ||= failure.outcomeUnknown ?? false;
      const elapsedSeconds = (performance.now() - startedAt) / 1000;
      waitSecondsLeft = Math.max(0, Math.ceil((call.waitSeconds ?? 0) - elapsedSeconds));
      const { repeatable } = call;
      if (repetition >= settings.retries || !isRepeated({ repeatable, waitSecondsLeft }, failure)) {
        const message = withoutKey(failure.message, settings.apiKey);
        throw new BatonClientError({ ...failure, message, outcomeUnknown });
      }
      await pause(pauseSeconds(repetition, failure.retryAfterSeconds), call.signal);
    }
  };
}

/**
 * The message, in which a server may have repeated the key. A key of few characters is no secret,
 * and may be a part of any word.
 */
export function withoutKey(message: string, apiKey: string): string {
  return apiKey.length < secretCharactersMin
    ? message
    : message.replaceAll(apiKey, '(the API key)');
}

async function attempt(settings: Settings, call: Call, waitSeconds: number): Promise<Outcome> {
  const { method, body, signal } = call;
  const wait = call.waitSeconds === undefined ? undefined : waitSeconds;
  const outcome = await exchange(settings, {
    url: settings.origin + call.path + query({ ...call.parameters, wait }),
    method,
    headers: {
      'x-api-key': settings.apiKey,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
      ...call.headers,
    },
    body,
    timeoutSeconds: settings.timeoutSeconds + waitSeconds,
    signal,
  });
  if (outcome.failure !== undefined || isAccepted(outcome.reply.status)) return outcome;
  return { failure: refusal(outcome.reply) };
}

function isAccepted(status: number): boolean {
  return (status >= 200 && status < 300) || status === 304;
}

/** What an answer says that is neither 2xx nor 304. */
export function refusal(reply: Reply): Failure {
  const { status, headers } = reply;
  const { error_code, error_message, error_id } = parsedObject(reply.bodyText) ?? {};
  const known = [...missingCodes, ...Object.values(codeOfStatus)].find((it) => it === error_code);
  const statusCode = Object.entries(codeOfStatus).find(([it]) => Number(it) === status)?.[1];
  return {
    code: known ?? statusCode ?? 'invalid_answer',
    message: typeof error_message === 'string' ? error_message : strangeAnswer(reply),
    // A browser hides the status of a redirect that it does not follow: 0.
    status: status === 0 ? undefined : status,
    requestId: typeof error_id === 'string' ? error_id : (headers.get('x-request-id') ?? undefined),
    retryAfterSeconds: retryAfterOf(headers),
    outcomeUnknown: status >= 500,
  };
}

function strangeAnswer({ status, bodyText }: Reply): string {
  if (status < 400) {
    return (
      'The server answered with a redirect, which is not followed so that the API key stays ' +
      'where it is; give the final origin as url.'
    );
  }
  return (
    `The server answered ${status} with a body of ${bodyText.length} characters that is not ` +
    'an error of Baton; check that url leads to a Baton server.'
  );
}
