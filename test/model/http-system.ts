// A server as one of the systems that the steps are done to, by the published calls alone.

import type { Agent } from 'node:http';
import type { HandoffName, Preconditions } from '../../src/handoff.js';
import type { Store } from '../../src/store/store.js';
import { type Received, send } from '../support/request.js';
import {
  type Listed,
  listedOf,
  pageItems,
  type Refused,
  type Seen,
  type System,
} from './system.js';

/** `beside`: the server's store opened as a tool, since no call purges. */
export function httpSystem(
  projectUrl: string,
  sent: { key: string; agent: Agent },
  beside: Store,
): System {
  const state = `${projectUrl}/handoff_state`;
  return {
    async put(write, conditions) {
      const body =
        `{"id":${JSON.stringify(write.id)},"data":${write.dataText},` +
        `"aliases":${JSON.stringify(write.aliases)}${member('shared_id', write.sharedId)}` +
        `${member('ttl_seconds', write.ttlSeconds)}}`;
      const headers = headersOf(conditions);
      const received = await send(state, { ...sent, method: 'PUT', headers, body });
      const answer = seen(received);
      return 'error' in answer ? answer : { created: received.status === 201, ...answer };
    },
    async patch(name, patch, conditions) {
      const members = {
        shared_id: patch.sharedId,
        aliases: patch.aliases,
        ttl_seconds: patch.ttlSeconds,
        data: patch.dataPatchText === undefined ? undefined : JSON.parse(patch.dataPatchText),
      };
      const headers = headersOf(conditions);
      const url = `${state}?${queryOf(name)}`;
      return seen(await send(url, { ...sent, method: 'PATCH', headers, body: members }));
    },
    async erase(name, conditions) {
      const headers = headersOf(conditions);
      const url = `${state}?${queryOf(name)}`;
      const { status, json } = await send(url, { ...sent, method: 'DELETE', headers });
      if (status !== 200) return { error: json.error_code };
      return { id: json.id, erasedAt: Date.parse(json.erased_at) };
    },
    async lookUp(name) {
      return seen(await send(`${state}?${queryOf(name)}`, sent));
    },
    async list({ id, sharedId, status }) {
      const query = new URLSearchParams({ limit: String(pageItems) });
      if (id !== undefined) query.set('id', id);
      if (sharedId !== undefined) query.set('shared_id', sharedId);
      if (status !== undefined) query.set('status', status);
      const lines: Listed[] = [];
      for (;;) {
        const { json } = await send(`${projectUrl}/handoff_states?${query.toString()}`, sent);
        lines.push(...json.items.map(lineOf));
        if (json.next_cursor === null) return lines;
        query.set('cursor', json.next_cursor);
      }
    },
    async purge() {
      while ((await beside.purge()) > 0);
    },
  };
}

function member(name: string, value: string | number | null): string {
  return value === null ? '' : `,"${name}":${JSON.stringify(value)}`;
}

function queryOf({ kind, value }: HandoffName): string {
  return `${kind}=${encodeURIComponent(value)}`;
}

function headersOf({ ifMatch, ifNoneMatch }: Preconditions): Record<string, string> {
  const headers: Record<string, string> = {};
  if (ifNoneMatch !== undefined) headers['if-none-match'] = ifNoneMatch;
  if (ifMatch === '*') headers['if-match'] = '*';
  else if (ifMatch !== undefined) headers['if-match'] = ifMatch.map((it) => `"${it}"`).join(', ');
  return headers;
}

function seen({ status, headers, text, json }: Received): Seen | Refused {
  if (status !== 200 && status !== 201) return { error: json.error_code };
  return {
    body: text,
    etag: String(headers.etag),
    lastModified: String(headers['last-modified']),
    sunset: String(headers.sunset),
  };
}

function lineOf(item: Received['json']): Listed {
  return listedOf({
    id: item.id,
    sharedId: item.shared_id ?? null,
    aliases: item.aliases,
    version: item.version,
    writtenAt: Date.parse(item.written_at),
    updatedAt: Date.parse(item.updated_at),
    expiresAt: Date.parse(item.expires_at),
    status: item.status,
  });
}
