// 10,000 malformed requests, byte for byte: never a 5xx, never a hang, every answer in the envelope.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { atOnce } from '../support/at-once.js';
import { askAgain, failuresIn } from '../support/busy-server.js';
import { guessedKey } from '../support/other-keys.js';
import { seededRandom } from '../support/random.js';
import { type RawAnswer, sendRaw } from '../support/raw-request.js';
import { expectEnvelope } from '../support/refusal.js';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';
import { malformedRequest } from './malformed-request.js';

const requests = 10_000;

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

test(`${requests} malformed requests are each answered or cut off, and harm nobody`, async () => {
  const random = seededRandom('malformed requests');
  const { read, write } = server.keys;
  const known = { keys: [read, read, write, guessedKey(write), 'hush', ''] };
  const bytes = Array.from({ length: requests }, () => malformedRequest(random, known));
  const body = { id: 'good', shared_id: 'good-2', data: { kept: true } };
  expect((await send(server.stateUrl, { method: 'PUT', key: write, body })).status).toBe(201);

  const answered = new Map<number, number>();
  await atOnce(100, bytes, async (request) => {
    const answer = await askAgain(async () => {
      return (await sendRaw(server.url, request, { endAfterMs: 1_000, hangMs: 30_000 }))[0];
    });
    answered.set(answer?.status ?? 0, (answered.get(answer?.status ?? 0) ?? 0) + 1);
    if (answer !== undefined) expectProper(answer, request);
  });
  console.log('answers by status (0: none):', Object.fromEntries(answered));

  // Requests that are cut short are dropped; all the others must have been answered.
  expect(answered.get(0) ?? 0).toBeLessThan(requests / 5);
  for (const status of [200, 400, 401, 404, 405, 431])
    expect([...answered.keys()]).toContain(status);
  const found = await send(`${server.stateUrl}?shared_id=good-2`, { key: read });
  expect([found.status, found.json]).toEqual([200, body]);
  expect(failuresIn(server.log)).toEqual([]);
}, 300_000);

function expectProper(answer: RawAnswer, request: string): void {
  const shown = JSON.stringify(request.slice(0, 600));
  expect(answer.status, shown).toBeGreaterThanOrEqual(200);
  expect(answer.status, shown).toBeLessThan(500);
  expect(answer.headers['x-request-id'], shown).toMatch(/^[0-9a-f]{12}-[0-9a-z]+$/);
  if (answer.status >= 400 && answer.text !== '') expectEnvelope(answer);
  const isHead = /^[\r\n]*HEAD /.test(request);
  if (answer.status >= 400 && !isHead) expect(answer.text, shown).not.toBe('');
}
