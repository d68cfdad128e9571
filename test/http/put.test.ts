// PUT: a whole state in place of whatever there was.

import { afterAll, expect, test } from 'vitest';
import { admin } from '../support/admin-calls.js';
import { erase, lookUp, patch, put } from '../support/handoff-calls.js';
import { type Received, send } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());
const retentionMs = 7 * 86_400_000;

test('the first write is 201, a replacement 200, each with the headers of a look-up', async () => {
  const made = await put(server, { id: 'twice', shared_id: 'twice-s', data: { n: 1 } });
  const replaced = await put(server, { id: 'twice', shared_id: 'twice-s', data: { n: 2 } });
  expect([made.status, replaced.status]).toEqual([201, 200]);
  expect([made.headers.etag, replaced.headers.etag]).toEqual(['"1"', '"2"']);

  const found = await lookUp(server, { id: 'twice' });
  expect(found.text).toBe(replaced.text);
  const shared = ['etag', 'last-modified', 'sunset', 'cache-control', 'content-type'];
  for (const name of shared) expect(replaced.headers[name]).toBe(found.headers[name]);
  expect(found.headers['cache-control']).toBe('no-store');
});

test('what a PUT leaves out goes: data, shared id and aliases', async () => {
  await put(server, {
    id: 'whole',
    shared_id: 'w-s',
    aliases: ['w-a', 'w-b'],
    data: { a: 1, b: 2 },
  });
  await put(server, { id: 'whole', aliases: ['w-b'], data: { b: 3 } });
  expect((await lookUp(server, { id: 'whole' })).text).toBe('{"id":"whole","data":{"b":3}}');
  expect((await lookUp(server, { shared_id: 'w-b' })).status).toBe(200);
  for (const name of ['w-s', 'w-a']) {
    const gone = await lookUp(server, { shared_id: name });
    expect([name, gone.json.error_code]).toEqual([name, 'handoff_state_not_found']);
  }
});

test('null for shared_id, aliases and ttl_seconds says the same as leaving them out', async () => {
  const body = { id: 'nulls', shared_id: null, aliases: null, ttl_seconds: null, data: {} };
  const written = await put(server, body);
  expect([written.status, written.text]).toEqual([201, '{"id":"nulls","data":{}}']);
  expect(lifeOf(written)).toBe(retentionMs);
});

test('Last-Modified and Sunset tell when it was written and when it expires', async () => {
  const before = Math.floor(server.clock.now() / 1000) * 1000;
  const written = await put(server, { id: 'dated', data: {}, ttl_seconds: 60 });
  const at = Date.parse(String(written.headers['last-modified']));
  expect(at).toBeGreaterThanOrEqual(before);
  expect(at).toBeLessThanOrEqual(server.clock.now());
  expect(lifeOf(written)).toBe(60_000);
  expect(written.headers.sunset).toMatch(/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/);
});

test('a PUT starts the expiry anew', async () => {
  const first = await put(server, { id: 'renewed', data: {}, ttl_seconds: 3_600 });
  server.clock.advance(1_800_000);
  const second = await put(server, { id: 'renewed', data: {} });
  expect([lifeOf(first), lifeOf(second)]).toEqual([3_600_000, retentionMs]);
});

test('ttl_seconds goes from 1 to the retention, which the error beyond it names', async () => {
  const retention = retentionMs / 1000;
  for (const ttl_seconds of [1, retention]) {
    const written = await put(server, { id: `ttl-${ttl_seconds}`, data: {}, ttl_seconds });
    expect([written.status, lifeOf(written)]).toEqual([201, ttl_seconds * 1000]);
  }
  for (const ttl_seconds of [0, retention + 1]) {
    const refused = await put(server, { id: 'ttl-refused', data: {}, ttl_seconds });
    expect([refused.status, refused.json.error_code]).toEqual([400, 'invalid_request']);
    expect(refused.json.error_message).toMatch(/^ttl_seconds: /);
    if (ttl_seconds > 0) expect(refused.json.error_message).toContain(String(retention));
  }
  expect((await lookUp(server, { id: 'ttl-refused' })).status).toBe(404);
});

test('a change of the retention holds for later writes', async () => {
  const before = await put(server, { id: 'retained', data: {} });
  const changed = await admin(server, 'PATCH', 'projects/demo', { retention_seconds: 3_600 });
  expect(changed.status, changed.text).toBe(200);
  expect(lifeOf(await lookUp(server, { id: 'retained' }))).toBe(lifeOf(before));
  expect(lifeOf(await put(server, { id: 'retained-later', data: {} }))).toBe(3_600_000);
  expect((await put(server, { id: 'no', data: {}, ttl_seconds: 3_601 })).status).toBe(400);
  await admin(server, 'PATCH', 'projects/demo', { retention_seconds: retentionMs / 1000 });
});

test('PUT over an erased or an expired state is 201, and its version goes on', async () => {
  await put(server, { id: 'again', data: {} });
  await erase(server, { id: 'again' });
  const afterErasure = await put(server, { id: 'again', data: {}, ttl_seconds: 1 });
  server.clock.advance(1_001);
  const afterExpiry = await put(server, { id: 'again', data: { n: 3 } });
  expect([afterErasure.status, afterErasure.headers.etag]).toEqual([201, '"2"']);
  expect([afterExpiry.status, afterExpiry.headers.etag]).toEqual([201, '"3"']);
  expect((await lookUp(server, { id: 'again' })).json.data).toEqual({ n: 3 });
});

test('an alias given twice, or equal to the shared id, is one', async () => {
  const names = ['d-1', 'd-2', 'd-3', 'd-4', 'd-5', 'd-6', 'd-7', 'd-8'];
  const aliases = [...names, ...names];
  const written = await put(server, { id: 'doubled', aliases, data: {} });
  expect(written.status, written.text).toBe(201);
  const { json } = await send(`${server.stateUrl}s?id=doubled`, { key: server.keys.admin });
  expect(json.items[0].aliases).toEqual(names);

  const same = await put(server, { id: 'same', shared_id: 's-1', aliases: ['s-1'], data: {} });
  expect(same.status).toBe(201);
  await patch(server, { id: 'same' }, { aliases: null });
  expect((await lookUp(server, { shared_id: 's-1' })).status).toBe(200);
});

test('8 aliases are kept, a ninth is refused and nothing is stored', async () => {
  const aliases = Array.from({ length: 9 }, (_, place) => `n-${place}`);
  expect((await put(server, { id: 'eight', aliases: aliases.slice(1), data: {} })).status).toBe(
    201,
  );
  const refused = await put(server, { id: 'nine', aliases, data: {} });
  expect([refused.status, refused.json.error_code]).toEqual([400, 'invalid_request']);
  expect(refused.json.error_message).toMatch(/^aliases: found 9 .*at most 8/);
  expect((await lookUp(server, { id: 'nine' })).status).toBe(404);
  expect((await lookUp(server, { shared_id: 'n-0' })).status).toBe(404);
});

/** Milliseconds from the last change to the expiry. */
function lifeOf({ headers }: Received): number {
  return Date.parse(String(headers.sunset)) - Date.parse(String(headers['last-modified']));
}
