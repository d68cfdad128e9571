// `baton link`: a link that opens, as it is wanted.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { put } from '../support/handoff-calls.js';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';
import { baton, batonJson } from './baton.js';

let server: TestServer;
let environment: Record<string, string>;

beforeAll(async () => {
  server = await startServer();
  environment = {
    BATON_URL: server.url,
    BATON_API_KEY: server.keys.read,
    BATON_ACCOUNT: 'demo',
    BATON_PROJECT: 'demo',
  };
  await put(server, { id: 'call-1', shared_id: 'CA1', data: { name: 'Ada' } });
});
afterAll(() => server.stop());

test.each([
  ['--id', 'call-1'],
  ['--shared-id', 'CA1'],
])('by %s', async (...name) => {
  const { code, output, errors } = await baton(['link', ...name], { environment });
  expect([code, errors]).toEqual([0, expect.stringMatching(/^The link opens until .*Z\.\n$/)]);
  expect((await send(output.trim())).text).toContain('Ada');
});

test('for as long as is wanted, once', async () => {
  const words = ['link', '--id', 'call-1', '--ttl', '8h', '--one-time', '--json'];
  const begun = Date.now();
  const made = await batonJson(words, { environment });
  expect(Object.keys(made)).toEqual(['url', 'expires_at']);
  const hours = (Date.parse(String(made['expires_at'])) - begun) / 3_600_000;
  expect(hours).toBeCloseTo(8, 1);
  expect((await send(String(made['url']))).status).toBe(200);
  server.clock.advance(31_000);
  expect((await send(String(made['url']))).status).toBe(404);
});

test.each([
  [['link'], /--id or --shared-id: found neither/],
  [['link', '--id', 'call-1', '--ttl', '59s'], /--ttl: .*from 1m to 8h/],
  [['link', '--id', 'call-1', '--ttl', '481m'], /--ttl: .*from 1m to 8h/],
])('%j is wrong usage', async (words, says) => {
  const { code, errors } = await baton(words, { environment });
  expect(code).toBe(2);
  expect(errors).toMatch(says);
});
