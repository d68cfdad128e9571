// Two states that differ only in what is withheld are one and the same to the key that does not see
// it: every answer to every call is the same, byte by byte.

import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApiOf, operationsOf } from '../fuzz/openapi-operations.js';
import { admin, keyIdOf, madeKey, untilWaiting } from '../support/admin-calls.js';
import { erase, lookUp, put } from '../support/handoff-calls.js';
import { seededRandom } from '../support/random.js';
import { type Received, type Sent, send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
const keys: Record<string, string> = {};
beforeAll(async () => {
  server = await startServer();
  const settings = { sensitive_fields: ['/secret', '/secret/deep', '/list/*/own', '/by/*'] };
  expect((await admin(server, 'PATCH', 'projects/demo', settings)).status).toBe(200);
  const allow = ['/open', '/open/part', '/secret/none', '/list/*/open'];
  for (const [name, view] of Object.entries({ masked: 'masked', listed: { allow } })) {
    keys[name] = (await madeKey(server, { permission: 'read', view })).text;
  }
});
afterAll(() => server.stop());

const names = { id: 'conv-1', shared_id: 'CA-1', aliases: ['crm-1'] };
const member = fc.constantFrom('deep', 'none', 'open', 'own', 'a');
const value = fc
  .oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.dictionary(member, fc.jsonValue({ maxDepth: 1 })),
    fc.string({ minLength: 200, maxLength: 2_000 }),
    fc.constantFrom('', '•••', '123456789', 'x'.repeat(9), null, 0, {}, []),
  )
  // A member of this name is refused.
  .filter((made) => !JSON.stringify(made).includes('"__proto__"'));
/** Neither of the keys sees what stands at these places. */
const secrets = fc.record({ secret: value, own: value, other: value });
type Secrets = typeof secrets extends fc.Arbitrary<infer Made> ? Made : never;

/** `/secret` is shown by the list only where it holds `none`, which is another matter. */
function dataOf({ secret, own, other }: Secrets): object {
  const hidden = typeof secret === 'object' && secret !== null && 'none' in secret ? [] : secret;
  return { open: [1, 'two'], secret: hidden, list: [{ own, open: 1 }, 7], by: { a: other } };
}

/** All that an answer tells but what is its own: its id, its time, and when the state ends. */
function told({ status, headers, text }: Received): string {
  const { date: _date, 'x-request-id': id, sunset: _sunset, ...rest } = headers;
  const ownBytes = text.includes(String(id)) ? String(id).length : 0;
  const length = Number(rest['content-length'] ?? 0) - ownBytes;
  const shown = { ...rest, 'content-length': length };
  return JSON.stringify([status, shown, text.replaceAll(String(id), '')]);
}

