// PATCH merges into a state (RFC 7396), DELETE ends it.

import { afterAll, expect, test } from 'vitest';
import { limits } from '../../src/limits.js';
import { erase, lookUp, patch, put } from '../support/handoff-calls.js';
import type { Received } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());

test('data merges: members are added, replaced, removed by null; arrays replace', async () => {
  const data = '{"keep":1.10,"drop":1,"deep":{"a":1,"b":2},"list":[1,2,3]}';
  await put(server, `{"id":"merge","data":${data}}`);
  const changes = '{"data":{"drop":null,"deep":{"b":null,"c":1e400},"list":[4],"new":"\\u00e9"}}';
  const patched = await patch(server, { id: 'merge' }, changes);
  expect([patched.status, patched.text]).toEqual([
    200,
    '{"id":"merge","data":{"keep":1.10,"deep":{"a":1,"c":1e400},"list":[4],"new":"\\u00e9"}}',
  ]);
  const found = await lookUp(server, { id: 'merge' });
  expect([found.text, found.headers.etag]).toEqual([patched.text, '"2"']);
  for (const name of ['etag', 'last-modified', 'sunset', 'cache-control', 'content-type']) {
    expect(patched.headers[name]).toBe(found.headers[name]);
  }
});

test('a state is patched by its shared id and its aliases, with either content type', async () => {
  await put(server, { id: 'named', shared_id: 'named-s', aliases: ['named-a'], data: {} });
  const headers = { 'content-type': 'application/merge-patch+json' };
  await patch(server, { shared_id: 'named-s' }, { data: { a: 1 } }, { headers });
  await patch(server, { shared_id: 'named-a' }, { id: 'named', data: { b: 2 } });
  expect((await lookUp(server, { id: 'named' })).json.data).toEqual({ a: 1, b: 2 });
  const unheard = await patch(server, { id: 'named' }, '{}', {
    headers: { 'content-type': 'text/plain' },
  });
  expect([unheard.status, unheard.json.error_code]).toEqual([415, 'unsupported_media_type']);
});

test('shared_id, aliases: left out they stay, given they replace, null removes', async () => {
  await put(server, { id: 'renamed', shared_id: 'r-s', aliases: ['r-a'], data: {} });
  await patch(server, { id: 'renamed' }, { data: { n: 1 } });
  expect(await foundBy(['r-s', 'r-a', 'r-t', 'r-b'])).toEqual([200, 200, 404, 404]);
  await patch(server, { id: 'renamed' }, { shared_id: 'r-t', aliases: ['r-b'] });
  expect(await foundBy(['r-s', 'r-a', 'r-t', 'r-b'])).toEqual([404, 404, 200, 200]);
  const bare = await patch(server, { id: 'renamed' }, { shared_id: null, aliases: null });
  expect(bare.text).toBe('{"id":"renamed","data":{"n":1}}');
  expect(await foundBy(['r-s', 'r-a', 'r-t', 'r-b'])).toEqual([404, 404, 404, 404]);
});

test('ttl_seconds: a number starts anew, null with the default, left out it stays', async () => {
  const now = Math.ceil(server.clock.now() / 1000) * 1000;
  server.clock.stopAt(now);
  const made = await put(server, { id: 'lasting', data: {}, ttl_seconds: 600 });
  server.clock.advance(300_000);
  const kept = await patch(server, { id: 'lasting' }, { data: { n: 1 } });
  const anew = await patch(server, { id: 'lasting' }, { ttl_seconds: 600 });
  const fallback = await patch(server, { id: 'lasting' }, { ttl_seconds: null });
  expect([made, kept, anew, fallback].map(sunset)).toEqual([
    now + 600_000,
    now + 600_000,
    now + 900_000,
    now + 300_000 + limits.retentionSecondsDefault * 1000,
  ]);
  const beyond = { ttl_seconds: limits.retentionSecondsDefault + 1 };
  const refused = await patch(server, { id: 'lasting' }, beyond);
  expect([refused.status, refused.json.error_code]).toEqual([400, 'invalid_request']);
});

test.each([
  ['data: null', { data: null }, 400],
  ['another id', { id: 'other' }, 400],
  ['an unknown member', { date: {} }, 400],
  ['nine aliases', { aliases: [...'123456789'] }, 400],
  ['a result of too many bytes', { data: { more: 'x'.repeat(20_000) } }, 413],
  ['a result of too many members', { data: many('z', 1_500) }, 400],
])('a PATCH with %s is refused and changes nothing', async (what, changes, status) => {
  const id = `unchanged: ${what}`;
  const data = { ...many('a', 600), much: 'x'.repeat(20_000 - 600 * 8) };
  const before = await put(server, { id, shared_id: `${id}, shared`, data });
  expect(before.status, before.text).toBe(201);
  expect((await patch(server, { id }, changes)).status).toBe(status);
  const after = await lookUp(server, { id });
  expect([after.text, after.headers.etag]).toEqual([before.text, '"1"']);
});

test('the levels of the result count, not those of the patch', async () => {
  const deep = (levels: number, inner: object): object =>
    levels === 1 ? inner : { a: deep(levels - 1, inner) };
  await put(server, { id: 'deep', data: deep(limits.dataLevelsMax, {}) });
  const refused = await patch(server, { id: 'deep' }, { data: deep(32, { b: {} }) });
  expect([refused.status, refused.json.error_code]).toEqual([400, 'invalid_request']);
  expect((await patch(server, { id: 'deep' }, { data: deep(32, { b: 1 }) })).status).toBe(200);
});

test('PATCH and DELETE of what is not there tell why', async () => {
  await put(server, { id: 'expiring', shared_id: 'expiring-s', data: {}, ttl_seconds: 1 });
  await put(server, { id: 'erased', shared_id: 'erased-s', data: {} });
  await erase(server, { id: 'erased' });
  server.clock.advance(1_000);
  const causes = { never: 'not_found', expiring: 'expired', erased: 'erased' };
  for (const [id, cause] of Object.entries(causes)) {
    for (const query of [{ id }, { shared_id: `${id}-s` }]) {
      const answers = [await patch(server, query, { data: {} }), await erase(server, query)];
      const told = answers.map(({ status, json }) => `${status} ${json.error_code}`);
      expect(told).toEqual(Array(2).fill(`404 handoff_state_${cause}`));
    }
  }
});

test('DELETE by any name says what was erased and when; then every name tells it', async () => {
  for (const query of [{ id: 'end-1' }, { shared_id: 'end-2-s' }, { shared_id: 'end-3-a' }]) {
    const id = Object.values(query)[0]!.slice(0, 5);
    await put(server, { id, shared_id: `${id}-s`, aliases: [`${id}-a`], data: {} });
    const erased = await erase(server, query);
    const erased_at = new Date(server.clock.now()).toISOString();
    expect([erased.status, erased.json]).toEqual([
      200,
      { id, erased_at, receipt: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) },
    ]);

    for (const name of [{ id }, { shared_id: `${id}-s` }, { shared_id: `${id}-a` }]) {
      const gone = await lookUp(server, name);
      expect([gone.status, gone.json.error_code]).toEqual([404, 'handoff_state_erased']);
    }
  }
});

function sunset({ headers }: Received): number {
  return Date.parse(String(headers.sunset));
}

function foundBy(names: readonly string[]): Promise<number[]> {
  return Promise.all(names.map(async (name) => (await lookUp(server, { shared_id: name })).status));
}

function many(prefix: string, count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, place) => [`${prefix}${place}`, 1]));
}
