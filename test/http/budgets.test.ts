// The budgets of keys, projects and addresses: who has used one up is answered 429, nobody else.

import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { Config } from '../../src/config.js';
import { newKeyText } from '../../src/key.js';
import { off } from '../../src/token-bucket.js';
import { admin, madeKey, madeProject, untilWaiting } from '../support/admin-calls.js';
import { erase, lookUp, patch, put } from '../support/handoff-calls.js';
import { guessedKey } from '../support/other-keys.js';
import { expectRefusal } from '../support/refusal.js';
import { type Received, send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';
import { type Browser, callAs, signedIn } from '../support/session-calls.js';

const noRates = { rateKey: off, rateProject: off, rateFailedKeys: off, rateNotFound: off };
let server: TestServer;
afterEach(() => server.stop());

/** A server whose budgets fill only when its clock is advanced, with one state, `there`. */
async function start(changes: Partial<Config>): Promise<void> {
  server = await startServer({ ...noRates, ...changes });
  server.clock.stopElapsing();
  const sent = { key: (await madeKey(server, { permission: 'write' })).text };
  expect((await put(server, { id: 'there', data: {} }, sent)).status).toBe(201);
}

/** The statuses of so many calls, one after the other. */
async function statuses(count: number, call: () => Promise<Received>): Promise<number[]> {
  const answers: number[] = [];
  for (let made = 0; made < count; made++) answers.push((await call()).status);
  return answers;
}

const there = () => lookUp(server, { id: 'there' });
const absent = () => lookUp(server, { id: 'absent' });
const limited = /^[^;]+; .*try again after Retry-After seconds\.$/;

describe('a key', () => {
  beforeEach(() => start({ rateKey: { perSecond: 2, burst: 5 } }));

  it('has its burst, then its rate, and is told when to come again', async () => {
    expect(await statuses(7, there)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    const refused = await there();
    expectRefusal(refused, 'rate_limited', limited);
    expect(refused.json.error_message).toMatch(/^The budget of this API key is used up;/);
    expect(refused.headers).toMatchObject({
      'retry-after': '1',
      ratelimit: '"key";r=0;t=1',
      'ratelimit-policy': '"key";q=5;w=3',
    });

    server.clock.advance(500);
    expect(await statuses(2, there)).toEqual([200, 429]);
    server.clock.advance(60_000);
    expect(await statuses(7, there)).toEqual([200, 200, 200, 200, 200, 429, 429]);
  });

  it('has one budget for all it asks, however it asks', async () => {
    const key = server.keys.write;
    const sent = { key };
    const answers = [
      await lookUp(server, { id: 'there' }, sent),
      await send(`${server.stateUrl}?id=there`, { headers: { authorization: `Bearer ${key}` } }),
      await lookUp(server, { id: 'there' }, { ...sent, method: 'HEAD' }),
      await put(server, { id: 'there', data: {} }),
      await lookUp(server, { id: 'absent' }, sent),
      await lookUp(server, { id: 'there' }, sent),
      await put(server, { id: 'there', data: {} }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 404, 429, 429]);
  });

  it('keeps its budget when projects and keys change', async () => {
    expect(await statuses(5, there)).toEqual(Array(5).fill(200));
    await madeKey(server, { permission: 'read' });
    expect((await there()).status).toBe(429);
  });

  it('takes nothing from another one', async () => {
    await statuses(6, there);
    const other = await madeKey(server, { permission: 'read' });
    expect((await lookUp(server, { id: 'there' }, { key: other.text })).status).toBe(200);
  });

  it('is told after its reach and before what is wrong with the rest', async () => {
    expect(await statuses(5, there)).toEqual(Array(5).fill(200));
    const key = server.keys.read;
    const { stateUrl, url } = server;
    expect((await put(server, {}, { key })).status).toBe(403);
    expect((await send(stateUrl.replace('demo/demo', 'demo/other'), { key })).status).toBe(403);
    expect((await send(`${url}/v1/nothing`, { key })).status).toBe(404);
    expect((await send(stateUrl, { key, method: 'POST' })).status).toBe(405);
    expect((await send(`${stateUrl}?wait=21`, { key })).status).toBe(429);

    await statuses(5, () => put(server, { id: 'there', data: {} }));
    const wrong = { headers: { 'content-type': 'text/plain' } };
    for (const [body, sent] of [['{'], ['h'.repeat(70_000)], ['x', wrong]] as const) {
      expectRefusal(await put(server, body, sent), 'rate_limited', limited);
    }
  });
});

describe('a project', () => {
  beforeEach(() => start({ rateProject: { perSecond: 1, burst: 5 } }));

  it('has one budget for all of its keys, and none for other projects', async () => {
    const { stateUrl } = await madeProject(server, 'other');
    const keys = Object.values(server.keys);
    const asked = keys.map((key) => lookUp(server, { id: 'there' }, { key }));
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200]);
    // The first one was the write.
    expect(await statuses(2, there)).toEqual([200, 429]);
    const refused = await there();
    expect(refused.headers['ratelimit']).toBe('"project";r=0;t=1');
    expect(refused.json.error_message).toMatch(/^The budget of this project is used up;/);
    const elsewhere = await lookUp({ ...server, stateUrl }, { id: 'there' }, { key: keys[0]! });
    expect(elsewhere.status).toBe(404);
    expect((await admin(server, 'GET', 'projects')).status).toBe(200);
    server.clock.advance(2_000);
    expect(await statuses(3, there)).toEqual([200, 200, 429]);
  });
});

