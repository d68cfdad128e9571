// What a person at the console sees of a state: masked where that is preferred, and each look-up that
// shows all of it stands in the audit as a reveal.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, keyIdOf, madeKey, untilWaiting } from '../support/admin-calls.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { type Received, send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';
import { type Browser, callAs, signedIn } from '../support/session-calls.js';

const whole = { id: 'call-1', shared_id: 's-1', data: { name: 'Ada', card: '4111111111111111' } };
const masked = { ...whole, data: { name: 'Ada', card: '•••' } };
const prefer = { prefer: 'masked' };

let server: TestServer;
let browser: Browser;
beforeAll(async () => {
  server = await startServer({ audit: 'strict' });
  await admin(server, 'PATCH', 'projects/demo', { sensitive_fields: ['/card'] });
  await put(server, whole);
  browser = await signedIn(server);
});
afterAll(() => server.stop());

const byBrowser = (query: string, sent: Parameters<typeof callAs>[2] = {}) =>
  callAs(browser, `${server.stateUrl}?${query}`, sent);

async function cardAndApplied(text: string | string[]): Promise<unknown[]> {
  const answer = await lookUp(server, { id: 'call-1' }, { headers: { prefer: text } });
  return [answer.json.data.card, answer.headers['preference-applied']];
}

it('a write from the console shows nothing that a look-up would have to reveal', async () => {
  const change = { method: 'PATCH', body: {} } as const;
  const answer = await byBrowser('id=call-1', change);
  expect([answer.status, answer.json]).toEqual([200, masked]);
  expect(answer.headers['baton-withheld']).toBe('"/card"');
  const byKey = await lookUp(server, { id: 'call-1' });
  expect(byKey.json).toEqual(whole);
  expect(byKey.headers['etag']).toBe(answer.headers['etag']);
});

describe('Prefer: masked', () => {
  it('masks what is sensitive, for a key that may see all and for a session', async () => {
    const key = server.keys.read;
    const answers = [
      await lookUp(server, { id: 'call-1' }, { headers: prefer }),
      await lookUp(server, { shared_id: 's-1' }, { headers: prefer }),
      await byBrowser('id=call-1', { headers: prefer }),
    ];
    for (const { status, json, headers } of answers) {
      expect([status, json]).toEqual([200, masked]);
      expect(headers).toMatchObject({
        'baton-withheld': '"/card"',
        'preference-applied': 'masked',
        etag: answers[0]!.headers['etag'],
      });
      expect(headers['last-modified']).toBeUndefined();
    }
    const { etag } = answers[0]!.headers as { etag: string };
    const again = { headers: { ...prefer, 'if-none-match': etag } };
    expect((await lookUp(server, { id: 'call-1' }, again)).status).toBe(304);
    const all = await lookUp(server, { id: 'call-1' }, { key });
    expect(all.json).toEqual(whole);
    expect(all.headers['preference-applied']).toBeUndefined();
    expect(all.headers['etag']).not.toBe(etag);
  });

  it('is one preference among others, and none where it is malformed', async () => {
    for (const text of ['wait=5, masked', 'MASKED;q=1 , wait=5', ['wait=5', 'masked=""']]) {
      expect([text, await cardAndApplied(text)]).toEqual([text, ['•••', 'wait=5, masked']]);
    }
    for (const text of ['masked=no', 'unmasked', '"masked"', 'masked=no, masked']) {
      expect([text, await cardAndApplied(text)]).toEqual([text, [whole.data.card, undefined]]);
    }
  });

  it('shows no more than the view of a key', async () => {
    const views: [unknown, object, string | undefined][] = [
      ['masked', masked.data, 'masked'],
      [{ allow: ['/card'] }, { card: whole.data.card }, undefined],
    ];
    for (const [view, data, applied] of views) {
      const { text: key } = await madeKey(server, { permission: 'read', view });
      const answer = await lookUp(server, { id: 'call-1' }, { key, headers: prefer });
      expect(answer.json.data).toEqual(data);
      expect(answer.headers['preference-applied']).toBe(applied);
    }
  });

  it('masks what became sensitive while the look-up waited', async () => {
    const headers = { prefer: 'wait=20, masked' };
    const waiting = lookUp(server, { id: 'late' }, { headers });
    await untilWaiting(server, 1);
    await admin(server, 'PATCH', 'projects/demo', { sensitive_fields: ['/card', '/name'] });
    await put(server, { ...whole, id: 'late', shared_id: null });
    const answer = await waiting;
    expect(answer.json.data).toEqual({ name: '•••', card: '•••' });
    expect(answer.headers['preference-applied']).toBe('wait=20, masked');
    await admin(server, 'PATCH', 'projects/demo', { sensitive_fields: ['/card'] });
  });
});

describe('the audit', () => {
  it('calls a look-up that shows a person all of a state a reveal', async () => {
    const key = server.keys.admin;
    const calls: [string, Received][] = [
      ['reveal', await byBrowser('id=call-1')],
      ['reveal', await byBrowser('id=absent')],
      ['look_up', await byBrowser('id=call-1', { headers: prefer })],
      ['look_up', await byBrowser('id=call-1', { method: 'HEAD' })],
      ['look_up', await lookUp(server, { id: 'call-1' }, { key })],
      ['look_up', await callAs(browser, `${server.stateUrl}?id=call-1`, { key })],
    ];
    const url = server.stateUrl.replace('handoff_state', 'audit?limit=50');
    const { json } = await send(url, { key });
    for (const [action, answer] of calls) {
      const entry = json.items.find(
        ({ request_id }: { request_id: string }) => request_id === answer.headers['x-request-id'],
      );
      expect(entry).toMatchObject({ action, key_id: keyIdOf(key), status: answer.status });
    }
    const revealed = await send(`${url}&action=reveal`, { key });
    expect(revealed.json.items).toHaveLength(2);
  });

  it('says how long each call took, in both ways of answering, and null of old entries', async () => {
    const key = server.keys.read;
    await lookUp(server, { id: 'call-1' }, { key });
    const short = await lookUp(server, { id: 'call-1' }, { key });
    const waited = await lookUp(server, { id: 'absent', wait: '1' }, { key });
    const url = server.stateUrl.replace('handoff_state', 'audit?limit=50');
    const { json } = await send(url, { key: server.keys.admin });
    const durationOf = (answer: Received): number =>
      json.items.find(
        ({ request_id }: { request_id: string }) => request_id === answer.headers['x-request-id'],
      ).duration_ms;
    expect(durationOf(short)).toBeGreaterThan(0);
    expect(durationOf(short)).toBeLessThan(5_000);
    expect(durationOf(waited)).toBeGreaterThanOrEqual(990);
    expect(durationOf(waited)).toBeLessThan(10_000);
    const ofAccount = await send(`${url}&scope=account`, { key: server.keys.admin });
    const byOperator = ofAccount.json.items.filter(
      ({ address }: { address: string }) => address === 'cli',
    );
    expect(byOperator).toHaveLength(4);
    for (const entry of byOperator) expect(entry.duration_ms).toBeNull();
  });
});
