// A look-up whose answer is at hand takes a short way: what it sends and refuses stays the same.

import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { breakStore } from '../support/break-store.js';
import { head, sendRaw } from '../support/raw-request.js';
import { type Received, send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await put({ id: 'conv-1', shared_id: 'CA-1', data: { name: 'Zoë 🦉' } });
});
afterAll(() => server.stop());

describe('an answer at hand is the same as one that is not', () => {
  test.each(['/v1', '/v3', ''])('under %s/…', async (version) => {
    for (const query of ['id=conv-1', 'shared_id=CA-1']) {
      const url = `${server.url}${version}/demo/demo/handoff_state?${query}`;
      const first = await send(url, { key: server.keys.read });
      const ready = await send(url, { key: server.keys.read });
      const long = await send(url, { key: server.keys.read, headers: { prefer: 'nothing' } });
      expect(shown(ready)).toEqual(shown(first));
      expect(shown(ready)).toEqual(shown(long));
      expect(ready.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
    }
  });

  test('every one of them is counted', async () => {
    const before = await counted();
    for (let count = 0; count < 3; count++) await lookUp();
    expect((await counted()) - before).toBe(3);
  });
});

describe('an answer at hand is given no longer', () => {
  test('once the state has changed, another has taken its name, or it is erased', async () => {
    await put({ id: 'conv-2', shared_id: 'CA-2', data: { step: 1 } });
    await lookUp('shared_id=CA-2');
    await put({ id: 'conv-2', shared_id: 'CA-2', data: { step: 2 } });
    expect((await lookUp('shared_id=CA-2')).json.data).toEqual({ step: 2 });
    await put({ id: 'conv-3', shared_id: 'CA-2', data: { step: 3 } });
    expect((await lookUp('shared_id=CA-2')).json.id).toBe('conv-3');
    expect((await lookUp('id=conv-2')).json).toEqual({ id: 'conv-2', data: { step: 2 } });

    const url = `${server.stateUrl}?id=conv-3`;
    await send(url, { method: 'DELETE', key: server.keys.write });
    expect((await lookUp('shared_id=CA-2')).json.error_code).toBe('handoff_state_erased');
  });

  test.each([
    ['on the same connection', new Agent({ keepAlive: true, maxSockets: 1 })],
    ['on another connection', undefined],
  ])('to a key that is revoked, expired or wrong, %s', async (_which, agent) => {
    const lookUps = async (key: string, expected: number) => {
      const sent = agent === undefined ? { key } : { key, agent };
      for (let count = 0; count < 2; count++) {
        expect((await send(`${server.stateUrl}?id=conv-1`, sent)).status).toBe(expected);
      }
    };
    const { read } = server.keys;
    await lookUps(read, 200);
    await lookUps(
      read.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a')),
      401,
    );

    const revoked = await makeKey({ permission: 'read' });
    await lookUps(revoked.secret, 200);
    const keyUrl = `${server.url}/v1/keys/${revoked.key_id}`;
    await send(keyUrl, { method: 'DELETE', key: server.keys.admin });
    await lookUps(revoked.secret, 403);

    const expiresAt = new Date(server.clock.now() + 60_000).toISOString();
    const expiring = await makeKey({ permission: 'read', expires_at: expiresAt });
    await lookUps(expiring.secret, 200);
    server.clock.advance(60_000);
    await lookUps(expiring.secret, 403);
    agent?.destroy();
  });

  test('to another address, kind of name or query on the same connection', async () => {
    await put({ id: 'a&id=b', data: {} });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const look = async (path: string) =>
      (await send(`${server.url}/v1/${path}`, { key: server.keys.read, agent })).status;
    for (let count = 0; count < 2; count++) {
      expect(await look('demo/demo/handoff_state?id=conv-1')).toBe(200);
      expect(await look('demo/else/handoff_state?id=conv-1')).toBe(403);
      expect(await look('else/demo/handoff_state?id=conv-1')).toBe(403);
      expect(await look('demo/demo/handoff_state?shared_id=conv-1')).toBe(404);
      expect(await look('demo/demo/handoff_state?id=a&id=b')).toBe(400);
    }
    agent.destroy();
  });
});

test('look-ups that come at once on one connection are answered in their order', async () => {
  const count = 200;
  const ids = Array.from({ length: count }, (_, place) => `pipelined-${place}`);
  const written = ids.filter((_, place) => place % 7 > 0);
  await Promise.all(written.map((id) => put({ id, data: { of: id } })));
  const lookUps = ids.map((id) =>
    head(`GET /v1/demo/demo/handoff_state?id=${id} HTTP/1.1`, {
      host: 'baton',
      'x-api-key': server.keys.read,
    }),
  );
  const answers = await sendRaw(server.url, lookUps.join(''), { answers: count });
  expect(answers.map(({ json }) => json.data?.of ?? json.error_code)).toEqual(
    ids.map((id) => (written.includes(id) ? id : 'handoff_state_not_found')),
  );
});

test('a store that cannot be read is told as a failure, and the server lives on', async () => {
  // With strict audit nothing is answered while the store cannot take the entry.
  const other = await startServer({ audit: 'fast' });
  const { write, read } = other.keys;
  await send(other.stateUrl, { method: 'PUT', key: write, body: { id: 'a', data: {} } });
  await other.serving.close();
  const hurt = await startServer(other.config);
  const found = async () => (await send(`${hurt.stateUrl}?id=a`, { key: read })).status;
  const { repair } = await breakStore(other.config);
  expect(await found()).toBe(500);
  await repair();
  expect(await found()).toBe(200);
  await hurt.stop();
});

function lookUp(query = 'id=conv-1'): Promise<Received> {
  return send(`${server.stateUrl}?${query}`, { key: server.keys.read });
}

async function put(body: object): Promise<void> {
  await send(server.stateUrl, { method: 'PUT', key: server.keys.write, body });
}

async function makeKey(body: object): Promise<{ key_id: string; secret: string }> {
  const made = await send(`${server.url}/v1/keys`, {
    method: 'POST',
    key: server.keys.admin,
    body,
  });
  return made.json;
}

/** All of an answer but what is its own. */
function shown({ status, headers, text }: Received): object {
  const { date: _date, 'x-request-id': _id, ...rest } = headers;
  return { status, headers: rest, text };
}

async function counted(): Promise<number> {
  const { text } = await send(`${server.url}/metrics`, { key: server.keys.admin });
  const line =
    /baton_requests_total\{method="GET",route="\/v1\/:account_id\/:project_id\/handoff_state",status="200"\} (\d+)/;
  return Number(line.exec(text)?.[1]);
}
