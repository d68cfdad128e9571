// The calls of sessions as a browser makes them: it keeps the cookie and sends it with each.

import { expect } from 'vitest';
import { type Received, type Sent, send } from './request.js';
import type { TestServer } from './server.js';

/** A browser that is signed in. */
export interface Browser {
  readonly cookie: string;
  readonly csrfToken: string;
}

export function signIn(
  server: Pick<TestServer, 'url'>,
  body: unknown,
  sent: Sent = {},
): Promise<Received> {
  return send(`${server.url}/console/session`, { method: 'POST', body, ...sent });
}

/** Signs in with a key, the first admin key where no other is given. */
export async function signedIn(
  server: Pick<TestServer, 'url' | 'keys'>,
  apiKey: string = server.keys.admin,
): Promise<Browser> {
  const answer = await signIn(server, { api_key: apiKey });
  expect(answer.status, answer.text).toBe(200);
  return browserOf(answer);
}

/** What a browser keeps of the answer to a sign-in. */
export function browserOf({ headers, json }: Received): Browser {
  const [set] = headers['set-cookie'] as string[];
  return { cookie: set!.split(';')[0]!, csrfToken: json.csrf_token };
}

/** A call with the cookie; methods that change things carry the CSRF token too. */
export function callAs(browser: Browser, url: string, sent: Sent = {}): Promise<Received> {
  const isSafe = ['GET', 'HEAD'].includes(sent.method ?? 'GET');
  const csrf = isSafe ? {} : { 'x-csrf-token': browser.csrfToken };
  return send(url, { ...sent, headers: { cookie: browser.cookie, ...csrf, ...sent.headers } });
}

/** The session of the browser, as the server shows it. */
export function shownSession(server: Pick<TestServer, 'url'>, browser: Browser): Promise<Received> {
  return callAs(browser, `${server.url}/console/session`);
}
