// Which calls the client repeats after which failure, and how long it pauses.

import { describe, expect, test } from 'vitest';
import type { BatonClient } from '../../client/src/index.js';
import { pauseSeconds } from '../../client/src/retry.js';
import {
  answer,
  cut,
  failureOf,
  nowhere,
  refusal,
  refusedFirst,
  type Step,
  scriptedServer,
  silence,
  state,
  stateHeaders,
} from './scripted-server.js';

type MadeCall = (client: BatonClient) => Promise<unknown>;

const write = { id: 'call-1', data: { reason: 'billing' } };
const emptyPage = answer(200, { items: [], next_cursor: null });
const erasure = { erased_at: '2026-11-22T10:00:00.000Z', receipt: 'a.b.c' };
const erased = answer(200, { id: 'call-1', ...erasure });
const project = answer(200, {
  account_id: 'ws-1',
  account_slug: 'acme',
  project_id: 'PROJECT-1',
  project_slug: 'team',
  region: 'us-1',
  retention_seconds: 60,
  pickup_deadline_seconds: 60,
  sensitive_fields: [],
  sensitive_last_four: false,
  hash_ids: false,
  created_at: '2026-11-22T10:00:00.000Z',
});
const key = answer(200, {
  key_id: 'key-1',
  account_id: 'ws-1',
  projects: null,
  permission: 'read',
  view: 'full',
  region: 'us-1',
  created_at: '2026-11-22T10:00:00.000Z',
  expires_at: null,
  revoked_at: null,
  last_used_at: null,
  secret: 'a new secret',
});

const repeatableCalls: [string, MadeCall, Step][] = [
  ['get', (client) => client.get({ id: 'call-1' }), state()],
  ['find', (client) => client.find({ sharedId: 'shared-1' }), state()],
  ['list', (client) => client.list(), emptyPage],
  ['receipts', (client) => client.receipts(), emptyPage],
  ['projects.receipts', (client) => client.projects.receipts(), emptyPage],
  ['projects.list', (client) => client.projects.list(), emptyPage],
  ['projects.get', (client) => client.projects.get('PROJECT-1'), project],
  ['keys.list', (client) => client.keys.list(), emptyPage],
  ['put without precondition', (client) => client.put(write), state()],
];

const otherCalls: [string, MadeCall, Step][] = [
  ['put with ifMatch', (client) => client.put(write, { ifMatch: '"2"' }), state()],
  ['put with ifNoneMatch', (client) => client.put(write, { ifNoneMatch: '*' }), state()],
  ['patch', (client) => client.patch({ id: 'call-1' }, { data: {} }), state()],
  ['erase', (client) => client.erase({ id: 'call-1' }), erased],
  ['eraseNamed', (client) => client.eraseNamed('x'), answer(200, { erased: [] })],
  [
    'projects.erase',
    (client) => client.projects.erase('PROJECT-1'),
    answer(200, { project_id: 'PROJECT-1', ...erasure }),
  ],
  ['projects.create', (client) => client.projects.create({ projectSlug: 'new' }), project],
  [
    'projects.change',
    (client) => client.projects.change('PROJECT-1', { retentionSeconds: 60 }),
    project,
  ],
  ['keys.create', (client) => client.keys.create({ permission: 'read' }), key],
  ['keys.rotate', (client) => client.keys.rotate('key-1'), key],
  ['keys.revoke', (client) => client.keys.revoke('key-1'), key],
];

/** Failures after which nobody knows whether the server did what it was asked. */
const unknownOutcomes: [string, Step, string, { timeoutSeconds?: number }][] = [
  ['a cut connection', cut, 'network', {}],
  ['silence', silence, 'timeout', { timeoutSeconds: 2 }],
  ['a 503', refusal(503, 'unavailable'), 'unavailable', {}],
  ["a proxy's 503", answer(503, '<html>busy</html>'), 'unavailable', {}],
];

/** An answer of which the connection loses the end. */
const brokenOff: Step = (response) => {
  response.writeHead(200, { ...stateHeaders, 'content-length': '100' });
  response.write('{"id":', () => response.socket?.resetAndDestroy());
};

/** An answer of which the end does not come. */
const stalled: Step = (response) => {
  response.writeHead(200, stateHeaders).write('{"id":');
};

/** Runs all calls at once, since each of them pauses; a failed check names its call. */
function forEachCall(
  calls: typeof repeatableCalls,
  check: (name: string, call: MadeCall, success: Step) => Promise<void>,
): Promise<unknown> {
  return Promise.all(calls.map((each) => check(...each)));
}

describe.each(unknownOutcomes)('after %s', (_name, step, code, options) => {
  test('look-ups, lists and a put without precondition are repeated', () =>
    forEachCall(repeatableCalls, async (name, call, success) => {
      const server = await scriptedServer(step, success);
      await call(server.clientWith(options));
      expect(server.requests, name).toHaveLength(2);
      const [first, second] = server.requests;
      expect(second, name).toMatchObject({ url: first!.url, bodyText: first!.bodyText });
    }));

  test('no other write is repeated, and its outcome is told to be unknown', () =>
    forEachCall(otherCalls, async (name, call, success) => {
      const server = await scriptedServer(step, success);
      const error = await failureOf(call(server.clientWith(options)));
      expect(error, name).toMatchObject({ code, outcomeUnknown: true });
      expect(server.requests, name).toHaveLength(1);
    }));
});

