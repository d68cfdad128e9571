// No key makes, changes or sees one that is stronger than itself.

import { afterAll, expect, test } from 'vitest';
import { newKey } from '../../src/key.js';
import { openStore } from '../../src/store/open.js';
import { admin, keyIdOf, madeKey, madeProject } from '../support/admin-calls.js';
import { lookUp } from '../support/handoff-calls.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());
const [a, b] = [await madeProject(server, 'a'), await madeProject(server, 'b')];
const adminOfA = await madeKey(server, { permission: 'admin', projects: ['a'] });
const adminOfBoth = await madeKey(server, { permission: 'admin', projects: ['a', b.projectId] });

test('only an admin key manages keys', async () => {
  for (const key of [server.keys.read, server.keys.write]) {
    const calls = [
      ['GET', 'keys'],
      ['POST', 'keys', { permission: 'read' }],
      ['POST', `keys/${adminOfA.keyId}/rotate`, {}],
      ['DELETE', `keys/${adminOfA.keyId}`],
    ] as const;
    for (const [method, path, body] of calls) {
      const refused = await admin(server, method, path, body, key);
      expect([method, path, refused.status]).toEqual([method, path, 403]);
    }
  }
  expect((await admin(server, 'GET', 'keys', undefined, adminOfA.text)).status).toBe(200);
});

test('an admin key of some projects makes keys of those, whatever their permission', async () => {
  for (const permission of ['read', 'write', 'admin']) {
    const made = await madeKey(server, { permission, projects: ['a'] }, adminOfA.text);
    const { json } = await admin(server, 'GET', 'keys?limit=200');
    const item = json.items.find((one: { key_id: string }) => one.key_id === made.keyId);
    expect([item.permission, item.projects]).toEqual([permission, [a.projectId]]);
  }
});

test.each([
  ['another project', { projects: ['b'] }, 404],
  ['its own and another project', { projects: ['a', 'b'] }, 404],
  ['a project that is not there', { projects: ['nowhere'] }, 404],
  ['the whole account', {}, 403],
])('an admin key of one project makes none for %s', async (_what, reach, status) => {
  const refused = await admin(
    server,
    'POST',
    'keys',
    { permission: 'read', ...reach },
    adminOfA.text,
  );
  expect([refused.status, refused.json]).toEqual([
    status,
    expect.not.objectContaining({ secret: 1 }),
  ]);
});

test('a project beyond the reach is told like one that is not there', async () => {
  const told = await Promise.all(
    ['b', 'nowhere'].map(async (project) => {
      const members = { permission: 'read', projects: [project] };
      return (await admin(server, 'POST', 'keys', members, adminOfA.text)).json.error_message;
    }),
  );
  expect(told[0]).toBe(told[1]);
});

test('a key beyond the reach is not seen or changed, and told like one not there', async () => {
  const beyond = [
    await madeKey(server, { permission: 'read', projects: ['b'] }),
    await madeKey(server, { permission: 'read', projects: ['a', 'b'] }),
    await madeKey(server, { permission: 'read' }),
    { keyId: keyIdOf(server.keys.admin) },
    { keyId: 'doesNotExist' },
  ];
  const messages = new Set<string>();
  for (const { keyId } of beyond) {
    for (const [method, path] of [
      ['POST', `keys/${keyId}/rotate`],
      ['DELETE', `keys/${keyId}`],
    ] as const) {
      const refused = await admin(
        server,
        method,
        path,
        method === 'POST' ? {} : undefined,
        adminOfA.text,
      );
      expect([refused.status, refused.json.error_code]).toEqual([404, 'not_found']);
      messages.add(refused.json.error_message);
    }
  }
  expect(messages.size).toBe(1);

  const { json } = await admin(server, 'GET', 'keys?limit=200', undefined, adminOfA.text);
  const projects = json.items.map((item: { projects: string[] }) => item.projects.join());
  expect(new Set(projects)).toEqual(new Set([a.projectId]));
  const both = await admin(server, 'GET', 'keys?limit=200', undefined, adminOfBoth.text);
  expect(both.json.items.length).toBeGreaterThan(json.items.length);
});

