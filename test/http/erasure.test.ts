// Erasures over HTTP: by any name that a state had, of projects, and the receipts that prove them.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { readReceipt } from '../../src/receipt.js';
import { admin, keyIdOf, madeKey, madeProject } from '../support/admin-calls.js';
import { erase, lookUp, patch, put } from '../support/handoff-calls.js';
import { expectRefusal } from '../support/refusal.js';
import { type Received, send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

test('the public keys are there for everybody, may be kept, and check every receipt', async () => {
  const answer = await send(`${server.url}/.well-known/jwks.json`);
  expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'public, max-age=3600']);
  expect(answer.json.keys).toEqual([
    {
      kty: 'OKP',
      crv: 'Ed25519',
      x: expect.stringMatching(/^[\w-]{43}$/),
      kid: expect.stringMatching(/^[\w-]{43}$/),
      use: 'sig',
      alg: 'EdDSA',
    },
  ]);

  await put(server, { id: 'proved', data: {} });
  const { json } = await erase(server, { id: 'proved' });
  expect(readReceipt(json.receipt, answer.json.keys)).toMatchObject({
    iss: 'us-1',
    what: 'handoff_state',
    account_id: server.accountId,
    project_id: server.projectId,
    erased_at: json.erased_at,
    key_id: keyIdOf(server.keys.write),
  });
  expect(Buffer.from(json.receipt.split('.')[1], 'base64url').toString()).not.toContain('proved');
});

const list = (query: string) => admin(server, 'GET', `demo/demo/receipts?${query}`);

test('receipts are listed, and found by the old id and by the hash', async () => {
  const receipts = new Map<string, string>();
  for (const id of ['kept-1', 'kept-2', 'kept-3']) {
    await put(server, { id, data: {} });
    receipts.set(id, (await erase(server, { id })).json.receipt);
    server.clock.advance(1);
  }
  const first = await list('limit=2');
  expect(first.json.items.map((item: Received['json']) => item.receipt)).toEqual([
    receipts.get('kept-3'),
    receipts.get('kept-2'),
  ]);
  const next = await list(`limit=1&cursor=${first.json.next_cursor}`);
  expect(next.json.items).toMatchObject([{ receipt: receipts.get('kept-1') }]);

  const byId = await list('id=kept-2');
  expect(byId.json).toEqual({
    items: [
      {
        record: expect.stringMatching(/^hash:/),
        erased_at: expect.any(String),
        receipt: receipts.get('kept-2'),
      },
    ],
    next_cursor: null,
  });
  const byHash = await list(`id=${byId.json.items[0].record}`);
  expect(byHash.json).toEqual(byId.json);
});

test('an alias erases all that have or had it, and then there is nothing', async () => {
  await put(server, { id: 'first', shared_id: 'crm-9', data: {} });
  await put(server, { id: 'second', aliases: ['crm-9'], data: {} });
  await put(server, { id: 'third', shared_id: 'crm-9', data: {} });
  await patch(server, { id: 'third' }, { shared_id: 'other' });
  await put(server, { id: 'bystander', shared_id: 'crm-10', data: {} });

  const erased = await admin(server, 'DELETE', 'demo/demo/handoff_states?alias=crm-9');
  expect(erased.status, erased.text).toBe(200);
  const ids = erased.json.erased.map((item: Received['json']) => item.id);
  expect(ids.toSorted()).toEqual(['first', 'second', 'third']);
  for (const id of ids) {
    expect((await lookUp(server, { id })).json.error_code).toBe('handoff_state_erased');
    const kept = await admin(server, 'GET', `demo/demo/receipts?id=${id}`);
    expect(kept.json.items).toHaveLength(1);
  }
  expect((await lookUp(server, { id: 'bystander' })).status).toBe(200);
  const again = await admin(server, 'DELETE', 'demo/demo/handoff_states?alias=crm-9');
  expectRefusal(again, 'handoff_state_not_found', /^No handoff state/);
});

test('an erasure without an alias, or with more than it, erases nothing', async () => {
  await put(server, { id: 'stays', shared_id: 'crm-11', data: {} });
  for (const query of ['', '?alias=', '?alias=crm-11&id=stays', '?shared_id=crm-11']) {
    const refused = await admin(server, 'DELETE', `demo/demo/handoff_states${query}`);
    expect([query, refused.status, refused.json.error_code]).toEqual([
      query,
      400,
      'invalid_request',
    ]);
  }
  expect((await lookUp(server, { id: 'stays' })).status).toBe(200);
});

test('an erased project is refused at once, as one that never was, and its receipt is found', async () => {
  const { projectId, stateUrl } = await madeProject(server, 'doomed');
  const own = await madeKey(server, { permission: 'write', projects: ['doomed'] });
  const both = await madeKey(server, { permission: 'read', projects: ['doomed', 'demo'] });
  const { admin: whole } = server.keys;
  const target = { stateUrl, keys: { ...server.keys, write: whole } };
  await put(target, { id: 'inside', shared_id: 's', data: { said: 'much' } });
  const keys = [own.text, both.text, whole];
  for (const key of keys)
    expect((await lookUp(target, { id: 'inside' }, { key })).status).toBe(200);

  const erased = await admin(server, 'DELETE', 'projects/doomed');
  expect(erased.json).toEqual({
    project_id: projectId,
    erased_at: expect.any(String),
    receipt: expect.any(String),
  });
  const says = [/^This API key is revoked/, /^This API key does not reach/, /does not reach/];
  for (const [place, key] of keys.entries()) {
    expectRefusal(await lookUp(target, { id: 'inside' }, { key }), 'forbidden', says[place]!);
  }
  expectRefusal(await put(target, { id: 'x', data: {} }), 'forbidden', /does not reach/);
  const again = await admin(server, 'DELETE', `projects/${projectId}`);
  expectRefusal(again, 'not_found', /^No project of this key/);
  const made = await admin(server, 'GET', 'keys?limit=200');
  const shown = made.json.items.find((key: Received['json']) => key.key_id === both.keyId);
  expect(shown.projects).toEqual([server.projectId]);

  const receipts = await admin(server, 'GET', 'receipts');
  expect(receipts.json).toEqual({ items: [erased.json], next_cursor: null });
  const { json } = await send(`${server.url}/.well-known/jwks.json`);
  expect(readReceipt(erased.json.receipt, json.keys)).toMatchObject({
    what: 'project',
    project_id: projectId,
    record: null,
    key_id: keyIdOf(server.keys.admin),
  });
});

test('what a key reaches only a part of it cannot erase or list whole', async () => {
  const { text } = await madeKey(server, { permission: 'admin', projects: ['demo'] });
  const says = /^This API key reaches only some projects; use an admin key of the whole account/;
  for (const [method, path] of [
    ['DELETE', 'projects/demo'],
    ['DELETE', 'projects/unknown'],
    ['GET', 'receipts'],
  ] as const) {
    expectRefusal(await admin(server, method, path, undefined, text), 'forbidden', says);
  }
  expect((await admin(server, 'GET', 'demo/demo/receipts', undefined, text)).status).toBe(200);
  expect((await admin(server, 'GET', 'projects/demo')).status).toBe(200);
});

test('a reader that waits in a project that is erased gets nothing', async () => {
  const { stateUrl } = await madeProject(server, 'waited');
  const target = { stateUrl, keys: { ...server.keys, read: server.keys.admin } };
  const waiting = lookUp(target, { id: 'late', wait: '2' });
  await admin(server, 'DELETE', 'projects/waited');
  expect([403, 404]).toContain((await waiting).status);
});
