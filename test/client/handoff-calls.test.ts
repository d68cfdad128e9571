// What each call for one handoff state sends, and what it makes of the answer.

import { expect, expectTypeOf, test } from 'vitest';
import type { BatonClient, FoundHandoff } from '../../client/src/index.js';
import {
  answer,
  apiKey,
  failureOf,
  refusal,
  scriptedServer,
  state,
  stateHeaders,
} from './scripted-server.js';

const at = new Date('2026-11-22T10:00:00.250Z');
const base = '/v1/acme/team/handoff_state';

test('put sends the whole state and gives it as it was answered', async () => {
  const bodyText = '{"id":"call-1","shared_id":"shared-1","data":{"reason":"billing"}}';
  const server = await scriptedServer(state(bodyText, 201), state(bodyText, 200));
  const write = {
    id: 'call-1',
    sharedId: 'shared-1',
    aliases: ['a', 'b'],
    data: { reason: 'billing' },
    ttlSeconds: 60,
  };
  expect(await server.client.put(write)).toEqual({
    id: 'call-1',
    sharedId: 'shared-1',
    data: { reason: 'billing' },
    etag: '"3"',
    version: 3,
    lastModified: new Date('2026-11-22T10:00:00Z'),
    expiresAt: new Date('2026-11-29T10:00:00Z'),
    requestId: 'request-1',
    bodyText,
    created: true,
  });
  expect((await server.client.put(write)).created).toBe(false);

  const [request] = server.requests;
  expect(request).toMatchObject({ method: 'PUT', url: base });
  expect(request?.headers).toMatchObject({
    'x-api-key': apiKey,
    'content-type': 'application/json',
  });
  expect(JSON.parse(request!.bodyText)).toEqual({
    id: 'call-1',
    shared_id: 'shared-1',
    aliases: ['a', 'b'],
    ttl_seconds: 60,
    data: { reason: 'billing' },
  });
});

test('a link is made as it is wanted, and repeated where nobody knows whether it was', async () => {
  const made = { url: 'https://b.example/pop/x', expires_at: at.toISOString() };
  const busy = refusal(503, 'unavailable', { 'retry-after': '0' });
  const reply = answer(201, made);
  const server = await scriptedServer(reply, busy, reply);
  const link = { url: made.url, expiresAt: at };
  const wanted = { ttlSeconds: 60, oneTime: true };
  expect(await server.client.createLink({ sharedId: 'a&b' }, wanted)).toEqual(link);
  expect(await server.client.createLink({ id: 'call-1' })).toEqual(link);
  const [first, , last] = server.requests;
  expect(first).toMatchObject({ method: 'POST', url: `${base}/links?shared_id=a%26b` });
  expect(JSON.parse(first!.bodyText)).toEqual({ ttl_seconds: 60, one_time: true });
  expect(last).toMatchObject({ url: `${base}/links?id=call-1`, bodyText: '{}' });
});

test('text that is given is sent as it is, and text that comes is given as it came', async () => {
  const dataText =
    '{ "z": 12345678901234567890, "a": 1.10, "n": -0, "e": 1e400, "u": "\\u00e9😀" }';
  const bodyText = `{"id":"call-1","data":${dataText}}`;
  const server = await scriptedServer(...Array.from({ length: 4 }, () => state(bodyText)));
  const { client } = server;
  const found = await client.put({ id: 'call-1', dataText });
  await client.put({ bodyText: found.bodyText });
  await client.patch({ id: 'call-1' }, { dataText });
  await client.patch({ id: 'call-1' }, { bodyText: `{"data":${dataText}}` });
  expect(found.bodyText).toBe(bodyText);
  expect(server.requests.map((request) => request.bodyText)).toEqual([
    bodyText,
    bodyText,
    `{"data":${dataText}}`,
    `{"data":${dataText}}`,
  ]);
});

