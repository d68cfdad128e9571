// Nothing of data, no id and no key gets into logs, metrics or error messages.

import { expect, test } from 'vitest';
import { newKeyText } from '../../src/key.js';
import { admin, keyIdOf, madeKey, untilWaiting } from '../support/admin-calls.js';
import { breakStore } from '../support/break-store.js';
import { erase, lookUp, patch, put } from '../support/handoff-calls.js';
import { type Received, send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

/** Stands in every id, alias, member and value of this file. */
const mark = 'Canary77';
const data = { [`${mark}-member`]: `${mark}-value` };
const names = { id: `${mark}-id`, shared_id: `${mark}-shared`, aliases: [`${mark}-alias`] };

test('after every kind of request nothing is in the log, in /metrics or in an error', async () => {
  const server = await startServer({ logLevel: 'trace' });
  const keys = [...Object.values(server.keys), newKeyText('us-1').text, newKeyText('uk-1').text];
  const answers = [
    ...(await goodRequests(server)),
    ...(await badBodies(server)),
    ...(await badRequests(server, keys.slice(3))),
    ...(await waitingRequests(server)),
  ];
  server.clock.advance(8 * 86_400_000);
  answers.push(await lookUp(server, { id: names.id }), await lookUp(server, { shared_id: mark }));
  const metrics = await send(`${server.url}/metrics`, { key: server.keys.admin });
  await server.serving.close();
  const failed = await requestsOfBrokenStore(server);

  const errors = [...answers, ...failed.answers].filter(({ status }) => status >= 400);
  const statuses = new Set(errors.map(({ status }) => status));
  expect(statuses).toEqual(new Set([400, 401, 403, 404, 405, 409, 412, 413, 415, 500, 503]));

  const log = [...server.log, ...failed.log];
  const texts = { log: log.join(''), metrics: metrics.text, errors: told(errors) };
  expect(log.length).toBeGreaterThan(50);
  expect(metrics.text).toContain('baton_requests_total');
  for (const [where, text] of Object.entries(texts)) {
    expect(`${where}: ${excerpt(text, mark)}`).toBe(`${where}: nothing`);
    for (const key of keys) {
      for (const part of [key, key.slice(-20), keyIdOf(key)]) {
        expect(`${where}: ${excerpt(text, part)}`).toBe(`${where}: nothing`);
      }
    }
  }
});

test('the search finds what it is meant to find', () => {
  expect(excerpt('a Canary77 sings', mark)).toContain('sings');
  expect(excerpt('a%43anary77', mark)).toContain('anary77');
});

async function goodRequests(server: TestServer): Promise<Received[]> {
  const query = `${server.stateUrl}s?id=${names.id}&shared_id=${names.shared_id}`;
  return [
    await put(server, { ...names, data }),
    await lookUp(server, { id: names.id }),
    await lookUp(server, { shared_id: names.shared_id }, { headers: { 'if-none-match': '"1"' } }),
    await patch(server, { shared_id: names.shared_id }, { data }),
    await send(query, { key: server.keys.admin }),
    await put(server, { id: `${mark}-erased`, data }),
    await erase(server, { id: `${mark}-erased` }),
    await admin(server, 'POST', 'projects', { project_slug: 'canary77' }),
    await admin(server, 'GET', 'keys'),
  ];
}

async function badBodies(server: TestServer): Promise<Received[]> {
  const text = JSON.stringify({ ...names, data });
  const bodies = [
    text.slice(0, -4),
    `${text}${mark}`,
    `"${mark}"`,
    mark,
    text.replace('"data"', `"${mark}"`),
    text.replace('{', `{"id":"${mark}",`),
    JSON.stringify({ ...names, data: mark }),
    JSON.stringify({ ...names, data, id: `${mark}\u0007` }),
    JSON.stringify({ ...names, data, id: mark.repeat(40) }),
    JSON.stringify({ ...names, data, ttl_seconds: mark }),
    JSON.stringify({ ...names, data: { text: mark.repeat(5_000) } }),
    JSON.stringify({ ...names, data: { text: mark.repeat(9_000) } }),
    `{"id":"${mark}","data":{"${mark}":1,"${mark}":2}}`,
    `{"id":"${mark}","data":{"__proto__":"${mark}"}}`,
  ];
  const answers: Received[] = [];
  for (const body of bodies) {
    answers.push(await put(server, body), await patch(server, { id: names.id }, body));
  }
  return answers;
}

async function badRequests(server: TestServer, unknownKeys: string[]): Promise<Received[]> {
  const { text: revoked, keyId } = await madeKey(server, { permission: 'read', name: mark });
  await admin(server, 'DELETE', `keys/${keyId}`);
  const basic = `Basic ${Buffer.from(`${mark}:${mark}`).toString('base64')}`;
  return [
    ...(await Promise.all(
      [...unknownKeys, revoked, mark].map((key) => lookUp(server, { id: names.id }, { key })),
    )),
    await send(server.stateUrl, { headers: { authorization: basic } }),
    await send(`${server.stateUrl}?api_key=${mark}&id=${mark}`),
    await send(`${server.stateUrl}?id=${mark}&id=${mark}`, { key: server.keys.read }),
    await send(`${server.stateUrl}?id=${mark}%ff`, { key: server.keys.read }),
    await lookUp(server, { id: names.id, wait: mark }),
    await send(`${server.url}/v1/${mark}/${mark}/handoff_state`, { key: server.keys.read }),
    await send(`${server.url}/${mark}/%${mark}`),
    await send(`${server.url}/v1/keys/${mark}`, { method: 'DELETE', key: server.keys.admin }),
    await send(`${server.url}/v1/projects/${mark}`, { key: server.keys.admin }),
    await send(`${server.stateUrl}?id=${mark}`, { method: 'POST', body: { id: mark } }),
    await admin(server, 'POST', 'projects', { project_slug: 'demo', [mark]: mark }),
    await admin(server, 'POST', 'projects', { project_slug: 'demo' }),
    await put(server, { ...names, data }, { headers: { 'if-match': '"99"' } }),
    await put(server, { ...names, data }, { headers: { 'if-match': mark } }),
    await put(server, mark, { headers: { 'content-type': `text/${mark}` } }),
    await send(`${server.stateUrl}s?cursor=${mark}&from=${mark}`, { key: server.keys.admin }),
    await lookUp(server, { id: names.id }, { headers: { 'x-request-id': mark } }),
  ];
}

async function waitingRequests(server: TestServer): Promise<Received[]> {
  const reading = lookUp(server, { id: `${mark}-late`, wait: '15' });
  await untilWaiting(server, 1);
  await put(server, { id: `${mark}-late`, data });
  return [await reading, await lookUp(server, { id: `${mark}-never`, wait: '1' })];
}

async function requestsOfBrokenStore({
  config,
  keys,
}: TestServer): Promise<{ answers: Received[]; log: readonly string[] }> {
  const second = { ...(await startServer(config)), keys };
  const { repair } = await breakStore(config);
  const answers = [
    await lookUp(second, { id: names.id }),
    await lookUp(second, { shared_id: mark }),
  ];
  await repair();
  const waiting = lookUp(second, { id: `${mark}-never`, wait: '15' });
  await untilWaiting(second, 1);
  await second.stop();
  return { answers: [...answers, await waiting], log: second.log };
}

/** Bodies and headers, without what a client is meant to be told. */
function told(errors: readonly Received[]): string {
  return errors.map(({ headers, text }) => JSON.stringify(headers) + text).join('\n');
}

/** What stands around `part`, however it is encoded, or "nothing". */
function excerpt(text: string, part: string): string {
  const plain = text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const place = plain.toLowerCase().indexOf(part.toLowerCase());
  return place < 0 ? 'nothing' : plain.slice(Math.max(0, place - 200), place + 200);
}
