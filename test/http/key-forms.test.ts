// How a request carries its key, and what a key that does not fit is told.

import { afterAll, expect, test } from 'vitest';
import { newKeyText } from '../../src/key.js';
import { admin, madeKey, madeProject } from '../support/admin-calls.js';
import { breakStore } from '../support/break-store.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { guessedKey } from '../support/other-keys.js';
import { send } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());
await put(server, { id: 'call-1', data: {} });
const url = `${server.stateUrl}?id=call-1`;
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

test.each([
  ['x-api-key', { 'x-api-key': server.keys.read }],
  ['Bearer', { authorization: `Bearer ${server.keys.read}` }],
  ['bearer in another case', { authorization: `bEARER ${server.keys.read}` }],
  ['the password of Basic', { authorization: basic(`anybody:${server.keys.read}`) }],
  ['the password of Basic without a user', { authorization: basic(`:${server.keys.read}`) }],
])('a key is taken from %s', async (_form, headers: Record<string, string>) => {
  expect((await send(url, { headers })).status).toBe(200);
});

test('a key is taken from the credentials of a URL, for clients without headers', async () => {
  const withKey = url.replace('http://', `http://baton:${server.keys.read}@`);
  expect((await send(withKey)).status).toBe(200);
});

test('x-api-key wins over Authorization', async () => {
  const bad = `Bearer ${server.keys.read.slice(0, -1)}`;
  const good = `Bearer ${server.keys.read}`;
  const winning = await send(url, { key: server.keys.read, headers: { authorization: bad } });
  expect(winning.status).toBe(200);
  const losing = await send(url, { key: 'not-a-key', headers: { authorization: good } });
  expect(losing.status).toBe(401);
});

test('a key in the query string is no key: it would end in logs', async () => {
  for (const name of ['api_key', 'x-api-key', 'key', 'access_token']) {
    expect((await send(`${url}&${name}=${server.keys.read}`)).status).toBe(401);
  }
});

test.each([
  ['no key', undefined],
  ['an empty key', ''],
  ['something else', 'hello'],
  ['a key with a wrong checksum', `${server.keys.read.slice(0, -1)}!`],
  ['a key with two characters swapped', swapped(server.keys.read)],
  ['a well-formed key that nobody made', newKeyText('us-1').text],
  ['a key that was guessed from its key id', guessedKey(server.keys.read)],
])('%s is 401 with a challenge', async (_what, key) => {
  const answer = await send(url, { headers: key === undefined ? {} : { 'x-api-key': key } });
  expect([answer.status, answer.json.error_code]).toEqual([401, 'unauthorized']);
  expect(answer.headers['www-authenticate']).toMatch(/Bearer .*Basic /);
});

test('a malformed key is refused without a look into the store', async () => {
  // With strict audit nothing is answered while the store cannot take the entry.
  const first = await startServer({ audit: 'fast' });
  await first.serving.close();
  const second = await startServer(first.config, { firstRun: false });
  const { repair } = await breakStore(first.config, ['api_key']);
  const malformed = await lookUp(
    { ...second, keys: first.keys },
    {},
    { key: swapped(first.keys.read) },
  );
  const wellFormed = await lookUp({ ...second, keys: first.keys }, {});
  await repair();
  await second.stop();
  expect([malformed.status, wellFormed.status]).toEqual([401, 500]);
});

test('revoked and expired are 403, told only to who has the right secret', async () => {
  const revoked = await madeKey(server, { permission: 'read' });
  await admin(server, 'DELETE', `keys/${revoked.keyId}`);
  const refused = await lookUp(server, { id: 'call-1' }, { key: revoked.text });
  expect([refused.status, refused.json.error_message]).toEqual([
    403,
    'This API key is revoked; use another key.',
  ]);
  const guessed = await lookUp(server, { id: 'call-1' }, { key: guessedKey(revoked.text) });
  expect([guessed.status, guessed.json.error_code]).toEqual([401, 'unauthorized']);

  const expiresAt = new Date(server.clock.now() + 60_000).toISOString();
  const expired = await madeKey(server, { permission: 'read', expires_at: expiresAt });
  expect((await lookUp(server, { id: 'call-1' }, { key: expired.text })).status).toBe(200);
  server.clock.advance(60_001);
  const late = await lookUp(server, { id: 'call-1' }, { key: expired.text });
  expect([late.status, late.json.error_message]).toEqual([
    403,
    'This API key has expired; use another key.',
  ]);
});

test('a key of another region is 403 and names its region', async () => {
  const other = await startServer({ region: 'uk-1' });
  const answer = await lookUp(server, { id: 'call-1' }, { key: other.keys.read });
  await other.stop();
  expect([answer.status, answer.json.error_code]).toEqual([403, 'forbidden']);
  expect(answer.json.error_message).toContain('uk-1');
});

test('a deployment serves its one region and keeps its data there', async () => {
  const first = await startServer({ region: 'euw-1' });
  expect(first.keys.read).toMatch(/^baton_euw-1_/);
  await first.serving.close();
  const moved = startServer({ ...first.config, region: 'us-1' });
  await expect(moved).rejects.toThrow(/belongs to region euw-1.*--region euw-1/);
  const again = await startServer(first.config);
  await again.stop();
});

test('another project, another account and nothing there are told alike', async () => {
  const { stateUrl } = await madeProject(server, 'other');
  const body = { id: 'call-1', data: {} };
  await put({ ...server, stateUrl, keys: { ...server.keys, write: server.keys.admin } }, body);

  const messages = new Set<string>();
  const addresses = [
    stateUrl,
    stateUrl.replace('other', 'none'),
    `${server.url}/v1/x/y/handoff_state`,
  ];
  for (const address of addresses) {
    const answer = await send(`${address}?id=call-1`, { key: server.keys.read });
    expect(answer.status).toBe(403);
    messages.add(answer.json.error_message);
  }
  expect(messages.size).toBe(1);
});

test('each permission includes those below it and nothing above', async () => {
  const { read, write, admin: manage } = server.keys;
  const list = `${server.stateUrl}s`;

  const found = await Promise.all([
    ...[read, write, manage].map((key) => statusOf(url, 'GET', key)),
    ...[read, write, manage].map((key) => statusOf(server.stateUrl, 'PUT', key)),
    ...[read, write, manage].map((key) => statusOf(url, 'PATCH', key)),
    ...[read, write, manage].map((key) => statusOf(list, 'GET', key)),
    ...[read, write, manage].map((key) => statusOf(`${server.url}/v1/keys`, 'GET', key)),
    ...[read, write, manage].map((key) => statusOf(`${server.url}/v1/projects`, 'GET', key)),
  ]);
  expect(found).toEqual(
    [
      [200, 200, 200],
      [403, 400, 400],
      [403, 400, 400],
      [403, 403, 200],
      [403, 403, 200],
      [403, 403, 200],
    ].flat(),
  );
});

/** A body that is refused shows that the key was not. */
async function statusOf(address: string, method: string, key: string): Promise<number> {
  const body = method === 'GET' ? undefined : '{';
  return (await send(address, { method, key, body })).status;
}

function swapped(key: string): string {
  const at = [...key].findIndex((sign, place) => place > 30 && sign !== key[place + 1]);
  return key.slice(0, at) + key[at + 1]! + key[at]! + key.slice(at + 2);
}