describe('a key that finds nothing', () => {
  beforeEach(() => start({ rateNotFound: { perSecond: 1, burst: 3 } }));

  it('is not told any more what there is, either', async () => {
    expect(await statuses(4, absent)).toEqual([404, 404, 404, 429]);
    const [one, other] = [await there(), await absent()];
    const sameId = { error_id: '' };
    expect({ ...one.json, ...sameId }).toEqual({ ...other.json, ...sameId });
    expectRefusal(one, 'rate_limited', limited);
    expect(one.headers).toMatchObject({ ratelimit: '"not_found";r=0;t=1' });
    expect(one.headers).toMatchObject({ 'ratelimit-policy': '"not_found";q=3;w=3' });

    server.clock.advance(1_000);
    expect(await statuses(4, there)).toEqual([200, 200, 200, 200]);
    expect(await statuses(2, absent)).toEqual([404, 429]);
  });

  it('still writes; and other keys still look up', async () => {
    const byWriter = () => lookUp(server, { id: 'absent' }, { key: server.keys.write });
    expect(await statuses(4, byWriter)).toEqual([404, 404, 404, 429]);
    expect((await put(server, { id: 'new', data: {} })).status).toBe(201);
    expect((await there()).status).toBe(200);
  });

  it('is counted by whichever call finds nothing', async () => {
    expect((await patch(server, { id: 'absent' }, {})).status).toBe(404);
    expect((await erase(server, { id: 'absent' })).status).toBe(404);
    const head = { key: server.keys.write, method: 'HEAD' };
    expect((await lookUp(server, { id: 'absent' }, head)).status).toBe(404);
    expect((await erase(server, { id: 'there' })).status).toBe(429);
    for (const _ of [1, 2, 3]) {
      expect((await admin(server, 'GET', 'projects/absent')).status).toBe(404);
    }
    expect((await admin(server, 'GET', 'projects/demo')).status).toBe(429);
  });

  it('is counted once for a wait, when it ends in nothing', async () => {
    const asked = [1, 2, 3].map(() => lookUp(server, { id: 'absent', wait: '1' }));
    const waits = await Promise.all(asked);
    expect(waits.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await there()).status).toBe(429);
  });

  it('is not counted for a wait that the write ends', async () => {
    const waits = Array.from({ length: 5 }, () => lookUp(server, { id: 'soon', wait: '20' }));
    await untilWaiting(server, 5);
    await put(server, { id: 'soon', data: {} });
    expect((await Promise.all(waits)).map(({ status }) => status)).toEqual(Array(5).fill(200));
    expect(await statuses(4, absent)).toEqual([404, 404, 404, 429]);
  });

  it('is counted for a wait that its reader breaks off, which told as much', async () => {
    const { hostname, port, pathname } = new URL(server.stateUrl);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const request = [
      `GET ${pathname}?id=absent&wait=20 HTTP/1.1`,
      'Host: baton',
      `X-Api-Key: ${server.keys.read}`,
    ];
    socket.write(`${request.join('\r\n')}\r\n\r\n`.repeat(3));
    await untilWaiting(server, 3);
    socket.destroy();
    await untilWaiting(server, 0);
    await expect.poll(async () => (await there()).status, { timeout: 15_000 }).toBe(429);
  });
});

