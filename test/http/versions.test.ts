// Versions: ETags that every visible change raises, and writes that go through only on conditions.

import { afterAll, expect, test } from 'vitest';
import { limits } from '../../src/limits.js';
import { openStore } from '../../src/store/open.js';
import { erase, lookUp, patch, put, versionOf } from '../support/handoff-calls.js';
import { startServer } from '../support/server.js';

// Answers wait for their entries in the audit, which other writes must not hold up.
const server = await startServer({ audit: 'strict' });
afterAll(() => server.stop());
const ifMatch = (etag: string) => ({ headers: { 'if-match': etag } });
const ifAbsent = { headers: { 'if-none-match': '*' } };

test('the ETag is the version in quotes; every write raises it by one', async () => {
  const answers = [
    await put(server, { id: 'count', data: {} }),
    await put(server, { id: 'count', data: {} }),
    await patch(server, { id: 'count' }, { data: { a: 1 } }),
    await patch(server, { id: 'count' }, { shared_id: 'count-s' }),
    await patch(server, { id: 'count' }, { ttl_seconds: 60 }),
    await lookUp(server, { shared_id: 'count-s' }),
  ];
  expect(answers.map(({ headers }) => headers.etag)).toEqual([
    '"1"',
    '"2"',
    '"3"',
    '"4"',
    '"5"',
    '"5"',
  ]);
});

test('a look-up with If-None-Match is 304 while the version is one of those', async () => {
  const { headers } = await put(server, { id: 'cached', data: {} });
  const known = (tag: string, method = 'GET') =>
    lookUp(server, { id: 'cached' }, { method, headers: { 'if-none-match': tag } });

  for (const tag of ['"1"', 'W/"1"', '*', '"7", "1"']) {
    for (const method of ['GET', 'HEAD']) {
      const unchanged = await known(tag, method);
      expect([tag, unchanged.status, unchanged.text]).toEqual([tag, 304, '']);
      expect(unchanged.headers.etag).toBe('"1"');
      expect(unchanged.headers.sunset).toBe(headers.sunset);
    }
  }
  for (const tag of ['"2"', '"11"', '1']) expect((await known(tag)).status).toBe(200);
  await put(server, { id: 'cached', data: { n: 2 } });
  expect((await known('"1"')).json.data).toEqual({ n: 2 });
});

test('If-Match lets a write through only on the version that it names', async () => {
  await put(server, { id: 'matched', data: { n: 1 } });
  const body = { id: 'matched', data: { n: 2 } };
  for (const tag of ['"2"', '"0"', 'W/"1"', '"one"']) {
    const refused = await put(server, body, ifMatch(tag));
    expect([tag, refused.status, refused.json.error_code]).toEqual([
      tag,
      412,
      'precondition_failed',
    ]);
    expect((await patch(server, { id: 'matched' }, { data: {} }, ifMatch(tag))).status).toBe(412);
    expect((await erase(server, { id: 'matched' }, ifMatch(tag))).status).toBe(412);
  }
  const kept = await lookUp(server, { id: 'matched' });
  expect([kept.json.data, kept.headers.etag]).toEqual([{ n: 1 }, '"1"']);

  expect((await put(server, body, ifMatch('"1"'))).headers.etag).toBe('"2"');
  expect((await patch(server, { id: 'matched' }, {}, ifMatch('"9", "2"'))).headers.etag).toBe(
    '"3"',
  );
  expect((await put(server, body, ifMatch('*'))).headers.etag).toBe('"4"');
  expect((await erase(server, { id: 'matched' }, ifMatch('"4"'))).status).toBe(200);
});