/** What the key is answered to every call that concerns the state. */
async function answers(key: string): Promise<string[]> {
  const call = (path: string, sent: Sent = {}) => send(server.url + path, { key, ...sent });
  const state = '/v1/demo/demo/handoff_state';
  const tagged = (etag: string) =>
    call(`${state}?id=conv-1`, { headers: { 'if-none-match': etag } });
  const versions = Array.from({ length: 9 }, (_, version) => `"${version}"`);
  const writes: Sent[] = ['PUT', 'PATCH', 'DELETE'].flatMap((method) =>
    ['"1"', '"2"', '*'].map((version) => ({
      method,
      headers: { 'if-match': version },
      ...(method === 'DELETE' ? {} : { body: { id: 'conv-1', data: {} } }),
    })),
  );
  const found = await call(`${state}?id=conv-1`);
  const received = await Promise.all([
    Promise.resolve(found),
    call(`${state}?shared_id=CA-1`),
    call(`/v3/demo/demo/handoff_state?shared_id=crm-1`),
    call(`/demo/demo/handoff_state?id=conv-1&wait=1`),
    call(`${state}?id=conv-1`, { method: 'HEAD' }),
    call(`${state}?id=conv-1`, { headers: { prefer: 'wait=2', range: 'bytes=0-9' } }),
    call(`${state}?id=conv-1`, {
      headers: { 'if-modified-since': new Date().toUTCString() },
    }),
    call(`${state}?id=conv-1`, { headers: { 'accept-encoding': 'gzip, br' } }),
    tagged(String(found.headers.etag)),
    tagged(versions.join(', ')),
    tagged('*'),
    ...writes.map((sent) => call(`${state}?id=conv-1`, sent)),
    call('/v1/demo/demo/handoff_states?id=conv-1'),
    call('/v1/keys'),
    call('/v1/projects/demo'),
    call('/metrics'),
    call(`/v1/keys/${keyIdOf(key)}/rotate`, { method: 'POST' }),
  ]);
  expect(received.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
  expect(found.status).toBe(200);
  return received.map(told);
}

test('no answer tells which of two states it is, however often either was written', async () => {
  const { seed } = seededRandom('withheld values');
  const pairs = fc.sample(fc.tuple(secrets, secrets, fc.nat(2)), { numRuns: 25, seed });
  for (const [one, other, times] of pairs) {
    await put(server, { ...names, data: dataOf(one) });
    const before = await Promise.all(Object.values(keys).map(answers));
    for (let time = 0; time <= times; time++) {
      expect((await put(server, { ...names, data: dataOf(other) })).status).toBe(200);
    }
    const after = await Promise.all(Object.values(keys).map(answers));
    expect(after, JSON.stringify([one, other])).toEqual(before);
  }
}, 300_000);

test('every call that such a key is let in to is among them', async () => {
  const operations = operationsOf(await openApiOf(server));
  const readable = operations.filter(({ permission }) => permission === 'read');
  const state = '/v1/{account_id}/{project_id}/handoff_state';
  expect(readable.map(({ method, path }) => `${method} ${path}`)).toEqual([
    `GET ${state}`,
    `HEAD ${state}`,
    `POST ${state}/links`,
  ]);
});

test('nor does the page of a link, made before or after', async () => {
  const [one, other] = [
    { secret: 'x', own: 1, other: null },
    { secret: 'z'.repeat(3_000), own: ['z', 2], other: { a: 'long '.repeat(50) } },
  ];
  for (const key of Object.values(keys)) {
    await erase(server, { id: 'conv-1' });
    await put(server, { ...names, data: dataOf(one) });
    const link = async () => {
      const url = `${server.stateUrl}/links?id=conv-1`;
      const made = await send(url, { method: 'POST', key });
      expect(made.status, made.text).toBe(201);
      return String(made.json.url);
    };
    const [first, second] = [await link(), await link()];
    const before = await pageTold(first);
    expect(before).toContain('two');
    await put(server, { ...names, data: dataOf(other) });
    expect(await pageTold(second)).toEqual(before);
    expect(await pageTold(await link())).toEqual(before);
  }
});

/** All that the page and its headers tell but what is its own, and when the state ends. */
async function pageTold(url: string): Promise<string> {
  const page = await send(url);
  expect(page.status).toBe(200);
  const own = new RegExp(`${url.split('/').at(-1)!}|<time .*?</time>|\\d+ seconds? ago`, 'g');
  return told(page).replaceAll(own, '');
}

test('nor does the answer to a wait', async () => {
  const variants = [
    { secret: 'x', own: 1, other: null },
    { secret: { deep: 'y'.repeat(5_000) }, own: ['z'], other: { a: 1 } },
  ];
  const answered: string[][] = [];
  for (const variant of variants) {
    await erase(server, { id: 'conv-1' });
    const waits = Object.values(keys).flatMap((key) => [
      lookUp(server, { shared_id: 'CA-1', wait: '20' }, { key }),
      lookUp(server, { id: 'conv-1', wait: '20' }, { key, method: 'HEAD' }),
    ]);
    await untilWaiting(server, waits.length);
    await put(server, { ...names, data: dataOf(variant) });
    answered.push((await Promise.all(waits)).map(told));
  }
  expect(answered[0]![0]).toContain('baton-withheld');
  expect(answered[1]).toEqual(answered[0]);
});

test('the comparison tells what it is meant to tell', async () => {
  const read = server.keys.read;
  await put(server, { ...names, data: dataOf({ secret: 1, own: 1, other: 1 }) });
  const before = await answers(read);
  await put(server, { ...names, data: dataOf({ secret: 2, own: 1, other: 1 }) });
  const after = await answers(read);
  expect(after.filter((one, index) => one !== before[index]).length).toBeGreaterThan(5);
});
