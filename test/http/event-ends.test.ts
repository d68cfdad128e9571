// How streams of events end: with their key, session or project, with the server, where the reader
// takes nothing; and how many there may be.

import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test } from 'vitest';
import { limits } from '../../src/limits.js';
import { admin, madeKey, madeProject, metric } from '../support/admin-calls.js';
import { collectGarbage } from '../support/collect-garbage.js';
import { type EventReader, readEvents } from '../support/event-reader.js';
import { put } from '../support/handoff-calls.js';
import { onDatabase } from '../support/raw-audit.js';
import { head } from '../support/raw-request.js';
import { expectRefusal } from '../support/refusal.js';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';
import { callAs, signedIn } from '../support/session-calls.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** A stream that is closed with the test. */
async function opened(
  headers: Record<string, string>,
  of: Pick<TestServer, 'stateUrl' | 'keys'> = server,
): Promise<EventReader> {
  const reader = await readEvents(of, { headers });
  onTestFinished(() => reader.close());
  expect(reader.status).toBe(200);
  return reader;
}

const streams = (of = server) => metric(of, 'baton_event_streams');

describe('a stream ends', () => {
  it('with the revocation of its key, and others go on', async () => {
    const { text, keyId } = await madeKey(server, { permission: 'admin' });
    const reader = await opened({ 'x-api-key': text });
    const other = await opened({ 'x-api-key': server.keys.admin });
    await admin(server, 'DELETE', `keys/${keyId}`);
    await reader.ended();
    await put(server, { id: 'after', data: {} });
    await other.until(1);
    expect(reader.events).toEqual([]);
    expect(other.hasEnded).toBe(false);
  });

  it('with the life of its key', async () => {
    const expiresAt = new Date(server.clock.now() + 60_000).toISOString();
    const { text } = await madeKey(server, { permission: 'admin', expires_at: expiresAt });
    const reader = await opened({ 'x-api-key': text });
    server.clock.advance(60_000);
    await reader.ended();
  });

  it('with its session, where that signs out and where its time is over', async () => {
    for (const end of ['sign out', 'time']) {
      const browser = await signedIn(server);
      const reader = await opened({ cookie: browser.cookie });
      const url = `${server.url}/console/session`;
      if (end === 'time') server.clock.advance(limits.sessionSecondsMax * 1_000);
      else await callAs(browser, url, { method: 'DELETE' });
      await reader.ended();
    }
  });

  it('with its project', async () => {
    const project = await madeProject(server, 'ending');
    const reader = await opened({ 'x-api-key': server.keys.admin }, { ...server, ...project });
    await admin(server, 'DELETE', `projects/${project.projectId}`);
    await reader.ended();
  });

  it('where its reader goes, and leaves nothing behind', async () => {
    const reader = await opened({ 'x-api-key': server.keys.admin });
    const before = await streams();
    reader.close();
    await expect.poll(() => streams(), { interval: 20 }).toBe(before - 1);
  });

  it('where its reader goes that has asked for others behind it on the same connection', async () => {
    const before = await streams();
    const { pathname, host, port } = new URL(server.stateUrl.replace('handoff_state', 'events'));
    const one = head(`GET ${pathname} HTTP/1.1`, { host, 'x-api-key': server.keys.admin });
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(one.repeat(3)));
    await expect.poll(() => streams(), { interval: 20 }).toBe(before + 3);
    socket.destroy();
    await expect.poll(() => streams(), { interval: 20 }).toBe(before);
  });

  it('where its reader takes nothing, and what waits for it is little until then', async () => {
    const other = await startServer();
    onTestFinished(() => other.stop());
    const first = await readEvents(other);
    await put(other, { id: 'one', data: {} });
    await first.until(1);
    first.close();
    await onDatabase(other.config, manyEvents);
    collectGarbage();
    const heapBefore = process.memoryUsage().heapUsed;
    const reader = await readEvents(other, { query: '?last_event_id=1' });
    onTestFinished(() => reader.close());
    reader.response.pause();
    await expect.poll(() => streams(other)).toBe(1);
    const mebibytes = (process.memoryUsage().heapUsed - heapBefore) / 1024 ** 2;
    expect(mebibytes).toBeLessThan(64);
    await expect
      .poll(
        async () => {
          other.clock.advance(limits.eventReaderMsMax / 10);
          return streams(other);
        },
        { interval: 200, timeout: 20_000 },
      )
      .toBe(0);
  });

  test('with the server, which does not wait for its reader', async () => {
    const other = await startServer();
    const reader = await readEvents(other);
    const began = performance.now();
    await other.serving.close();
    expect(performance.now() - began).toBeLessThan(7_000);
    await reader.ended();
    await (await startServer(other.config)).stop();
  });
});

/** More than the buffers of a connection hold. */
const manyEvents = `
  WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < 200000)
  INSERT INTO event (tenant, seq, kind, id, at, late)
  SELECT tenant, n + 1000, 'written', 'call-with-a-rather-long-name-to-fill-buffers-' || n, 0, 0
  FROM numbers, (SELECT tenant FROM event_counter LIMIT 1) AS project`;

test('a key has so many streams and a node so many; one more is refused', async () => {
  const perKey = limits.eventStreamsPerKeyMax;
  const keys = limits.eventStreamsPerNodeMax / perKey;
  const readers: EventReader[] = [];
  const url = server.stateUrl.replace('handoff_state', 'events');
  for (let made = 0; made < keys; made++) {
    const { text } = await madeKey(server, { permission: 'admin' });
    const headers = { 'x-api-key': text };
    const ofKey = Array.from({ length: perKey }, () => readEvents(server, { headers }));
    readers.push(...(await Promise.all(ofKey)));
    if (made > 0) continue;
    const refused = await send(url, { key: text });
    expectRefusal(refused, 'rate_limited', /^This API key has as many event streams open as/);
    expect(refused.headers).toMatchObject({ ratelimit: '"event_streams";r=0;t=5' });
  }
  expect(readers.every(({ status }) => status === 200)).toBe(true);
  const refused = await send(url, { key: server.keys.admin });
  expectRefusal(refused, 'unavailable', /^The server has as many event streams open as it may;/);
  expect(refused.headers['retry-after']).toBe('5');
  await put(server, { id: 'for all', data: {} });
  // One look at all of them: the server has its turns between.
  const told = () => readers.filter(({ events }) => events.length === 1).length;
  await expect.poll(told, { interval: 100, timeout: 25_000 }).toBe(readers.length);
  for (const reader of readers) reader.close();
  await expect.poll(() => streams(), { timeout: 15_000 }).toBe(0);
  expect((await send(url, { key: server.keys.admin })).status).toBe(200);
});
