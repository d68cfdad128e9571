// How the look-up behaves in the field: what clients send that the published contract leaves open.

import { afterAll, expect, test } from 'vitest';
import { admin, keyIdOf, madeKey } from '../support/admin-calls.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { send } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());
const key = server.keys.read;

test.each([
  ['a UUID', '0bba04d7-38b3-4fd3-a1a8-329c34517fc1'],
  ['a conversation name', 'CONV-1763800000000-8f2k'],
  ['a Twilio call', 'CA0123456789abcdef0123456789abcdef'],
  ['a name with an underscore', 'conv_5901k2'],
  ['19 digits, more than a number holds', '9007199254740993123'],
  ['leading zeros', '00042'],
  ['a name that looks like a number', '1e3'],
  ['signs that mean something in a URL', 'a&b=c#d?e/f+g%20h;i'],
  ['one character', 'x'],
  ['255 characters outside the first plane', '😀'.repeat(255)],
])('%s is a name as good as any, as id and as shared id', async (_what, name) => {
  const written = await put(server, { id: name, shared_id: name, data: { name } });
  expect(written.status, written.text).toBe(201);
  for (const query of [{ id: name }, { shared_id: name }]) {
    const found = await lookUp(server, query);
    expect([found.status, found.json.id, found.json.shared_id]).toEqual([200, name, name]);
  }
});

test('names are told apart by case, by zeros and by composition of letters', async () => {
  const names = ['Call-é', 'call-é', 'call-é'.normalize('NFD'), '7', '07', '7.0'];
  for (const name of names) await put(server, { id: name, data: { name } });
  for (const name of names) {
    expect((await lookUp(server, { id: name })).json).toEqual({ id: name, data: { name } });
  }
  expect((await lookUp(server, { id: 'CALL-é' })).status).toBe(404);
});

test('shared_id wins over id, also where it finds nothing', async () => {
  await put(server, { id: 'winner', shared_id: 'wins', data: {} });
  await put(server, { id: 'other', data: {} });
  expect((await lookUp(server, { id: 'other', shared_id: 'wins' })).json.id).toBe('winner');

  const nothing = await lookUp(server, { id: 'other', shared_id: 'finds-nothing' });
  expect([nothing.status, nothing.json.error_code]).toEqual([404, 'handoff_state_not_found']);
});

test('id finds ids only, never shared ids or aliases', async () => {
  await put(server, { id: 'strict', shared_id: 'strict-shared', aliases: ['strict-a'], data: {} });
  for (const id of ['strict-shared', 'strict-a']) {
    expect((await lookUp(server, { id })).status).toBe(404);
  }
  expect((await lookUp(server, { shared_id: 'strict' })).status).toBe(404);
});

test('an empty parameter counts as not given, a repeated one is refused', async () => {
  await put(server, { id: 'given', shared_id: 'given-shared', data: {} });
  expect((await lookUp(server, { id: 'given', shared_id: '' })).status).toBe(200);
  expect((await lookUp(server, { id: '', shared_id: 'given-shared' })).status).toBe(200);

  const refused = ['', 'id=', 'id', 'shared_id=', 'id=&shared_id=', 'id=given&id=given'];
  for (const query of [
    ...refused,
    'shared_id=given-shared&shared_id=other',
    'conversation=given',
  ]) {
    const answer = await send(`${server.stateUrl}?${query}`, { key });
    expect([query, answer.status, answer.json.error_code]).toEqual([query, 400, 'invalid_request']);
  }
});

test('account and project go by id or by slug, with /v1, /v3 or no version', async () => {
  await put(server, { id: 'addressed', data: { at: 1 } });
  const bodies = new Set<string>();
  for (const version of ['/v1', '/v3', '']) {
    for (const account of [server.accountId, 'demo']) {
      for (const project of [server.projectId, 'demo']) {
        const path = `${version}/${account}/${project}/handoff_state?id=addressed`;
        const answer = await send(`${server.url}${path}`, { key });
        expect([path, answer.status]).toEqual([path, 200]);
        bodies.add(`${String(answer.headers.etag)} ${answer.text}`);
      }
    }
  }
  expect([...bodies]).toEqual(['"1" {"id":"addressed","data":{"at":1}}']);
});

test('a content type on a look-up without a body does no harm', async () => {
  await put(server, { id: 'typed', data: {} });
  const headers = { 'content-type': 'application/json' };
  expect((await lookUp(server, { id: 'typed' }, { headers })).status).toBe(200);
});

test('HEAD answers as GET does, without the body', async () => {
  const { text } = await put(server, { id: 'headed', data: { a: 1 } });
  const got = await lookUp(server, { id: 'headed' });
  const headed = await lookUp(server, { id: 'headed' }, { method: 'HEAD' });
  expect([headed.status, headed.text]).toEqual([200, '']);
  for (const name of ['etag', 'last-modified', 'sunset', 'cache-control', 'content-type']) {
    expect([name, headed.headers[name]]).toEqual([name, got.headers[name]]);
  }
  expect(headed.headers['content-length']).toBe(String(Buffer.byteLength(text)));
  expect((await lookUp(server, { id: 'never' }, { method: 'HEAD' })).status).toBe(404);
});

test('shared_id is left out where there is none, never null', async () => {
  const none = await put(server, { id: 'no-shared', data: {} });
  expect(none.text).toBe('{"id":"no-shared","data":{}}');
  expect((await lookUp(server, { id: 'no-shared' })).text).toBe(none.text);
});

test('a missing state has a stable code and is nothing that the log calls an error', async () => {
  const logged = server.log.length;
  const answer = await lookUp(server, { id: 'call-without-handoff' });
  expect([answer.status, answer.json.error_code]).toEqual([404, 'handoff_state_not_found']);
  const levels = server.log.slice(logged).map((line) => JSON.parse(line).level as number);
  expect(Math.max(0, ...levels)).toBeLessThan(30);
});

test('the key is checked before the parameters: how clients probe their credentials', async () => {
  const { text: revoked } = await madeKey(server, { permission: 'read' });
  await admin(server, 'DELETE', `keys/${keyIdOf(revoked)}`);
  for (const query of ['', '?id=x&id=y', '?id=nobody', '?wait=99']) {
    const unknown = await send(server.stateUrl + query);
    expect([query, unknown.status, unknown.json.error_code]).toEqual([query, 401, 'unauthorized']);
    const forbidden = await send(server.stateUrl + query, { key: revoked });
    expect([query, forbidden.status, forbidden.json.error_code]).toEqual([query, 403, 'forbidden']);
  }
  expect((await send(`${server.stateUrl}?id=nobody`, { key })).status).toBe(404);
});

test('a reader that comes before the writer is answered by the write', async () => {
  const reading = lookUp(server, { shared_id: 'soon', wait: '10' });
  await put(server, { id: 'written-late', shared_id: 'soon', data: { early: false } });
  expect((await reading).json).toEqual({
    id: 'written-late',
    shared_id: 'soon',
    data: { early: false },
  });
});
