// Parameters of look-ups, patches, erasures and lists that cannot be meant.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, listed } from '../support/refusal.js';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let before: unknown;
beforeAll(async () => {
  server = await startServer();
  const body = { id: 'hush', shared_id: 'hush-2', data: { kept: true } };
  await send(server.stateUrl, { method: 'PUT', key: server.keys.write, body });
  before = await listed(server);
  expect(before).toHaveLength(1);
});
afterAll(() => server.stop());

const neither = /^query: found neither id nor shared_id; give one/;
const tooLong = /id: found text of 256 characters; give at most 255 characters/;
const control = /id: found text of [0-9]+ characters .*not allowed; leave out control characters/;
const twice = /id: found a list of 2; give text, once/;
const notUtf8 = /id: found .*UTF-8.*; /;
const astral = encodeURIComponent('😀'.repeat(256));

const names: [what: string, query: string, says: RegExp][] = [
  ['no query', '', neither],
  ['neither id nor shared id', 'other=1', neither],
  ['an empty id', 'id=', neither],
  ['an empty shared id', 'shared_id=', neither],
  ['both empty', 'id=&shared_id=', neither],
  ['a name without a value', 'id', neither],
  ['a repeated id', 'id=hush&id=hush', twice],
  ['two different ids', 'id=hush&id=b', twice],
  ['a repeated shared id', 'shared_id=hush-2&shared_id=hush-2', twice],
  ['a repeated id beside a shared id', 'shared_id=hush-2&id=a&id=b', twice],
  ['an id repeated under an escaped name', 'id=hush&%69d=hush', twice],
  ['an id of 256 characters', `id=${'h'.repeat(256)}`, tooLong],
  ['a shared id of 256 characters', `shared_id=${'h'.repeat(256)}`, tooLong],
  ['an id of 256 characters outside the BMP', `id=${astral}`, tooLong],
  ['an id with NUL', 'id=hush%00', control],
  ['an id with a line feed', 'id=hush%0a', control],
  ['an id with DEL', 'id=hush%7F', control],
  ['an id with a C1 control character', 'id=hush%C2%85', control],
  ['a shared id with a tab', 'shared_id=hush%09', control],
  ['an id that is not UTF-8', 'id=hush%ff', notUtf8],
  ['an id with half a surrogate pair', 'id=hush%ed%a0%80', notUtf8],
  ['an id with a broken escape', 'id=hush%zz', notUtf8],
];

describe('a look-up, a patch and an erasure are refused with', () => {
  it.each(names)('%s', async (_what, query, says) => {
    const url = `${server.stateUrl}?${query}`;
    const key = server.keys.write;
    expectRefusal(await send(url, { key }), 'invalid_request', says);
    const patch = { method: 'PATCH', key, body: { data: { kept: false } } };
    expectRefusal(await send(url, patch), 'invalid_request', says);
    expectRefusal(await send(url, { method: 'DELETE', key }), 'invalid_request', says);

    const head = await send(url, { method: 'HEAD', key });
    expect([head.status, head.text]).toEqual([400, '']);
    expect(await listed(server)).toEqual(before);
  });
});

const waits: [query: string, says: RegExp][] = [
  ['wait=-1', /^wait: found text of 2 characters .*not allowed; give a whole number/],
  ['wait=x', /^wait: found text of 1 characters .*not allowed; give a whole number/],
  ['wait=21', /^wait: found more than 20 seconds; give 0 to 20/],
  ['wait=99', /^wait: found more than 20 seconds; give 0 to 20/],
  ['wait=1.5', /^wait: found text .*; give a whole number/],
  ['wait=1e1', /^wait: found text .*; give a whole number/],
  ['wait=0x5', /^wait: found text .*; give a whole number/],
  ['wait=%2B5', /^wait: found text .*; give a whole number/],
  ['wait=+5', /^wait: found text .*; give a whole number/],
  ['wait=%D9%A1', /^wait: found text .*; give a whole number/],
  ['wait=1000000000000', /^wait: found text .*; give a whole number/],
  ['wait=1&wait=1', /^wait: found a list of 2; give text, once/],
];

describe('a look-up is refused at once with', () => {
  it.each(waits)('%s', async (query, says) => {
    for (const id of ['hush', 'absent']) {
      const answer = await send(`${server.stateUrl}?id=${id}&${query}`, { key: server.keys.read });
      expectRefusal(answer, 'invalid_request', says);
      expect(answer.headers['preference-applied']).toBeUndefined();
    }
  });
});

const lists: [query: string, says: RegExp][] = [
  ['status=hush', /^status: found text of 4 characters; give one of pending, picked_up, late/],
  ['status=pending&status=late', /^status: found a list of 2; give one of pending/],
  ['limit=hush', /^limit: found text of 4 characters .*; give a whole number/],
  ['limit=-1', /^limit: found text .*; give a whole number/],
  ['limit=2.5', /^limit: found text .*; give a whole number/],
  ['from=hush', /^from: found text of 4 characters that is no RFC 3339 time; give one such as/],
  ['to=2026-13-01T00:00:00Z', /^to: found text .* no RFC 3339 time; give one such as/],
  ['to=2026-02-30T00:00:00Z', /^to: found text .* no RFC 3339 time; give one such as/],
  ['to=2026-11-22T24:00:00Z', /^to: found text .* no RFC 3339 time; give one such as/],
  ['from=2026-11-22', /^from: found text .* no RFC 3339 time; give one such as/],
  ['from=1795333686425', /^from: found text .* no RFC 3339 time; give one such as/],
  ['cursor=hush', /^cursor: found something else than the next_cursor of a page; begin again/],
  ['hush=1', /^query: found an unknown parameter of 4 characters; the known ones are/],
  ['limt=1', /^query: found an unknown parameter of 4 characters; did you mean limit/],
  ['id=a&id=b', /^id: found a list of 2; give text, once/],
  ['id=hush%00', control],
];

describe('a list is refused with', () => {
  it.each(lists)('%s', async (query, says) => {
    const url = `${server.url}/v1/demo/demo/handoff_states?${query}`;
    expectRefusal(await send(url, { key: server.keys.admin }), 'invalid_request', says);
  });
});
