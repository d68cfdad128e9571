// Calls the public API: with the session's cookie, or with a key where one is given.

import { ApiError, noAnswer } from './api-error.js';

export interface Call {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Left out where undefined or empty. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text, or what becomes it. */
  readonly body?: unknown;
  /** In place of the session. */
  readonly key?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether the call is made although the page is being left. */
  readonly isLast?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly milliseconds: number;
}

let csrfToken = '';
let sessionEnded = () => {};

/** The token that comes with the session; every call that changes something carries it. */
export function holdCsrfToken(token: string): void {
  csrfToken = token;
}

/** Runs `listener` whenever an answer says that there is no session. */
export function onSessionEnd(listener: () => void): void {
  sessionEnded = listener;
}

/** Any answer, whatever its status; throws ApiError where there is none. */
export async function exchange(path: string, call: Call = {}): Promise<Answer> {
  const answered = await exchangeOnce(path, call);
  const mayBeOutdated =
    answered.status === 403 && call.key === undefined && (call.method ?? 'GET') !== 'GET';
  return mayBeOutdated && (await isTokenNew()) ? exchangeOnce(path, call) : answered;
}

/** Whether another tab has signed in meanwhile, so that the session has another token. */
async function isTokenNew(): Promise<boolean> {
  const before = csrfToken;
  const { status, text } = await exchangeOnce('/console/session', {});
  if (status === 200) csrfToken = (JSON.parse(text) as { csrf_token: string }).csrf_token;
  return csrfToken !== before;
}

async function exchangeOnce(path: string, call: Call): Promise<Answer> {
  const { method = 'GET', body, key, signal } = call;
  const startedAt = performance.now();
  try {
    const response = await fetch(addressOf(path, call.query), {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'x-api-key': key }),
        ...(key === undefined && method !== 'GET' ? { 'x-csrf-token': csrfToken } : {}),
        ...call.headers,
      },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
      credentials: key === undefined ? 'same-origin' : 'omit',
      cache: 'no-store',
      signal: signal ?? null,
      keepalive: call.isLast ?? false,
    });
    const text = await response.text();
    const { status, headers } = response;
    if (status === 401 && key === undefined) sessionEnded();
    return { status, headers, text, milliseconds: performance.now() - startedAt };
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    throw error instanceof ApiError ? error : noAnswer();
  }
}

/** An answer of status 2xx; throws ApiError otherwise. */
export async function answer(path: string, call: Call = {}): Promise<Answer> {
  const found = await exchange(path, call);
  if (found.status >= 200 && found.status < 300) return found;
  throw refusalOf(found);
}

/** The JSON body of an answer of status 2xx; throws ApiError otherwise. */
export async function ask<Body>(path: string, call: Call = {}): Promise<Body> {
  return JSON.parse((await answer(path, call)).text) as Body;
}

export function addressOf(path: string, query: Call['query'] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const pairs = given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

export function refusalOf({ status, headers, text }: Answer): ApiError {
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
  const { error_code, error_message, error_id } = membersOf(text);
  return new ApiError({
    code: error_code ?? 'unexpected',
    message: error_message ?? `The server answered ${status} without a word of Baton's; try again.`,
    status,
    requestId: error_id ?? headers.get('x-request-id') ?? undefined,
    retryAfterSeconds: Number.isNaN(retryAfter) ? undefined : retryAfter,
  });
}

function membersOf(text: string): Partial<Record<string, string>> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<Record<string, string>>;
  } catch {
    return {};
  }
}
