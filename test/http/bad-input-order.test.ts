// The order of checks (design 3.3): of two things that are wrong, the earlier one is told.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/error.js';
import { newKeyText } from '../../src/key.js';
import { guessedKey, makeKey, revokeKey } from '../support/other-keys.js';
import { expectRefusal, listed } from '../support/refusal.js';
import { type Sent, send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let keys: Record<'none' | 'bad' | 'revoked' | 'elsewhere' | 'read' | 'write' | 'admin', string>;
let before: unknown;

beforeAll(async () => {
  server = await startServer();
  const { url, stateUrl } = server;
  const other = { method: 'POST', key: server.keys.admin, body: { project_slug: 'other' } };
  expect((await send(`${url}/v1/projects`, other)).status).toBe(201);
  const elsewhere = await makeKey(server, { permission: 'admin', projects: ['other'] });
  const revoked = await makeKey(server, { permission: 'read' });
  await revokeKey(server, revoked.key_id);
  keys = {
    none: '',
    bad: guessedKey(server.keys.admin),
    revoked: revoked.secret,
    elsewhere: elsewhere.secret,
    ...server.keys,
  };
  for (const body of [
    { id: 'kept', data: {} },
    { id: 'expired', data: {}, ttl_seconds: 1 },
  ]) {
    await send(stateUrl, { method: 'PUT', key: keys.write, body });
  }
  server.clock.advance(1_000);
  before = await listed(server);
});
afterAll(() => server.stop());

/** What is wrong and told, and what is wrong besides. Earlier checks stand further up. */
type Step =
  | 'route'
  | 'method'
  | 'key'
  | 'life'
  | 'permission'
  | 'reach'
  | 'input'
  | 'existence'
  | 'version';
type Row = [
  first: Step,
  then: string,
  path: string,
  sent: KeyedSent,
  code: ErrorCode,
  says: RegExp,
];
type KeyedSent = Omit<Sent, 'key'> & { readonly who: keyof typeof keys };

const state = '/v1/demo/demo/handoff_state';
const put = { method: 'PUT' };
const patch = { method: 'PATCH', body: { data: {} } };
const erase = { method: 'DELETE' };
const stale = { 'if-match': '"77"' };
const long = 'h'.repeat(65_537);
const asText = { 'content-type': 'text/plain' };
const missing = /^No handoff state has this id/;
const expired = /^The handoff state has expired/;

// biome-ignore format: a table
const rows: Row[] = [
  ['route', 'no key', '/hush', { who: 'none' }, 'not_found', /^There is nothing at this path/],
  ['route', 'bad body', '/v1/demo/demo/hush', { ...put, who: 'none', body: '{' }, 'not_found', /^There is nothing/],
  ['route', 'a body that is too large', '/v1/demo/demo/hush', { ...put, who: 'write', body: long }, 'not_found', /^There is nothing/],
  ['route', 'another content type', '/v1/demo/demo/hush', { ...put, who: 'write', headers: { 'content-type': 'hush' }, body: 'a' }, 'not_found', /^There is nothing/],
  ['route', 'a method that needs a content type', '/hush', { method: 'QUERY', who: 'none' }, 'not_found', /^There is nothing/],
  ['method', 'no key', state, { method: 'POST', who: 'none' }, 'method_not_allowed', /^This path does not take/],
  ['method', 'a bad key', state, { method: 'POST', who: 'bad' }, 'method_not_allowed', /^This path does not take/],
  ['method', 'a body that is too large', state, { method: 'POST', who: 'none', body: long }, 'method_not_allowed', /^This path/],
  ['method', 'no project', '/v1/hush/hush/handoff_state', { method: 'POST', who: 'read' }, 'method_not_allowed', /^This path/],

  ['key', 'no project', '/v1/hush/hush/handoff_state?id=a', { who: 'none' }, 'unauthorized', /^No API key/],
  ['key', 'no project', '/v1/hush/hush/handoff_state?id=a', { who: 'bad' }, 'unauthorized', /unknown here/],
  ['key', 'no parameters', state, { who: 'none' }, 'unauthorized', /^No API key/],
  ['key', 'no parameters', state, { who: 'bad' }, 'unauthorized', /unknown here/],
  ['key', 'a wait out of range', `${state}?id=a&wait=21`, { who: 'none' }, 'unauthorized', /^No API key/],
  ['key', 'a bad body', state, { ...put, who: 'bad', body: '{' }, 'unauthorized', /unknown here/],
  ['key', 'another content type', state, { ...put, who: 'none', headers: asText, body: 'a' }, 'unauthorized', /^No API key/],
  ['key', 'a body that is too large', state, { ...put, who: 'none', body: long }, 'unauthorized', /^No API key/],
  ['key', 'nothing there', `${state}?id=absent`, { who: 'bad' }, 'unauthorized', /unknown here/],
  ['key', 'no such key id', '/v1/keys/hush', { ...erase, who: 'none' }, 'unauthorized', /^No API key/],
  ['key', 'no admin', '/metrics', { who: 'none' }, 'unauthorized', /^No API key/],

  ['life', 'its permission', state, { ...put, who: 'revoked', body: '{' }, 'forbidden', /is revoked/],
  ['life', 'its reach', '/v1/hush/hush/handoff_state?id=a', { who: 'revoked' }, 'forbidden', /is revoked/],
  ['life', 'no parameters', state, { who: 'revoked' }, 'forbidden', /is revoked/],

  ['permission', 'a bad body', state, { ...put, who: 'read', body: '{' }, 'forbidden', /permission read/],
  ['permission', 'another content type', state, { ...put, who: 'read', headers: asText, body: 'a' }, 'forbidden', /permission read/],
  ['permission', 'a body that is too large', state, { ...put, who: 'read', body: long }, 'forbidden', /permission read/],
  ['permission', 'nothing there', `${state}?id=absent`, { ...erase, who: 'read' }, 'forbidden', /permission read/],
  ['permission', 'a stale version', `${state}?id=kept`, { ...erase, who: 'read', headers: stale }, 'forbidden', /permission read/],
  ['permission', 'bad parameters', '/v1/keys?limit=0', { who: 'write' }, 'forbidden', /permission write/],

  ['reach', 'no parameters', state, { who: 'elsewhere' }, 'forbidden', /does not reach/],
  ['reach', 'a wait out of range', `${state}?id=kept&wait=21`, { who: 'elsewhere' }, 'forbidden', /does not reach/],
  ['reach', 'a bad body', state, { ...put, who: 'elsewhere', body: '{' }, 'forbidden', /does not reach/],
  ['reach', 'another content type', state, { ...put, who: 'elsewhere', headers: asText, body: 'a' }, 'forbidden', /does not reach/],
  ['reach', 'a body that is too large', state, { ...put, who: 'elsewhere', body: long }, 'forbidden', /does not reach/],
  ['reach', 'nothing there', `${state}?id=absent`, { who: 'elsewhere' }, 'forbidden', /does not reach/],
  ['reach', 'a stale version', `${state}?id=kept`, { ...erase, who: 'elsewhere', headers: stale }, 'forbidden', /does not reach/],

  ['input', 'nothing there', `${state}?id=absent&wait=21`, { who: 'read' }, 'invalid_request', /^wait: /],
  ['input', 'nothing there', `${state}?id=absent`, { ...patch, who: 'write', body: '{' }, 'invalid_request', /^JSON: /],
  ['input', 'nothing there', `${state}?id=absent`, { ...patch, who: 'write', body: { ttl_seconds: 604_801 } }, 'invalid_request', /^ttl_seconds: /],
  ['input', 'nothing there', `${state}?id=absent`, { ...patch, who: 'write', body: { aliases: [...'0123456789'] } }, 'invalid_request', /^aliases: /],
  ['input', 'nothing there', `${state}?id=absent`, { ...patch, who: 'write', headers: asText, body: 'a' }, 'unsupported_media_type', /^Content-Type/],
  ['input', 'nothing there', `${state}?id=absent`, { ...patch, who: 'write', body: long }, 'payload_too_large', /^body: /],
  ['input', 'nothing there', `${state}?id=absent`, { ...erase, who: 'write', headers: { 'if-match': 'hush' } }, 'invalid_request', /^If-Match: /],
  ['input', 'no such project', '/v1/projects/hush', { ...patch, who: 'admin', body: { hush: 1 } }, 'invalid_request', /^body: /],
  ['input', 'no such key', '/v1/keys/hush/rotate', { method: 'POST', who: 'admin', body: { overlap_seconds: -1 } }, 'invalid_request', /^overlap_seconds/],
  ['input', 'a stale version', state, { ...put, who: 'write', headers: stale, body: { id: 'kept', data: [] } }, 'invalid_request', /^data: /],
  ['input', 'a stale version', state, { ...put, who: 'write', headers: stale, body: { id: 'kept', data: {}, ttl_seconds: 604_801 } }, 'invalid_request', /^ttl_seconds: /],
  ['input', 'a stale version', state, { ...put, who: 'write', headers: stale, body: { id: 'kept', data: {}, aliases: [...'123456789'] } }, 'invalid_request', /^aliases: /],
  ['input', 'a stale version', state, { ...put, who: 'write', headers: stale, body: { id: 'kept', data: { a: 'h'.repeat(32_768) } } }, 'payload_too_large', /^data: /],
  ['input', 'a stale version', `${state}?id=kept`, { ...patch, who: 'write', headers: stale, body: { ttl_seconds: 604_801 } }, 'invalid_request', /^ttl_seconds: /],

  ['existence', 'a stale version', `${state}?id=absent`, { who: 'read', headers: { 'if-none-match': '"1"' } }, 'handoff_state_not_found', missing],
  ['existence', 'nothing to answer with', `${state}?id=expired`, { who: 'read', headers: { 'if-none-match': '*' } }, 'handoff_state_expired', expired],
  ['existence', 'nothing else', `${state}?id=absent`, { ...patch, who: 'write' }, 'handoff_state_not_found', missing],
  ['existence', 'nothing else', `${state}?id=expired`, { ...erase, who: 'write' }, 'handoff_state_expired', expired],
  ['version', 'a change of the id', `${state}?id=kept`, { ...patch, who: 'write', headers: stale, body: { id: 'hush' } }, 'precondition_failed', /^If-Match: the handoff state has another version/],
];

describe('told first, and nothing is stored', () => {
  it.each(rows)('%s, before %s: %s', async (_first, _then, path, { who, ...sent }, code, says) => {
    const key = who === 'none' ? {} : { key: keys[who] };
    const answer = await send(server.url + path, { ...sent, ...key });
    expectRefusal(answer, code, says, who === 'none' ? [] : [keys[who]]);
    expect(await listed(server)).toEqual(before);
  });

  it('an absent state is a failed precondition where If-Match is given (design 3.3, Versions)', async () => {
    for (const id of ['absent', 'expired']) {
      for (const call of [patch, erase]) {
        const sent = { ...call, key: keys.write, headers: stale };
        const answer = await send(`${server.stateUrl}?id=${id}`, sent);
        expectRefusal(answer, 'precondition_failed', /^If-Match: there is no handoff state/);
      }
    }
  });

  it('another region, before anything that could tell whether the key exists', async () => {
    const answer = await send(server.url + state, { key: newKeyText('euw-1').text });
    expectRefusal(answer, 'forbidden', /belongs to region euw-1/);
  });
});
