// Keys with a view: who may have one, how it is kept, and what no such key can do.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admin, keyIdOf, madeKey } from '../support/admin-calls.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { expectRefusal } from '../support/refusal.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await admin(server, 'PATCH', 'projects/demo', { sensitive_fields: ['/secret'] });
  await put(server, { id: 'conv-1', data: { secret: 'x', step: 1 } });
});
afterAll(() => server.stop());

const views = ['full', 'masked', { allow: ['/a', '/b~1c/*'] }];
const withheld = views.slice(1);

test.each(views)('a read key is made with the view %j, and listed with it', async (view) => {
  const made = await admin(server, 'POST', 'keys', { permission: 'read', view });
  expect(made.json.view).toEqual(view);
  const { json } = await admin(server, 'GET', 'keys');
  expect(
    json.items.find((key: { key_id: string }) => key.key_id === made.json.key_id).view,
  ).toEqual(view);
});

test('a key has the view full where none is named, as the first ones have', async () => {
  const made = await admin(server, 'POST', 'keys', { permission: 'read' });
  expect(made.json.view).toBe('full');
  const { json } = await admin(server, 'GET', 'keys');
  const first = json.items.filter(({ name }: { name?: string }) => name?.startsWith('first'));
  expect(first.map(({ view }: { view: string }) => view)).toEqual(['full', 'full', 'full']);
});

describe.each(['write', 'admin'])('a key with the permission %s', (permission) => {
  test.each(withheld)('is not made with the view %j', async (view) => {
    const refused = await admin(server, 'POST', 'keys', { permission, view });
    const sentence = `^view: found a view that is not full with the permission ${permission}; give`;
    expectRefusal(refused, 'invalid_request', new RegExp(sentence));
  });
});

test.each<[string, unknown, RegExp]>([
  ['another word', 'half', /^view: found text of 4 .*; give full, masked or \{"allow": \[…\]\}\.$/],
  ['null', null, /^view: found null; give text or a JSON object\.$/],
  ['a list', ['/a'], /^view: found a list of 1; give text or a JSON object\.$/],
  ['no list', {}, /^allow: found nothing; this member is needed\.$/],
  ['more than a list', { allow: ['/a'], deny: ['/b'] }, /^body: found an unknown member of 4/],
  ['an empty list', { allow: [] }, /^view\.allow: found a list of 0; give at least 1 items\.$/],
  ['no pointers', { allow: ['/a', 7] }, /^view\.allow\.1: found a number; give text\.$/],
  ['a bad pointer', { allow: ['a'] }, /^view\.allow\.0: found text of 1 .*; give a JSON Pointer/],
  ['all of data', { allow: [''] }, /^view\.allow\.0: found text of 0 characters; give at least 1/],
])('a view that is %s is refused', async (_what, view, sentence) => {
  const refused = await admin(server, 'POST', 'keys', { permission: 'read', view });
  expectRefusal(refused, 'invalid_request', sentence);
});

test.each<[string, object, RegExp]>([
  ['a bad pointer', { sensitive_fields: ['/~2'] }, /^sensitive_fields\.0: .*; give a JSON Pointer/],
  ['a text', { sensitive_fields: '/a' }, /^sensitive_fields: found text of 2 .*; give a list/],
  ['a word', { sensitive_last_four: 'yes' }, /^sensitive_last_four: .*; give true or false/],
])('sensitive fields that are %s are refused', async (_what, settings, sentence) => {
  for (const [method, path] of [
    ['POST', 'projects'],
    ['PATCH', 'projects/demo'],
  ] as const) {
    const slug = method === 'POST' ? { project_slug: 'refused' } : {};
    const refused = await admin(server, method, path, { ...slug, ...settings });
    expectRefusal(refused, 'invalid_request', sentence);
  }
});

test('a project is made with sensitive fields, each once, and keeps what a change leaves out', async () => {
  const sensitive = { sensitive_fields: ['/a', '/b/*', '/a'], sensitive_last_four: true };
  const body = { project_slug: 'private', ...sensitive };
  const made = await admin(server, 'POST', 'projects', body);
  const expected = { sensitive_fields: ['/a', '/b/*'], sensitive_last_four: true };
  expect(made.json).toMatchObject(expected);
  await admin(server, 'PATCH', 'projects/private', { retention_seconds: 60 });
  expect((await admin(server, 'GET', 'projects/private')).json).toMatchObject(expected);
  await admin(server, 'PATCH', 'projects/private', { sensitive_fields: [] });
  const { json } = await admin(server, 'GET', 'projects/private');
  expect(json).toMatchObject({ ...expected, sensitive_fields: [] });
});

describe.each(withheld)('a key with the view %j', (view) => {
  test('keeps it when it is rotated, again and again, and no rotation widens it', async () => {
    let { keyId } = await madeKey(server, { permission: 'read', view });
    for (let time = 0; time < 2; time++) {
      const wider = await admin(server, 'POST', `keys/${keyId}/rotate`, { view: 'full' });
      expectRefusal(wider, 'invalid_request', /^body: found an unknown member of 4 characters/);
      const rotated = await admin(server, 'POST', `keys/${keyId}/rotate`);
      expect([rotated.status, rotated.json.view]).toEqual([201, view]);
      const { json } = await lookUp(server, { id: 'conv-1' }, { key: rotated.json.secret });
      expect(json.data.secret).not.toBe('x');
      keyId = rotated.json.key_id;
    }
  });

  test('makes, changes, rotates and lists no keys or projects, and writes nothing', async () => {
    const { text: key, keyId } = await madeKey(server, { permission: 'read', view });
    const full = { permission: 'read', view: 'full' };
    const calls = [
      await admin(server, 'POST', 'keys', full, key),
      await admin(server, 'POST', `keys/${keyId}/rotate`, undefined, key),
      await admin(server, 'POST', `keys/${keyIdOf(server.keys.read)}/rotate`, undefined, key),
      await admin(server, 'DELETE', `keys/${keyIdOf(server.keys.read)}`, undefined, key),
      await admin(server, 'GET', 'keys', undefined, key),
      await admin(server, 'GET', 'projects', undefined, key),
      await admin(server, 'GET', 'projects/demo', undefined, key),
      await admin(server, 'PATCH', 'projects/demo', { sensitive_fields: [] }, key),
    ];
    for (const call of calls) expectRefusal(call, 'forbidden', /this call needs admin/);
    expectRefusal(
      await put(server, { id: 'conv-1', data: {} }, { key }),
      'forbidden',
      /this call needs write/,
    );
  });
});
