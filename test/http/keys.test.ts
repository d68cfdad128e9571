// API keys over HTTP: made, listed, used, revoked; several live beside each other.

import { afterAll, expect, test } from 'vitest';
import { newKey } from '../../src/key.js';
import { openStore } from '../../src/store/open.js';
import { admin, keyIdOf, madeKey, madeProject } from '../support/admin-calls.js';
import { lookUp } from '../support/handoff-calls.js';
import type { Received } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());
const statusWith = async (key: string) => (await lookUp(server, { id: 'nobody' }, { key })).status;

interface KeyItem {
  readonly key_id: string;
  readonly projects: string[] | null;
  readonly last_used_at: string | null;
}

async function listedKey(keyId: string): Promise<KeyItem> {
  const { json } = await admin(server, 'GET', 'keys?limit=200');
  return json.items.find((item: KeyItem) => item.key_id === keyId);
}

test('a key is made with its secret, which no list tells again', async () => {
  const expires_at = new Date(server.clock.now() + 86_400_000).toISOString();
  const members = { name: 'Genesys flow', projects: ['demo'], permission: 'read', expires_at };
  const made = await admin(server, 'POST', 'keys', members);
  expect(made.status).toBe(201);
  expect(made.json).toEqual({
    key_id: keyIdOf(made.json.secret),
    name: 'Genesys flow',
    account_id: server.accountId,
    projects: [server.projectId],
    permission: 'read',
    view: 'full',
    region: 'us-1',
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    expires_at,
    revoked_at: null,
    last_used_at: null,
    secret: expect.stringMatching(/^baton_us-1_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/),
  });
  const { secret, ...rest } = made.json;
  expect(await listedKey(rest.key_id)).toEqual(rest);
  const { text } = await admin(server, 'GET', 'keys');
  expect(text).not.toContain(secret.slice(-20));
  expect(text).not.toMatch(/secret|baton_/);
  expect(await statusWith(secret)).toBe(404);
});

test('without projects a key reaches all of the account, those made later too', async () => {
  const { text, keyId } = await madeKey(server, { permission: 'read' });
  expect((await listedKey(keyId)).projects).toBeNull();
  const { stateUrl } = await madeProject(server, 'later');
  expect((await lookUp({ ...server, stateUrl }, { id: 'x' }, { key: text })).status).toBe(404);

  const bound = await madeKey(server, { permission: 'read', projects: ['demo'] });
  expect((await lookUp({ ...server, stateUrl }, { id: 'x' }, { key: bound.text })).status).toBe(
    403,
  );
});

test('several keys live side by side; one that is revoked ends at once, for good', async () => {
  const keys = await Promise.all([1, 2, 3].map(() => madeKey(server, { permission: 'read' })));
  expect(await Promise.all(keys.map(({ text }) => statusWith(text)))).toEqual([404, 404, 404]);

  const revoked = await admin(server, 'DELETE', `keys/${keys[1]!.keyId}`);
  expect([revoked.status, revoked.json.key_id]).toEqual([200, keys[1]!.keyId]);
  expect(Date.parse(revoked.json.revoked_at)).toBeLessThanOrEqual(server.clock.now());
  expect(revoked.json).not.toHaveProperty('secret');
  expect(await Promise.all(keys.map(({ text }) => statusWith(text)))).toEqual([404, 403, 404]);

  server.clock.advance(5_000);
  const again = await admin(server, 'DELETE', `keys/${keys[1]!.keyId}`);
  expect([again.status, again.json.revoked_at]).toEqual([200, revoked.json.revoked_at]);
});

test('a key that another process makes or revokes counts here within a second', async () => {
  const { text, keyId } = await madeKey(server, { permission: 'read' });
  expect(await statusWith(text)).toBe(404);
  const tool = await openStore(server.config, { role: 'tool' });
  try {
    const begin = performance.now();
    await tool.revokeKey(keyId, Date.now());
    await expect.poll(() => statusWith(text), { interval: 20, timeout: 5_000 }).toBe(403);
    expect(performance.now() - begin).toBeLessThan(1_000);

    const { text: made, key } = newKey({
      name: null,
      accountId: server.accountId,
      projects: null,
      permission: 'read',
      region: 'us-1',
      now: Date.now(),
      expiresAt: null,
    });
    expect(await statusWith(made)).toBe(401);
    await tool.createKey(key);
    await expect.poll(() => statusWith(made), { interval: 20, timeout: 1_000 }).toBe(404);
  } finally {
    await tool.close();
  }
});

test('when a key was last used is told, within some seconds', async () => {
  const { text, keyId } = await madeKey(server, { permission: 'read' });
  const unused = await madeKey(server, { permission: 'read' });
  expect((await listedKey(keyId)).last_used_at).toBeNull();
  const before = server.clock.now();
  await statusWith(text);
  const lastUse = async () => (await listedKey(keyId)).last_used_at;
  await expect.poll(lastUse, { interval: 100, timeout: 15_000 }).not.toBeNull();
  const at = Date.parse(String(await lastUse()));
  expect(at).toBeGreaterThanOrEqual(before);
  expect(at).toBeLessThanOrEqual(server.clock.now());
  expect((await listedKey(unused.keyId)).last_used_at).toBeNull();
});

test('a use right before the server stops is not lost', async () => {
  const first = await startServer();
  const { text, keyId } = await madeKey(first, { permission: 'read' });
  await lookUp(first, { id: 'nobody' }, { key: text });
  await first.serving.close();
  const store = await openStore(first.config, { role: 'tool' });
  expect((await store.findKey(keyId))!.lastUsedAt).not.toBeNull();
  await store.close();
  await (await startServer(first.config)).stop();
});

test('keys are listed newest first, in pages', async () => {
  const own = await startServer();
  const made: string[] = [];
  for (let n = 0; n < 4; n++) {
    own.clock.advance(1);
    made.unshift((await madeKey(own, { permission: 'read', name: `key ${n}` })).keyId);
  }
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Received = await admin(own, 'GET', `keys?limit=3&cursor=${cursor}`);
    seen.push(...page.json.items.map((item: { key_id: string }) => item.key_id));
    cursor = page.json.next_cursor;
  }
  await own.stop();
  expect(seen.slice(0, 4)).toEqual(made);
  expect(new Set(seen).size).toBe(7);
});

test.each([
  ['an unknown permission', { permission: 'root' }],
  ['no permission', { name: 'x' }],
  ['no projects in the list', { permission: 'read', projects: [] }],
  ['an expiry in the past', { permission: 'read', expires_at: '2020-01-01T00:00:00Z' }],
  ['an expiry that is no time', { permission: 'read', expires_at: 'soon' }],
  ['a name of 101 characters', { permission: 'read', name: 'x'.repeat(101) }],
  ['an unknown member', { permission: 'read', view: 'all' }],
])('a key with %s is refused and not made', async (_what, members) => {
  const count = async () => (await admin(server, 'GET', 'keys?limit=200')).json.items.length;
  const before = await count();
  const refused = await admin(server, 'POST', 'keys', members);
  expect([refused.status, refused.json.error_code]).toEqual([400, 'invalid_request']);
  expect(await count()).toBe(before);
});