test('If-Match on a state that is not there is 412, whatever became of it', async () => {
  await put(server, { id: 'erased', data: {} });
  await erase(server, { id: 'erased' });
  await put(server, { id: 'expired', data: {}, ttl_seconds: 1 });
  server.clock.advance(1_000);
  for (const id of ['never', 'erased', 'expired']) {
    for (const tag of ['*', '"1"']) {
      expect((await put(server, { id, data: {} }, ifMatch(tag))).status).toBe(412);
      expect((await patch(server, { id }, { data: {} }, ifMatch(tag))).status).toBe(412);
      expect((await erase(server, { id }, ifMatch(tag))).status).toBe(412);
    }
    expect((await lookUp(server, { id })).status).toBe(404);
  }
});

test('If-None-Match: * writes only what is not there', async () => {
  expect((await put(server, { id: 'fresh', data: {} }, ifAbsent)).status).toBe(201);
  const refused = await put(server, { id: 'fresh', data: { n: 2 } }, ifAbsent);
  expect([refused.status, refused.json.error_code]).toEqual([412, 'precondition_failed']);
  expect((await lookUp(server, { id: 'fresh' })).json.data).toEqual({});
  await erase(server, { id: 'fresh' });
  const again = await put(server, { id: 'fresh', data: {}, ttl_seconds: 1 }, ifAbsent);
  expect([again.status, again.headers.etag]).toEqual([201, '"2"']);
  server.clock.advance(1_000);
  expect((await put(server, { id: 'fresh', data: {} }, ifAbsent)).headers.etag).toBe('"3"');
});

test('the version goes on while the tombstone lives, 30 days, and then begins anew', async () => {
  await put(server, { id: 'buried', data: {} });
  await put(server, { id: 'buried', data: {} });
  await erase(server, { id: 'buried' });
  server.clock.advance(limits.tombstoneSeconds * 1000 - 1_000);
  expect((await lookUp(server, { id: 'buried' })).json.error_code).toBe('handoff_state_erased');
  expect(versionOf(await put(server, { id: 'buried', data: {} }))).toBe(3);

  await erase(server, { id: 'buried' });
  server.clock.advance(limits.tombstoneSeconds * 1000);
  // What the server does every 10 seconds, now.
  const tool = await openStore(server.config, { role: 'tool', now: server.clock.now });
  await tool.purge();
  await tool.close();
  const forgotten = await lookUp(server, { id: 'buried' });
  expect(forgotten.json.error_code).toBe('handoff_state_not_found');
  expect(versionOf(await put(server, { id: 'buried', data: {} }))).toBe(1);
});

test('200 concurrent PUTs of one id end in one of the written states, version 200', async () => {
  const turns = Array.from({ length: 200 }, (_, turn) => turn);
  const answers = await Promise.all(
    turns.map((turn) => put(server, { id: 'contended', data: { turn, same: turn } })),
  );
  const statuses = answers.map(({ status }) => String(status)).toSorted();
  expect(statuses).toEqual([...Array(199).fill('200'), '201']);
  const versions = answers.map(versionOf).toSorted((one, other) => one - other);
  expect(versions).toEqual(turns.map((turn) => turn + 1));

  const last = answers.find((answer) => versionOf(answer) === 200)!;
  const found = await lookUp(server, { id: 'contended' });
  expect([found.text, versionOf(found)]).toEqual([last.text, 200]);
});

test('of 200 concurrent PUTs with the same If-Match exactly one goes through', async () => {
  await put(server, { id: 'guarded', data: { turn: -1 } });
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, turn) =>
      put(server, { id: 'guarded', data: { turn } }, ifMatch('"1"')),
    ),
  );
  const through = answers.filter(({ status }) => status === 200);
  expect(through).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 412)).toHaveLength(199);
  const found = await lookUp(server, { id: 'guarded' });
  expect([found.text, versionOf(found)]).toEqual([through[0]!.text, 2]);
});

test('of 100 concurrent PUTs with If-None-Match: * exactly one makes the state', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, turn) =>
      put(server, { id: 'raced', data: { turn } }, ifAbsent),
    ),
  );
  const statuses = answers.map(({ status }) => String(status)).toSorted();
  expect(statuses).toEqual(['201', ...Array(99).fill('412')]);
});