test.each<[string, (client: BatonClient) => Promise<unknown>]>([
  [
    'dataText that would add members',
    (client) => client.put({ id: 'call-1', dataText: '{},"shared_id":"SECRET"' }),
  ],
  ['dataText that breaks off', (client) => client.put({ id: 'call-1', dataText: '{"SECRET":' })],
  [
    'data and dataText at once',
    (client) => client.put(JSON.parse('{"id":"call-1","data":{},"dataText":"{}"}')),
  ],
  ['data with a bigint', (client) => client.put({ id: 'call-1', data: { SECRET: 1n } })],
  ['half a surrogate pair', (client) => client.get({ id: 'SECRET\ud800' })],
  ['an account that is a step up', (client) => client.project('..', 'v1').get({ id: 'a' })],
  ['an empty project', (client) => client.project('acme', '').get({ id: 'a' })],
  ['a key id that is a step up', (client) => client.keys.revoke('..')],
  ['an ETag with a line break', (client) => client.erase({ id: 'a' }, { ifMatch: 'SECRET\n"1"' })],
  ['a time that is none', (client) => client.list({ from: new Date(Number.NaN) })],
])('%s is refused before anything is sent, and not quoted', async (_name, call) => {
  const server = await scriptedServer();
  const error = await failureOf(call(server.client));
  expect(error).toMatchObject({ code: 'invalid_request', status: undefined });
  expect(error.message).not.toContain('SECRET');
  expect(server.requests).toHaveLength(0);
});

test('a name reaches the server unchanged, whatever is in it', async () => {
  const server = await scriptedServer(state(), state());
  await server.client.get({ sharedId: 'a+b c&id=d/%00é😀' });
  await server.client.project('acme/uk', 'a b').get({ id: '12345678901234567890' });
  const [shared, byId] = server.requests.map(({ url }) => new URL(url, server.url));
  expect([...shared!.searchParams]).toEqual([['shared_id', 'a+b c&id=d/%00é😀']]);
  expect(byId!.pathname).toBe('/v1/acme%2Fuk/a%20b/handoff_state');
  expect([...byId!.searchParams]).toEqual([['id', '12345678901234567890']]);
});

test('patch sends what changes as a merge patch, null for what goes', async () => {
  const server = await scriptedServer(state());
  const changes = { sharedId: null, aliases: null, ttlSeconds: null, data: { reason: null } };
  await server.client.patch({ sharedId: 'shared-1' }, changes);
  const [request] = server.requests;
  expect(request).toMatchObject({ method: 'PATCH', url: `${base}?shared_id=shared-1` });
  expect(request?.headers['content-type']).toBe('application/merge-patch+json');
  expect(JSON.parse(request!.bodyText)).toEqual({
    shared_id: null,
    aliases: null,
    ttl_seconds: null,
    data: { reason: null },
  });
});

const erasedMembers = { id: 'call-1', erased_at: at.toISOString(), receipt: 'a.b.c' };
const erasure = { id: 'call-1', erasedAt: at, receipt: 'a.b.c' };

test('erase gives the id, the time and the receipt', async () => {
  const server = await scriptedServer(answer(200, erasedMembers));
  expect(await server.client.erase({ sharedId: 'x' })).toEqual(erasure);
  expect(server.requests[0]).toMatchObject({ method: 'DELETE', url: `${base}?shared_id=x` });
});

test('eraseNamed gives all that it erased', async () => {
  const erased = [erasedMembers, { ...erasedMembers, id: 'call-2' }];
  const server = await scriptedServer(answer(200, { erased }));
  expect(await server.client.eraseNamed('a/b')).toEqual([erasure, { ...erasure, id: 'call-2' }]);
  const url = `${base}s?alias=a%2Fb`;
  expect(server.requests[0]).toMatchObject({ method: 'DELETE', url });
});

test('receipts gives a page of them', async () => {
  const { id: _id, ...members } = erasedMembers;
  const items = [{ record: 'hash:1', ...members }];
  const server = await scriptedServer(answer(200, { items, next_cursor: 'next' }));
  expect(await server.client.receipts({ id: 'call-1', limit: 1 })).toEqual({
    items: [{ record: 'hash:1', erasedAt: at, receipt: 'a.b.c' }],
    nextCursor: 'next',
  });
  const url = base.replace('handoff_state', 'receipts?id=call-1&limit=1');
  expect(server.requests[0]).toMatchObject({ method: 'GET', url });
});

