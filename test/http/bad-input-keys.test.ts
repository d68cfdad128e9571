// A key that does not let in: each way gets its own answer, and nothing is read or written.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/error.js';
import { newKeyText } from '../../src/key.js';
import { guessedKey, makeKey, revokeKey } from '../support/other-keys.js';
import { expectRefusal, hush, listed } from '../support/refusal.js';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
const made: Record<string, string> = {};

beforeAll(async () => {
  server = await startServer();
  const project = await send(`${server.url}/v1/projects`, {
    method: 'POST',
    key: server.keys.admin,
    body: { project_slug: 'other' },
  });
  expect(project.status).toBe(201);
  const revoked = await makeKey(server, { permission: 'write' });
  await revokeKey(server, revoked.key_id);
  const expiresAt = new Date(server.clock.now() + 60_000).toISOString();
  const expired = await makeKey(server, { permission: 'write', expires_at: expiresAt });
  const other = await makeKey(server, { permission: 'admin', projects: ['other'] });
  server.clock.advance(60_000);

  made['revoked'] = revoked.secret;
  made['expired'] = expired.secret;
  made['of another project'] = other.secret;
  made['without the permission'] = server.keys.read;
  made['malformed'] = `${hush}-not-a-key`;
  made['cut short'] = server.keys.write.slice(0, -1);
  made['with a bad checksum'] = changedAt(server.keys.write, 40);
  made['with a letter in the other case'] = swappedCase(server.keys.write);
  made['unknown'] = newKeyText('us-1').text;
  made['guessed for a known key id'] = guessedKey(server.keys.write);
  made['guessed for a revoked key id'] = guessedKey(revoked.secret);
  made['of another region'] = newKeyText('uk-1').text;
});
afterAll(() => server.stop());

const refusals: [what: string, code: ErrorCode, says: RegExp][] = [
  ['malformed', 'unauthorized', /^The API key is malformed: found 14 characters .*; copy/],
  ['cut short', 'unauthorized', /malformed: found [0-9]+ characters .*checksum.*; copy/],
  ['with a bad checksum', 'unauthorized', /malformed: found [0-9]+ characters .*checksum/],
  ['with a letter in the other case', 'unauthorized', /malformed: found .*checksum/],
  ['unknown', 'unauthorized', /^The API key is unknown here; check/],
  ['guessed for a known key id', 'unauthorized', /^The API key is unknown here; check/],
  ['guessed for a revoked key id', 'unauthorized', /^The API key is unknown here; check/],
  ['revoked', 'forbidden', /^This API key is revoked; use another key/],
  ['expired', 'forbidden', /^This API key has expired; use another key/],
  ['of another region', 'forbidden', /belongs to region uk-1, this server is region us-1; use/],
  ['of another project', 'forbidden', /does not reach the account and project in the path; check/],
  ['without the permission', 'forbidden', /permission read, this call needs write; use/],
];

const forms: [form: string, headers: (key: string) => Record<string, string>][] = [
  ['x-api-key', (key) => ({ 'x-api-key': key })],
  ['Bearer', (key) => ({ authorization: `Bearer ${key}` })],
  ['Basic', (key) => ({ authorization: `Basic ${btoa(`anyone:${key}`)}` })],
];

describe('a write is refused and nothing stored with a key', () => {
  it.each(refusals)('%s', async (what, code, says) => {
    const key = made[what]!;
    for (const [, headers] of forms) {
      const body = { id: hush, data: { hush } };
      const answer = await send(server.stateUrl, { method: 'PUT', headers: headers(key), body });
      expectRefusal(answer, code, says, [key]);
      expect('www-authenticate' in answer.headers).toBe(code === 'unauthorized');
    }
    expect(await listed(server)).toEqual([]);
  });
});

describe('a look-up is refused with a key', () => {
  const ofReader = refusals.filter(([what]) => what !== 'without the permission');

  it.each(ofReader)('%s', async (what, code, says) => {
    const answer = await send(`${server.stateUrl}?id=${hush}`, { key: made[what]! });
    expectRefusal(answer, code, says, [made[what]!]);
  });
});

describe('a key is missing', () => {
  const says = /^No API key was found; send it as x-api-key, as Authorization: Bearer, or/;
  it.each<[string, Record<string, string>]>([
    ['no header at all', {}],
    ['an empty x-api-key', { 'x-api-key': '' }],
    ['another scheme', { authorization: 'Digest hush' }],
    ['a scheme without a key', { authorization: 'Bearer' }],
    ['a Bearer key in two words', { authorization: 'Bearer hush hush' }],
  ])('%s', async (_what, headers) => {
    const body = { id: hush, data: {} };
    const answer = await send(server.stateUrl, { method: 'PUT', headers, body });

    expectRefusal(answer, 'unauthorized', says);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer .*Basic /);
    expect(await listed(server)).toEqual([]);
  });

  it('a key in the query string, which would end in logs, counts as none', async () => {
    const answer = await send(`${server.stateUrl}?id=a&api_key=${server.keys.read}`);
    expectRefusal(answer, 'unauthorized', says, [server.keys.read]);
  });

  it.each([
    ['Basic without a colon', btoa('hush')],
    ['Basic without a password', btoa('hush:')],
    ['Basic that is not base64', '%%%'],
  ])('%s', async (_what, credentials) => {
    const headers = { authorization: `Basic ${credentials}` };
    const answer = await send(`${server.stateUrl}?id=a`, { headers });
    expectRefusal(answer, 'unauthorized', /malformed: found [0-9]+ characters/);
  });
});

it('x-api-key wins: a bad one is refused though Authorization has a good one', async () => {
  const headers = { 'x-api-key': hush, authorization: `Bearer ${server.keys.read}` };
  const answer = await send(`${server.stateUrl}?id=a`, { headers });
  expectRefusal(answer, 'unauthorized', /malformed/, [server.keys.read]);
});

it('two x-api-key headers are refused, whichever of them is good', async () => {
  const { read } = server.keys;
  for (const keys of [
    [read, 'hush'],
    ['hush', read],
    [read, read],
  ]) {
    const answer = await send(`${server.stateUrl}?id=a`, { headers: { 'x-api-key': keys } });
    expectRefusal(answer, 'unauthorized', /malformed/, [read]);
  }
});

it('a refusal is the same whether the other project, or the state in it, exists or not', async () => {
  const messages = ['demo/other', 'demo/none', 'none/none'].map(async (path) => {
    const url = `${server.url}/v1/${path}/handoff_state?id=a`;
    const answer = await send(url, { key: server.keys.read });
    expectRefusal(answer, 'forbidden', /does not reach/);
    return answer.json.error_message;
  });
  expect(new Set(await Promise.all(messages)).size).toBe(1);
});

function changedAt(key: string, place: number): string {
  const other = key[place] === 'a' ? 'b' : 'a';
  return key.slice(0, place) + other + key.slice(place + 1);
}

/** The key as somebody types it who does not see which letters are capitals. */
function swappedCase(key: string): string {
  const place = key.split('').findLastIndex((character) => /[A-Za-z]/.test(character));
  const letter = key[place]!;
  const swapped = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
  return key.slice(0, place) + swapped + key.slice(place + 1);
}