const wrongKeys = () => [
  newKeyText('us-1').text,
  guessedKey(server.keys.read),
  'nonsense',
  `${server.keys.read.slice(0, -1)}_`,
];
const from = (address: string, key: string) => ({ key, headers: { 'x-forwarded-for': address } });

const tried = async (address: string, key = 'nonsense') =>
  (await lookUp(server, { id: 'there' }, from(address, key))).status;

describe('an address that tries wrong keys', () => {
  beforeEach(() =>
    start({ rateFailedKeys: { perSecond: 1, burst: 4 }, trustProxy: ['127.0.0.1'] }),
  );

  it('is refused alike whatever is wrong, and let in with a right key at any time', async () => {
    for (const key of wrongKeys()) expect(await tried('203.0.113.9', key)).toBe(401);
    const told = new Set<string>();
    for (const key of wrongKeys()) {
      const refused = await lookUp(server, { id: 'there' }, from('203.0.113.9', key));
      expectRefusal(refused, 'rate_limited', /^Too many .* wrong API key.*; check it,/, [key]);
      expect(refused.headers).toMatchObject({ ratelimit: '"failed_keys";r=0;t=1' });
      told.add(refused.json.error_message);
    }
    expect(told.size).toBe(1);
    for (const key of Object.values(server.keys)) expect(await tried('203.0.113.9', key)).toBe(200);
    server.clock.advance(1_000);
    expect([await tried('203.0.113.9'), await tried('203.0.113.9')]).toEqual([401, 429]);
  });

  it('is refused alike with cookies of no session, and let in with a right one', async () => {
    const right = await signedIn(server);
    const asked = async ({ cookie, csrfToken }: Browser) => {
      const headers = { 'x-forwarded-for': '203.0.113.9' };
      return (await callAs({ cookie, csrfToken }, `${server.stateUrl}?id=there`, { headers }))
        .status;
    };
    const wrong = { ...right, cookie: `baton_session=${'a'.repeat(43)}` };
    const malformed = { ...right, cookie: 'baton_session=a' };
    for (const browser of [wrong, malformed, wrong, wrong]) expect(await asked(browser)).toBe(401);
    for (const browser of [wrong, malformed]) expect(await asked(browser)).toBe(429);
    expect(await asked(right)).toBe(200);
  });

  it('is still asked for a key where it sends none, as some clients want', async () => {
    for (const _ of wrongKeys()) await tried('203.0.113.9');
    expect(await tried('203.0.113.9')).toBe(429);
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    const asked = await send(server.stateUrl, { headers });
    expect([asked.status, asked.headers['www-authenticate']]).toEqual([401, expect.any(String)]);
  });

  it('takes nothing from others, but all of an IPv6 network are one', async () => {
    for (const _ of wrongKeys()) await tried('203.0.113.9');
    expect(await tried('203.0.113.10')).toBe(401);

    for (const _ of wrongKeys()) expect(await tried('2001:db8:0:1::1')).toBe(401);
    expect(await tried('2001:db8:0:1:ffff::2')).toBe(429);
    expect(await tried('2001:db8::1:0:0:0:3')).toBe(429);
    expect(await tried('2001:db8:0:2::1')).toBe(401);
  });

  it('has keys that are revoked, or that reach too little, counted for nothing', async () => {
    const { text, keyId } = await madeKey(server, { permission: 'read' });
    await admin(server, 'DELETE', `keys/${keyId}`);
    const answers = await statuses(6, () => lookUp(server, { id: 'x' }, from('203.0.113.9', text)));
    expect(answers).toEqual(Array(6).fill(403));
    expect(await tried('203.0.113.9')).toBe(401);
  });
});

test('the metrics tell how many were refused, and by which budget', async () => {
  const single = { perSecond: 1, burst: 1 };
  await start({
    rateKey: { perSecond: 1, burst: 2 },
    rateNotFound: single,
    rateFailedKeys: single,
  });
  await statuses(3, absent);
  await statuses(4, () => lookUp(server, { id: 'x' }, { key: 'nonsense' }));
  const { text } = await send(`${server.url}/metrics`, { key: server.keys.admin });
  const lines = text.split('\n').filter((line) => line.startsWith('baton_rate_limited_total'));
  expect(lines).toEqual([
    'baton_rate_limited_total{budget="key"} 0',
    'baton_rate_limited_total{budget="project"} 0',
    'baton_rate_limited_total{budget="not_found"} 2',
    'baton_rate_limited_total{budget="failed_keys"} 3',
    'baton_rate_limited_total{budget="sign_in"} 0',
  ]);
});