test('preconditions go as headers, and only where they are given', async () => {
  const erased = answer(200, erasedMembers);
  const server = await scriptedServer(state(), state(), erased, state(), state());
  const { client, requests } = server;
  const name = { id: 'call-1' };
  await client.put({ ...name, data: {} }, { ifMatch: '"2"', ifNoneMatch: '*' });
  await client.patch(name, {}, { ifMatch: '*' });
  await client.erase(name, { ifMatch: '"3"' });
  await client.get(name, { ifNoneMatch: '"1"' });
  await client.get(name);
  const sent = requests.map(({ headers }) => [headers['if-match'], headers['if-none-match']]);
  expect(sent).toEqual([
    ['"2"', '*'],
    ['*', undefined],
    ['"3"', undefined],
    [undefined, '"1"'],
    [undefined, undefined],
  ]);
});

test('get with ifNoneMatch gives undefined while the state is unchanged', async () => {
  const server = await scriptedServer(answer(304, '', stateHeaders), state());
  const { client } = server;
  const options = { ifNoneMatch: '"3"' };
  expect(await client.get({ id: 'call-1' }, options)).toBeUndefined();
  const changed = await client.get<{ reason: string }>({ id: 'call-1' }, options);
  expect(changed?.data.reason).toBe('billing');
  expectTypeOf(changed).toEqualTypeOf<FoundHandoff<{ reason: string }> | undefined>();
  expectTypeOf(() => client.get({ id: 'call-1' })).returns.resolves.toEqualTypeOf<FoundHandoff>();
});

test.each(['W/"3"', '"3-gzip"', 'W/"3-br"'])(
  'the ETag %s, which a proxy changed, is given so that ifMatch matches',
  async (etag) => {
    const changed = answer(200, { id: 'call-1', data: {} }, { ...stateHeaders, etag });
    const server = await scriptedServer(changed);
    const found = await server.client.get({ id: 'call-1' });
    expect(found).toMatchObject({ etag: '"3"', version: 3, withheld: [], withheldCount: 0 });
  },
);

const hash = '7-aBcDeFgHiJkLmNoPqR_t';

test.each([`"${hash}"`, `W/"${hash}"`, `"${hash}-gzip"`])(
  'a key that does not see all is told so, and has no version: ETag %s',
  async (etag) => {
    const { sunset } = stateHeaders;
    const list = String.raw`"/phone", "/a \"b\" \\~1", %"/caf%c3%a9/%25%22", %"/%ff", 17`;
    const headers = { sunset, etag, 'baton-withheld': list };
    const part = () => answer(200, { id: 'call-1', data: {} }, headers);
    const server = await scriptedServer(part(), part());
    const found = await server.client.get({ id: 'call-1' });
    expect(found).toEqual({
      id: 'call-1',
      data: {},
      etag: `"${hash}"`,
      version: undefined,
      lastModified: undefined,
      expiresAt: new Date(sunset),
      requestId: 'request-1',
      bodyText: '{"id":"call-1","data":{}}',
      withheld: ['/phone', String.raw`/a "b" \~1`, '/café/%"', '/%ff'],
      withheldCount: 21,
    });
    // To a write this is no answer of Baton's.
    const failed = await failureOf(server.client.patch({ id: 'call-1' }, {}));
    expect(failed.code).toBe('invalid_answer');
  },
);

test('a client without account and project says so, and can name them later', async () => {
  const server = await scriptedServer(state());
  const client = server.clientWith({ account: undefined, project: undefined });
  const error = await failureOf(client.get({ id: 'call-1' }));
  expect(error.message).toContain('account and project: found none');
  await client.project('other', 'place').get({ id: 'call-1' });
  expect(server.requests.map(({ url }) => url)).toEqual([
    '/v1/other/place/handoff_state?id=call-1',
  ]);
});
