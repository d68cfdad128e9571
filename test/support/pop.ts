// Links of the screen pop for tests: made, opened, and read as a person would.

import { expect } from 'vitest';
import { type Received, type Sent, send } from './request.js';
import type { TestServer } from './server.js';

type Query = Readonly<Record<string, string>>;

/** The raw answer of a call that makes a link; with the read key, where no other is given. */
export function makeLink(
  server: Pick<TestServer, 'stateUrl' | 'keys'>,
  query: Query,
  sent: Sent = {},
): Promise<Received> {
  const url = `${server.stateUrl}/links?${new URLSearchParams(query).toString()}`;
  return send(url, { method: 'POST', key: server.keys.read, ...sent });
}

/** The URL of a new link. */
export async function linkTo(
  server: Pick<TestServer, 'stateUrl' | 'keys'>,
  query: Query,
  sent: Sent = {},
): Promise<string> {
  const made = await makeLink(server, query, sent);
  expect(made.status, made.text).toBe(201);
  return made.json.url;
}

/** What the page says, in its order, as one text: without tags, entities decoded. */
export function textOfPage(html: string): string {
  const body = html.slice(html.indexOf('<body>'));
  return decoded(body.replaceAll(/<[^>]*>/g, ' ')).replaceAll(/\s+/g, ' ');
}

/** The refusal of every link that does not open, but for what differs in each answer. */
export function refusalOf({ status, headers, text }: Received): object {
  const { 'x-request-id': requestId, date, ...rest } = headers;
  expect([typeof requestId, typeof date]).toEqual(['string', 'string']);
  return { status, headers: rest, text };
}

/** What the entities of a page stand for. */
export function decoded(html: string): string {
  return html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
