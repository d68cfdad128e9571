// Making a link of the screen pop: who may, how long it lives, where it leads, what it costs.

import { afterAll, expect, test } from 'vitest';
import { limits } from '../../src/limits.js';
import { keyIdOf, madeKey } from '../support/admin-calls.js';
import { put } from '../support/handoff-calls.js';
import { linkTo, makeLink, refusalOf } from '../support/pop.js';
import { expectRefusal } from '../support/refusal.js';
import { send } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());
server.clock.stopAt(Date.UTC(2030, 0, 1, 12));
await put(server, { id: 'call-1', shared_id: 'CA1', data: { name: 'Ada' } });

test('a reader makes a link, to this server, for 15 minutes', async () => {
  for (const query of [{ id: 'call-1' }, { shared_id: 'CA1' }, { id: 'not yet' }]) {
    const made = await makeLink(server, query);
    expect(made.status).toBe(201);
    expect(made.headers['cache-control']).toBe('no-store');
    expect(Object.keys(made.json)).toEqual(['url', 'expires_at']);
    expect(made.json.url).toMatch(new RegExp(`^${server.url}/pop/[\\w.~-]{50,80}$`));
    expect(made.json.expires_at).toBe('2030-01-01T12:15:00.000Z');
  }
});

test('links to the same state differ, and nothing of the state or the key is in them', async () => {
  const urls = await Promise.all([1, 2, 3].map(() => linkTo(server, { id: 'call-1' })));
  expect(new Set(urls).size).toBe(3);
  for (const part of ['call-1', keyIdOf(server.keys.read), server.projectId, server.accountId]) {
    for (const form of [part, Buffer.from(part).toString('base64url')]) {
      expect(urls.join(' ')).not.toContain(form);
    }
  }
});

test('how long it opens is chosen, within limits', async () => {
  const { linkSecondsMin: least, linkSecondsMax: most } = limits;
  for (const seconds of [least, most]) {
    const made = await makeLink(server, { id: 'call-1' }, { body: { ttl_seconds: seconds } });
    const expiry = new Date(server.clock.now() + seconds * 1000).toISOString();
    expect(made.json.expires_at).toBe(expiry);
  }
  const wrong = [least - 1, most + 1, 1.5, '600', null];
  for (const ttl_seconds of wrong) {
    const made = await makeLink(server, { id: 'call-1' }, { body: { ttl_seconds } });
    expectRefusal(made, 'invalid_request', /ttl_seconds/);
  }
  const odd = await makeLink(server, { id: 'call-1' }, { body: { one_time: 1 } });
  expectRefusal(odd, 'invalid_request', /one_time/);
  const other = await makeLink(server, { id: 'call-1' }, { body: { ttl: 60 } });
  expect(other.status).toBe(400);
  expect((await makeLink(server, {})).status).toBe(400);
});

test('it never outlives its key', async () => {
  const expires_at = new Date(server.clock.now() + 90_000).toISOString();
  const { text } = await madeKey(server, { permission: 'read', expires_at });
  const made = await makeLink(server, { id: 'call-1' }, { key: text });
  expect(made.json.expires_at).toBe(expires_at);
});

test('without a key, or with one of another project, there is none', async () => {
  const none = await send(`${server.stateUrl}/links?id=call-1`, { method: 'POST' });
  expect(none.status).toBe(401);
  const body = { project_slug: 'other' };
  await send(`${server.url}/v1/projects`, { method: 'POST', key: server.keys.admin, body });
  const { text } = await madeKey(server, { permission: 'read', projects: ['other'] });
  expect((await makeLink(server, { id: 'call-1' }, { key: text })).status).toBe(403);
});

test('it is audited: which key, which record', async () => {
  const made = await makeLink(server, { shared_id: 'CA1' });
  const entries = async (query: string) => {
    const url = server.stateUrl.replace('handoff_state', `audit?limit=200&${query}`);
    const { json } = await send(url, { key: server.keys.admin });
    return json.items.filter(
      (entry: { request_id: string }) => entry.request_id === made.headers['x-request-id'],
    );
  };
  await expect.poll(() => entries('shared_id=CA1')).toHaveLength(1);
  expect(await entries('action=link_create')).toMatchObject([
    { key_id: keyIdOf(server.keys.read), status: 201, cause: null },
  ]);
});

test('links and their openings count against the key', async () => {
  const narrow = await startServer({ rateKey: { perSecond: 1, burst: 3 } });
  narrow.clock.stopElapsing();
  await put(narrow, { id: 'call-1', data: {} });
  const url = await linkTo(narrow, { id: 'call-1' });
  const statuses = [];
  for (let count = 0; count < 3; count++) statuses.push((await send(url)).status);
  statuses.push((await makeLink(narrow, { id: 'call-1' })).status);
  narrow.clock.advance(1_000);
  statuses.push((await makeLink(narrow, { id: 'call-1' })).status, (await send(url)).status);
  await narrow.stop();
  expect(statuses).toEqual([200, 200, 429, 429, 201, 429]);
});

test('it leads to where a trusted proxy says that it was called, and nobody else', async () => {
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'baton.example.com' };
  const proxied = await startServer({ trustProxy: ['127.0.0.1'] });
  const through = async (more: Record<string, string>) => {
    const url = await linkTo(proxied, { id: 'call-1' }, { headers: { ...headers, ...more } });
    return new URL(url).origin;
  };
  expect(await through({})).toBe('https://baton.example.com');
  expect(await through({ 'x-forwarded-proto': 'https, http' })).toBe('https://baton.example.com');
  const odd = { 'x-forwarded-host': 'evil.example/"><script>', 'x-forwarded-proto': 'javascript' };
  expect(await through(odd)).toBe(proxied.url);
  await proxied.stop();

  const direct = await linkTo(server, { id: 'call-1' }, { headers });
  expect(new URL(direct).origin).toBe(server.url);
});

test('a link of another server does not open', async () => {
  const other = await startServer();
  await put(other, { id: 'call-1', data: {} });
  const link = new URL(await linkTo(other, { id: 'call-1' }));
  const answer = await send(`${server.url}${link.pathname}`);
  await other.stop();
  expect(refusalOf(answer)).toEqual(refusalOf(await send(`${server.url}/pop/none`)));
});
