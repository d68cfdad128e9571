// The calls of handoff states, raw, to the first project and with the key that each needs.

import { type Received, type Sent, send } from './request.js';
import type { TestServer } from './server.js';

type Target = Pick<TestServer, 'stateUrl' | 'keys'>;
type Query = Readonly<Record<string, string>>;

export function put(server: Target, body: unknown, sent: Sent = {}): Promise<Received> {
  return send(server.stateUrl, { method: 'PUT', key: server.keys.write, body, ...sent });
}

export function lookUp(server: Target, query: Query, sent: Sent = {}): Promise<Received> {
  return send(addressOf(server, query), { key: server.keys.read, ...sent });
}

export function patch(
  server: Target,
  query: Query,
  body: unknown,
  sent: Sent = {},
): Promise<Received> {
  return send(addressOf(server, query), {
    method: 'PATCH',
    key: server.keys.write,
    body,
    ...sent,
  });
}

export function erase(server: Target, query: Query, sent: Sent = {}): Promise<Received> {
  return send(addressOf(server, query), { method: 'DELETE', key: server.keys.write, ...sent });
}

/** The version that an answer tells in its ETag. */
export function versionOf({ headers }: Received): number {
  return Number(String(headers.etag).slice(1, -1));
}

function addressOf(server: Target, query: Query): string {
  return `${server.stateUrl}?${new URLSearchParams(query).toString()}`;
}
