// What an operator watches: alive, ready, metrics with a key or on a port of their own.

import { Agent } from 'node:http';
import { afterAll, expect, test } from 'vitest';
import { metric, untilWaiting } from '../support/admin-calls.js';
import { breakStore } from '../support/break-store.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { send } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer({ metricsPort: 0 });
afterAll(() => server.stop());
const route = '/v1/:account_id/:project_id/handoff_state';

test('livez and readyz answer without a key', async () => {
  for (const path of ['/livez', '/readyz']) {
    const answer = await send(server.url + path);
    expect([answer.status, answer.json]).toEqual([200, { status: 'ok' }]);
    expect(answer.headers['x-request-id']).toBeTypeOf('string');
  }
});

test('a server whose store cannot be read is alive and not ready; it heals by itself', async () => {
  const first = await startServer();
  await first.serving.close();
  const second = await startServer(first.config);
  const { repair } = await breakStore(first.config);
  const hurt = [await send(`${second.url}/livez`), await send(`${second.url}/readyz`)];
  await repair();
  const healed = await send(`${second.url}/readyz`);
  await second.stop();
  expect(hurt.map(({ status }) => status)).toEqual([200, 503]);
  expect(healed.status).toBe(200);
});

test('a server that shuts down is not ready', async () => {
  const stopping = await startServer();
  // Who has a connection is told to leave, and meanwhile others are answered, too.
  const agent = new Agent({ keepAlive: true });
  expect((await send(`${stopping.url}/readyz`, { agent })).status).toBe(200);
  const stopped = stopping.stop();
  const answer = await send(`${stopping.url}/readyz`);
  expect([answer.status, answer.json.error_code]).toEqual([503, 'unavailable']);
  expect(answer.headers['retry-after']).toBe('1');
  agent.destroy();
  await stopped;
});

test('/metrics needs an admin key', async () => {
  const statusWith = async (key?: string) =>
    (await send(`${server.url}/metrics`, key === undefined ? {} : { key })).status;
  const { admin, write, read } = server.keys;
  expect(await Promise.all([undefined, read, write, admin].map(statusWith))).toEqual([
    401, 403, 403, 200,
  ]);
});

test('requests are counted by method, route and status, with their time', async () => {
  const own = await startServer();
  await put(own, { id: 'counted', data: {} });
  await put(own, { id: 'counted', data: {} });
  await lookUp(own, { id: 'counted' });
  await lookUp(own, { id: 'nobody' });
  await lookUp(own, { id: 'counted' }, { method: 'HEAD' });
  await send(`${own.url}/unheard/of/path`);
  const { headers, text } = await send(`${own.url}/metrics`, { key: own.keys.admin });
  await own.stop();

  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  const counts = new Map(
    [...text.matchAll(/^baton_requests_total\{(.+)\} (\d+)$/gm)].map((found) => [
      found[1],
      found[2],
    ]),
  );
  expect(Object.fromEntries(counts)).toEqual({
    [`method="PUT",route="${route}",status="201"`]: '1',
    [`method="PUT",route="${route}",status="200"`]: '1',
    [`method="GET",route="${route}",status="200"`]: '1',
    [`method="GET",route="${route}",status="404"`]: '1',
    [`method="HEAD",route="${route}",status="200"`]: '1',
    'method="GET",route="none",status="404"': '1',
  });
  for (const [labels, count] of counts) {
    const buckets = text
      .split('\n')
      .filter((line) => line.startsWith(`baton_request_duration_seconds_bucket{${labels},`))
      .map((line) => Number(line.slice(line.lastIndexOf(' '))));
    expect(buckets).toEqual(buckets.toSorted((one, other) => one - other));
    expect(buckets.at(-1)).toBe(Number(count));
    expect(text).toContain(`baton_request_duration_seconds_count{${labels}} ${count}\n`);
    expect(text).toMatch(/baton_request_duration_seconds_sum\{.+\} \d/);
  }
});

test('every line of /metrics is a sample of a typed metric, or tells about one', async () => {
  const { text } = await send(`${server.url}/metrics`, { key: server.keys.admin });
  expect(text.endsWith('\n')).toBe(true);
  const types = new Set<string>();
  for (const line of text.trimEnd().split('\n')) {
    const type = /^# TYPE (\w+) (?:counter|gauge|histogram)$/.exec(line);
    if (type !== null) types.add(type[1]!);
    if (line.startsWith('#')) continue;
    const sample =
      /^(\w+?)(?:_bucket|_sum|_count)?(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? [0-9.e+-]+$/;
    expect(types).toContain(sample.exec(line)?.[1]);
  }
});

test('gauges tell of waiters and of the store', async () => {
  expect(await metric(server, 'baton_waiters')).toBe(0);
  const reading = lookUp(server, { id: 'gauged', wait: '15' });
  await untilWaiting(server, 1);
  await put(server, { id: 'gauged', data: {} });
  await reading;
  await lookUp(server, { id: 'gauged' });
  expect(await metric(server, 'baton_waiters')).toBe(0);
  expect(await metric(server, 'baton_answers_cached')).toBeGreaterThanOrEqual(0);
  expect(await metric(server, 'baton_answers_cached_bytes')).toBeGreaterThanOrEqual(0);
  // An audit entry may just be on its way.
  await expect.poll(() => metric(server, 'baton_writes_queued')).toBe(0);
  expect(await metric(server, 'baton_storage_full')).toBe(0);
  expect(await metric(server, 'baton_store_ready')).toBe(1);
  expect(await metric(server, 'baton_database_connections_awaited')).toBe(0);
});

test('on their own port the metrics need no key, and nothing else is there', async () => {
  const url = server.serving.metricsUrl!;
  const answer = await send(url);
  expect([answer.status, answer.text.includes('baton_waiters 0')]).toEqual([200, true]);
  expect(new URL(url).port).not.toBe(new URL(server.url).port);

  const { origin } = new URL(url);
  for (const path of ['/', '/livez', '/metrics/', '/v1/demo/demo/handoff_state?id=x']) {
    expect((await send(origin + path, { key: server.keys.admin })).status).toBe(404);
  }
  expect((await send(url, { method: 'POST' })).status).toBe(404);
  const without = await startServer();
  expect(without.serving.metricsUrl).toBeNull();
  await without.stop();
});
