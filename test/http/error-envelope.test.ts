// Every answer has an id of its own, and every error of every route the same three members.

import { afterAll, expect, test } from 'vitest';
import { statusOfCode } from '../../src/error.js';
import { put } from '../support/handoff-calls.js';
import { type Received, send } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());

interface Operation {
  readonly method: string;
  readonly url: string;
  /** Whether it needs a key. */
  readonly isGuarded: boolean;
}

/** Every call that the server documents, HEAD aside, and the look-up's other paths. */
async function operations(): Promise<Operation[]> {
  const { json } = await send(`${server.url}/openapi.json`);
  const paths = json.paths as Record<string, Record<string, { security?: unknown[] }>>;
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      url: server.url + path.replaceAll(/\{\w+\}/g, 'demo'),
      isGuarded: (security ?? []).length > 0,
    })),
  );
  const others = ['/v3/demo/demo/handoff_state', '/demo/demo/handoff_state'].map((path) => ({
    method: 'GET',
    url: server.url + path,
    isGuarded: true,
  }));
  return [...documented.filter(({ method }) => method !== 'HEAD'), ...others];
}

test('every call that needs a key answers 401 without one, in the envelope', async () => {
  const guarded = (await operations()).filter(({ isGuarded }) => isGuarded);
  expect(guarded.length).toBeGreaterThan(12);
  for (const { method, url } of guarded) {
    expectEnvelope(await send(url, { method }), 'unauthorized');
  }
});

test('a call with parameters or a body that do not fit answers in the envelope', async () => {
  for (const { method, url, isGuarded } of await operations()) {
    if (!isGuarded || url.endsWith('/metrics')) continue;
    const answer = await send(`${url}?id=a&id=b&limit=x`, {
      method,
      key: server.keys.admin,
      ...(['PUT', 'POST', 'PATCH'].includes(method) ? { body: '[]' } : {}),
    });
    if (answer.status === 200) expect(url).toMatch(/\/v1\/projects\/demo$/);
    else expectEnvelope(answer, answer.json.error_code);
  }
});

test('a path that is not there is 404, a method that is not taken 405 with Allow', async () => {
  expectEnvelope(await send(`${server.url}/v2/demo/demo/handoff_state`), 'not_found');
  expectEnvelope(await send(`${server.url}/`), 'not_found');

  const calls = await operations();
  for (const url of new Set(calls.map((call) => call.url))) {
    const refused = await send(url, { method: 'OPTIONS' });
    expectEnvelope(refused, 'method_not_allowed');
    const taken = calls.filter((call) => call.url === url).map(({ method }) => method);
    const allowed = new Set(taken.includes('GET') ? [...taken, 'HEAD'] : taken);
    expect(new Set(String(refused.headers.allow).split(', '))).toEqual(allowed);
  }
});

test('the request id is made here, differs every time and is never taken over', async () => {
  await put(server, { id: 'call-1', data: {} });
  const ids = new Set<unknown>();
  const urls = [`${server.stateUrl}?id=call-1`, `${server.stateUrl}?id=none`, server.url];
  for (const url of [...urls, ...urls]) {
    const headers = { 'x-request-id': 'mine', 'request-id': 'mine' };
    const answer = await send(url, { key: server.keys.read, headers });
    ids.add(answer.headers['x-request-id']);
  }
  expect(ids.size).toBe(6);
  expect(ids).not.toContain('mine');
});

function expectEnvelope(answer: Received, code: keyof typeof statusOfCode): void {
  expect([answer.status, answer.json]).toEqual([
    statusOfCode[code],
    {
      error_message: expect.stringMatching(/^\S.*\.$/),
      error_code: code,
      error_id: answer.headers['x-request-id'],
    },
  ]);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
}
