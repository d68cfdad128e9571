// What ends a wait besides the write: a reader that goes, a key that ends, a server that stops.

import { request } from 'node:http';
import { afterAll, expect, test } from 'vitest';
import { limits } from '../../src/limits.js';
import { admin, madeKey, untilWaiting } from '../support/admin-calls.js';
import { crowd } from '../support/crowd.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { send } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());

test('a reader that goes away frees its waiter', async () => {
  const url = `${server.stateUrl}?id=hung-up&wait=20`;
  const reader = request(url, { headers: { 'x-api-key': server.keys.read }, agent: false });
  reader.on('error', () => {}).end();
  await untilWaiting(server, 1);
  reader.destroy();
  await untilWaiting(server, 0);

  const pipelined = await crowd(server, server.keys.read, 3);
  await untilWaiting(server, 3);
  pipelined.leave();
  await untilWaiting(server, 0);
  expect((await put(server, { id: 'hung-up', data: {} })).status).toBe(201);
});

test('a key that is revoked during the wait gets no data', async () => {
  const { text, keyId } = await madeKey(server, { permission: 'read' });
  const reading = lookUp(server, { id: 'secret', wait: '15' }, { key: text });
  await untilWaiting(server, 1);
  await admin(server, 'DELETE', `keys/${keyId}`);
  await put(server, { id: 'secret', data: { pin: '8812' } });
  const refused = await reading;
  expect([refused.status, refused.json.error_code]).toEqual([403, 'forbidden']);
  expect(refused.text).not.toContain('8812');
  expect(refused.headers.etag).toBeUndefined();
});

test('a key that expires during the wait gets no data', async () => {
  const expires_at = new Date(server.clock.now() + 60_000).toISOString();
  const { text } = await madeKey(server, { permission: 'read', expires_at });
  const reading = lookUp(server, { id: 'secret-2', wait: '15' }, { key: text });
  await untilWaiting(server, 1);
  server.clock.advance(60_001);
  await put(server, { id: 'secret-2', data: { pin: '8812' } });
  const refused = await reading;
  expect([refused.status, refused.json.error_code]).toEqual([403, 'forbidden']);
});

test('shutdown answers who waits with 503 and Retry-After, at once', async () => {
  const stopping = await startServer();
  const readings = Array.from({ length: 20 }, (_, place) =>
    lookUp(stopping, { id: `nobody-${place}`, wait: '20' }),
  );
  await untilWaiting(stopping, 20);
  const begin = performance.now();
  const stopped = stopping.stop();
  for (const answer of await Promise.all(readings)) {
    expect([answer.status, answer.json.error_code]).toEqual([503, 'unavailable']);
    expect(answer.headers['retry-after']).toBe('1');
  }
  await stopped;
  expect(performance.now() - begin).toBeLessThan(5_000);
});

test('1,000 readers of a key and 10,000 of a node wait; one more is answered at once', async () => {
  const { waitersPerKeyMax: perKey, waitersPerNodeMax: perNode } = limits;
  expect([perKey, perNode]).toEqual([1_000, 10_000]);
  const keys = await Promise.all(
    Array.from({ length: perNode / perKey + 1 }, async () => {
      return (await madeKey(server, { permission: 'read' })).text;
    }),
  );
  const oneMore = async (key: string) => {
    const begin = performance.now();
    const answer = await lookUp(server, { id: 'one-more', wait: '20' }, { key });
    expect([answer.status, answer.json.error_code]).toEqual([404, 'handoff_state_not_found']);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.headers['preference-applied']).toBeUndefined();
    expect(performance.now() - begin).toBeLessThan(5_000);
  };

  const crowds = [await crowd(server, keys[0]!, perKey)];
  await untilWaiting(server, perKey);
  await oneMore(keys[0]!);
  const other = lookUp(server, { id: 'other-key', wait: '15' }, { key: keys[1]! });
  await untilWaiting(server, perKey + 1);
  await put(server, { id: 'other-key', data: {} });
  expect((await other).status).toBe(200);

  for (const key of keys.slice(1, -1)) crowds.push(await crowd(server, key, perKey));
  await untilWaiting(server, perNode);
  await oneMore(keys.at(-1)!);
  expect((await send(`${server.stateUrl}?id=other-key`, { key: keys[0]! })).status).toBe(200);

  for (const readers of crowds) readers.leave();
  await untilWaiting(server, 0);
  const reading = lookUp(server, { id: 'room-again', wait: '15' }, { key: keys[0]! });
  await untilWaiting(server, 1);
  await put(server, { id: 'room-again', data: {} });
  expect((await reading).status).toBe(200);
});