test('every call is repeated after a 429', () =>
  forEachCall([...repeatableCalls, ...otherCalls], async (name, call, success) => {
    const server = await scriptedServer(refusal(429, 'rate_limited'), success);
    await call(server.client);
    expect(server.requests, name).toHaveLength(2);
  }));

test('every call is repeated after a connection that could not be made', () =>
  forEachCall([...repeatableCalls, ...otherCalls], async (name, call, success) => {
    const server = await scriptedServer(success);
    await call(server.clientWith({ fetch: refusedFirst() }));
    expect(server.requests, name).toHaveLength(1);
  }));

test.each([400, 401, 403, 404, 405, 409, 412, 413, 415, 431, 500, 502, 507])(
  'a look-up is not repeated after a %i',
  async (status) => {
    const server = await scriptedServer(refusal(status, ''), state());
    const error = await failureOf(server.client.get({ id: 'call-1' }));
    expect(error.status).toBe(status);
    expect(server.requests).toHaveLength(1);
  },
);

test('retries is the number of repetitions, after which the last failure is told', async () => {
  const server = await scriptedServer(cut, cut, refusal(503, 'unavailable'), state());
  const error = await failureOf(server.clientWith({ retries: 2 }).get({ id: 'call-1' }));
  expect(error).toMatchObject({ code: 'unavailable', status: 503, requestId: 'request-1' });
  expect(server.requests).toHaveLength(3);

  const once = await scriptedServer(cut, state());
  await failureOf(once.clientWith({ retries: 0 }).get({ id: 'call-1' }));
  expect(once.requests).toHaveLength(1);
});

test('an answer that breaks off is a lost connection', async () => {
  const server = await scriptedServer(brokenOff, state());
  await server.client.get({ id: 'call-1' });
  expect(server.requests).toHaveLength(2);

  const patched = await scriptedServer(brokenOff, state());
  const error = await failureOf(patched.client.patch({ id: 'call-1' }, { data: {} }));
  expect(error).toMatchObject({ code: 'network', outcomeUnknown: true });
});

test('the time-out holds for the whole answer, not only for its beginning', async () => {
  const server = await scriptedServer(stalled);
  const client = server.clientWith({ timeoutSeconds: 0.3, retries: 0 });
  expect(await failureOf(client.get({ id: 'call-1' }))).toMatchObject({ code: 'timeout' });
});

test('an unknown outcome stays told when a repetition is refused', async () => {
  const server = await scriptedServer(cut, refusal(403, 'forbidden'));
  const error = await failureOf(server.client.put(write));
  expect(error).toMatchObject({ code: 'forbidden', outcomeUnknown: true });

  const refused = await scriptedServer(refusal(403, 'forbidden'));
  expect(await failureOf(refused.client.put(write))).toMatchObject({ outcomeUnknown: false });
});

test('an address where nothing listens is told, with the reason of the system', async () => {
  const { clientWith } = await scriptedServer();
  const error = await failureOf(clientWith({ url: nowhere, retries: 1 }).get({ id: 'call-1' }));
  expect(error).toMatchObject({ code: 'network', status: undefined, outcomeUnknown: false });
  expect(error.message).toContain(`${nowhere} could not be reached (ECONNREFUSED)`);
});

test.each([
  ['seconds', () => '1', 1],
  ['a date', () => new Date(Date.now() + 3_000).toUTCString(), 0.9],
])('Retry-After in %s is waited for', async (_form, retryAfter, secondsMin) => {
  const headers = { 'retry-after': retryAfter() };
  const server = await scriptedServer(refusal(429, 'rate_limited', headers), state());
  await server.client.get({ id: 'call-1' });
  const [first, second] = server.requests;
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(secondsMin * 1000);
});

test('a Retry-After above 10 seconds fails at once and is told', async () => {
  const headers = { 'retry-after': '11' };
  const server = await scriptedServer(refusal(503, 'unavailable', headers), state());
  const error = await failureOf(server.client.get({ id: 'call-1' }));
  expect(error).toMatchObject({ code: 'unavailable', retryAfterSeconds: 11 });
  expect(server.requests).toHaveLength(1);
});

test('pauses double up to 5 seconds, and a random part of them is left out', () => {
  const longest = [0.25, 0.5, 1, 2, 4, 5, 5];
  for (const [repetition, secondsMax] of longest.entries()) {
    const pauses = Array.from({ length: 100 }, () => pauseSeconds(repetition, undefined));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(secondsMax);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(secondsMax / 2);
    expect(new Set(pauses).size).toBeGreaterThan(1);
  }
});

test('a call pauses before it is repeated', async () => {
  const server = await scriptedServer(cut, cut, state());
  await server.client.get({ id: 'call-1' });
  const [first, second, third] = server.requests;
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(120);
  expect(third!.at - second!.at).toBeGreaterThanOrEqual(245);
});