test('no key makes one that outlives it; without an expiry the two end together', async () => {
  const endsAt = server.clock.now() + 3_600_000;
  const expires_at = new Date(endsAt).toISOString();
  const { text } = await madeKey(server, { permission: 'admin', expires_at });

  const longer = { permission: 'read', expires_at: new Date(endsAt + 1).toISOString() };
  const refused = await admin(server, 'POST', 'keys', longer, text);
  expect([refused.status, refused.json.error_code]).toEqual([403, 'forbidden']);
  for (const members of [{ permission: 'read' }, { permission: 'read', expires_at }]) {
    const made = await admin(server, 'POST', 'keys', members, text);
    expect([made.status, made.json.expires_at]).toEqual([201, expires_at]);
  }

  const alike = await madeKey(server, { permission: 'read', expires_at });
  const path = `keys/${alike.keyId}/rotate`;
  const { expires_at: beyond } = longer;
  expect((await admin(server, 'POST', path, { expires_at: beyond }, text)).status).toBe(403);
  const rotated = await admin(server, 'POST', path, {}, text);
  expect([rotated.status, rotated.json.expires_at]).toEqual([201, expires_at]);
});

test('no key ends or rotates one that outlives it', async () => {
  const expires_at = new Date(server.clock.now() + 3_600_000).toISOString();
  const { text } = await madeKey(server, { permission: 'admin', expires_at });
  const forever = await madeKey(server, { permission: 'admin' });
  const asked = [
    admin(server, 'POST', `keys/${forever.keyId}/rotate`, { overlap_seconds: 0 }, text),
    admin(server, 'DELETE', `keys/${forever.keyId}`, undefined, text),
  ];
  for (const { status, json } of await Promise.all(asked)) {
    expect([status, json.error_code]).toEqual([403, 'forbidden']);
  }
  expect((await admin(server, 'GET', 'keys', undefined, forever.text)).status).toBe(200);
});

test('an admin key of another account of this server reaches nothing of the first', async () => {
  const { text, accountId } = await adminOfAnotherAccount();
  const first = server.keys.read;
  const found = await lookUp(server, { id: 'x' }, { key: text });
  const unheard = await lookUp(
    { ...server, stateUrl: server.stateUrl.replace('/demo/demo', '/demo/nowhere') },
    { id: 'x' },
    { key: text },
  );
  expect([found.status, found.json.error_message]).toEqual([403, unheard.json.error_message]);

  const keys = await admin(server, 'GET', 'keys', undefined, text);
  const projects = await admin(server, 'GET', 'projects', undefined, text);
  for (const { json } of [keys, projects]) {
    const accounts = json.items.map((item: { account_id: string }) => item.account_id);
    expect(accounts).toEqual([accountId]);
  }
  const answers = [
    await admin(server, 'DELETE', `keys/${keyIdOf(first)}`, undefined, text),
    await admin(server, 'POST', `keys/${keyIdOf(first)}/rotate`, {}, text),
    await admin(server, 'GET', `projects/${server.projectId}`, undefined, text),
    await admin(server, 'PATCH', `projects/${server.projectId}`, {}, text),
    await admin(server, 'POST', 'keys', { permission: 'read', projects: [server.projectId] }, text),
  ];
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
  expect((await lookUp(server, { id: 'x' })).json.error_code).toBe('handoff_state_not_found');
});

/** Another account is made on the command line only, so here by its store. */
async function adminOfAnotherAccount(): Promise<{ text: string; accountId: string }> {
  const tool = await openStore(server.config, { role: 'tool' });
  const { accountId } = await tool.createProject({ accountSlug: 'acme', projectSlug: 'demo' });
  const { text, key } = newKey({
    name: null,
    accountId,
    projects: null,
    permission: 'admin',
    region: 'us-1',
    now: server.clock.now(),
    expiresAt: null,
  });
  await tool.createKey(key);
  await tool.close();
  return { text, accountId };
}
