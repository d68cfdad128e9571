// Opening a screen pop: what it shows, to whom, until when, and what it leaves behind.

import { connect } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { madeKey, untilWaiting } from '../support/admin-calls.js';
import { crowd } from '../support/crowd.js';
import { erase, patch, put } from '../support/handoff-calls.js';
import { linkTo, textOfPage } from '../support/pop.js';
import { type Received, send } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer({ audit: 'strict' });
afterAll(() => server.stop());

let calls = 0;
/** A state of its own, and its names. */
async function written(data: object = { name: 'Ada Lovelace' }) {
  calls += 1;
  const names = { id: `call-${calls}`, shared_id: `desk-${calls}` };
  await put(server, { ...names, data });
  return names;
}

async function entriesOf({ headers }: Received, tenantOf = server.stateUrl) {
  const url = tenantOf.replace(/handoff_state$/, 'audit?limit=200&action=pop_open');
  const { json } = await send(url, { key: server.keys.admin });
  return json.items.filter(
    (entry: { request_id: string }) => entry.request_id === headers['x-request-id'],
  );
}

test('a page shows who is calling, why, how old it is and when it expires', async () => {
  server.clock.stopAt(Date.UTC(2030, 5, 1, 12));
  const names = await written({ customerName: 'Ada Lovelace', intent: 'A refund', verified: true });
  server.clock.advance(180_000);
  const page = await send(await linkTo(server, { id: names.id }));
  expect(page.status).toBe(200);
  expect(page.text).toMatch(/<h1>.*Ada Lovelace.*<\/h1>/);
  const text = textOfPage(page.text);
  for (const said of [
    'Handed over 3 minutes ago',
    'Why A refund',
    'Written 3 minutes ago 1 June 2030, 12:00:00 UTC',
    'Expires in 6 days 8 June 2030, 12:00:00 UTC',
    'Not changed since this link was made',
    'Verified Yes',
    `Conversation ${names.id}`,
    `Shared id ${names.shared_id}`,
    'As of 1 June 2030, 12:03:00 UTC',
    'This link ends in 15 minutes',
  ]) {
    expect(text).toContain(said);
  }
});

test('it is for nobody else: not kept, not framed, not told of, no script, nothing loaded', async () => {
  const { id } = await written();
  const { headers, text } = await send(await linkTo(server, { id }));
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'x-robots-tag': 'noindex, nofollow, noarchive',
    'content-security-policy': expect.stringMatching(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; form-action 'none'; base-uri 'none'; frame-ancestors 'none'$/,
    ),
  });
  expect(text).not.toMatch(/<(?:script|link|img|iframe|a|form|input|button|base|object)\b/);
  expect(text).toContain('<title>Handoff – Baton</title>');
});

test('the origins that the operator names may frame it, its refusal too', async () => {
  const popFrameOrigins = ['https://desk.example.com', 'https://apps.example.org'];
  const framed = await startServer({ popFrameOrigins });
  await put(framed, { id: 'call', data: {} });
  for (const url of [await linkTo(framed, { id: 'call' }), `${framed.url}/pop/none`]) {
    const { headers } = await send(url);
    expect(headers['content-security-policy']).toMatch(
      /frame-ancestors https:\/\/desk\.example\.com https:\/\/apps\.example\.org$/,
    );
    expect(headers).not.toHaveProperty('x-frame-options');
  }
  await framed.stop();
});

describe('which conversation it shows', () => {
  test('the one that the name found when the link was made, whoever takes the name over', async () => {
    const { shared_id } = await written({ name: 'Ada' });
    const url = await linkTo(server, { shared_id });
    await put(server, { id: `${shared_id}-next`, shared_id, data: { name: 'Grace' } });
    const page = await send(url);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Ada');
    expect(page.text).not.toContain('Grace');
  });

  test('else the one that its first opening found, which HEAD is not', async () => {
    const shared_id = 'reused';
    const url = await linkTo(server, { shared_id });
    await put(server, { id: 'reused-1', shared_id, data: { name: 'Grace' } });
    expect((await send(url, { method: 'HEAD' })).status).toBe(200);
    await put(server, { id: 'reused-2', shared_id, data: { name: 'Ada' } });
    expect((await send(url)).text).toContain('Ada');
    await put(server, { id: 'reused-3', shared_id, data: { name: 'Linus' } });
    const again = await send(url);
    expect([again.text.includes('Ada'), again.text.includes('Linus')]).toEqual([true, false]);
  });

  test('it says whether that has changed since', async () => {
    const { id } = await written({ name: 'Ada' });
    const url = await linkTo(server, { id });
    expect(textOfPage((await send(url)).text)).toContain('Not changed since this link was made');
    server.clock.advance(60_000);
    await patch(server, { id }, { data: { mood: 'calm' } });
    server.clock.advance(5_000);
    const changed = textOfPage((await send(url)).text);
    expect(changed).toMatch(/ Changed since this link was made Last change 5 seconds ago/);

    const early = await linkTo(server, { id: 'opened later' });
    server.clock.advance(1_000);
    await put(server, { id: 'opened later', data: {} });
    const first = textOfPage((await send(early)).text);
    expect(first).toContain('Not changed since this link was first opened');
  });

  test('a project that hides its names has links like the others', async () => {
    const body = { project_slug: 'hidden', hash_ids: true };
    const made = await send(`${server.url}/v1/projects`, {
      method: 'POST',
      key: server.keys.admin,
      body,
    });
    expect(made.status).toBe(201);
    const stateUrl = server.stateUrl.replace('/demo/handoff_state', '/hidden/handoff_state');
    const { admin } = server.keys;
    const hidden = { stateUrl, keys: { read: admin, write: admin, admin } };
    const url = await linkTo(hidden, { shared_id: 'desk' });
    const opening = send(url);
    await untilWaiting(server, 1);
    await put(hidden, { id: 'one', shared_id: 'desk', data: { name: 'Ada' } });
    expect((await opening).text).toContain('Ada');
    await put(hidden, { id: 'two', shared_id: 'desk', data: { name: 'Grace' } });
    const page = await send(url);
    expect(textOfPage(page.text)).toContain('Conversation one');
    const [entry] = await entriesOf(page, stateUrl);
    const audit = await send(stateUrl.replace(/handoff_state$/, 'audit?limit=200&id=one'), {
      key: admin,
    });
    expect(audit.json.items).toContainEqual(entry);
  });
});

describe('a link that was made before the state is written', () => {
  test('waits for it', async () => {
    const url = await linkTo(server, { shared_id: 'soon' });
    const opening = send(url);
    await untilWaiting(server, 1);
    await put(server, { id: 'soon-1', shared_id: 'soon', data: { name: 'Ada' } });
    const page = await opening;
    expect(page.status).toBe(200);
    expect(page.text).toContain('Ada');
  });

  test('says so and looks again where it cannot wait, as where it has waited', async () => {
    const { text: key, keyId } = await madeKey(server, { permission: 'read' });
    const url = await linkTo(server, { id: 'never' }, { key });
    const readers = await crowd(server, key, 1_000);
    await untilWaiting(server, 1_000);
    const page = await send(url);
    readers.leave();
    expect(page.status).toBe(202);
    expect(page.headers['refresh']).toBe('2');
    expect(textOfPage(page.text)).toContain('Nothing handed over yet');
    expect(await entriesOf(page)).toMatchObject([{ key_id: keyId, status: 202 }]);
    await untilWaiting(server, 0);
  });

  test('shows nothing that is written after its key was revoked', async () => {
    const { text: key, keyId } = await madeKey(server, { permission: 'read' });
    const opening = send(await linkTo(server, { id: 'too late' }, { key }));
    await untilWaiting(server, 1);
    const revoked = `${server.url}/v1/keys/${keyId}`;
    await send(revoked, { method: 'DELETE', key: server.keys.admin });
    await put(server, { id: 'too late', data: { name: 'Ada' } });
    const page = await opening;
    expect(page.status).toBe(404);
    expect(page.text).not.toContain('Ada');
  });

  test('is left alone when its reader goes', async () => {
    const { hostname, port, pathname } = new URL(await linkTo(server, { id: 'left alone' }));
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${pathname} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    await untilWaiting(server, 1);
    socket.destroy();
    await untilWaiting(server, 0);
    const entries = async () => {
      const url = server.stateUrl.replace('handoff_state', 'audit?id=left%20alone&action=pop_open');
      return (await send(url, { key: server.keys.admin })).json.items;
    };
    await expect.poll(entries).toMatchObject([{ status: 499 }]);
  });
});

test('opening it with data is a pickup, once; HEAD and a link alone are none', async () => {
  const { id } = await written();
  const status = async () => {
    const url = server.stateUrl.replace('handoff_state', `handoff_states?id=${id}`);
    return (await send(url, { key: server.keys.admin })).json.items[0].status;
  };
  const url = await linkTo(server, { id });
  await send(url, { method: 'HEAD' });
  expect((await send(`${url}x`)).status).toBe(404);
  expect(await status()).toBe('pending');
  await send(url);
  await expect.poll(status).toBe('picked_up');
});

test('opening is audited with the key of the link and the record; HEAD is none', async () => {
  const { id } = await written();
  const { text: key, keyId } = await madeKey(server, { permission: 'read' });
  const url = await linkTo(server, { id }, { key });
  const head = await send(url, { method: 'HEAD' });
  expect([head.status, head.text]).toEqual([200, '']);
  expect(await entriesOf(head)).toEqual([]);
  const page = await send(url);
  const [entry] = await entriesOf(page);
  expect(entry).toMatchObject({ action: 'pop_open', key_id: keyId, status: 200, cause: null });

  await erase(server, { id });
  const refused = await send(url);
  expect(refused.status).toBe(404);
  const byId = server.stateUrl.replace('handoff_state', `audit?id=${id}&action=pop_open`);
  const { json } = await send(byId, { key: server.keys.admin });
  expect(json.items).toEqual([entry]);
});

describe('a view that is not full', () => {
  test('masks what is sensitive, and does not tell whether that has changed', async () => {
    const sensitive_fields = ['/name', '/card/number', '/notes/*/text'];
    const project = `${server.url}/v1/projects/demo`;
    const { admin } = server.keys;
    const body = { sensitive_fields, sensitive_last_four: true };
    await send(project, { method: 'PATCH', key: admin, body });
    const card = { number: '4111111111111111', brand: 'Visa' };
    const notes = [{ text: 'hush one' }, { text: 'hush two' }];
    const { id } = await written({ name: 'Ada Lovelace', card, notes, reason: 'A refund' });
    const { text: key } = await madeKey(server, { permission: 'read', view: 'masked' });
    const url = await linkTo(server, { id }, { key });
    server.clock.advance(2_000);
    await patch(server, { id }, { data: { card: { number: '4111111111112222' } } });

    const page = await send(url);
    for (const hidden of ['Ada', '41111111', 'hush']) expect(page.text).not.toContain(hidden);
    const text = textOfPage(page.text);
    for (const shown of [
      'Withheld, ends in lace',
      'Number Withheld, ends in 2222',
      'Brand Visa',
      'A refund',
    ]) {
      expect(text).toContain(shown);
    }
    expect(text).not.toContain('Last change');
    await send(project, { method: 'PATCH', key: admin, body: { sensitive_fields: [] } });
    expect((await send(url)).text).toContain('Ada Lovelace');
  });

  test('of what is not listed it names only the names', async () => {
    const { id } = await written({
      name: 'Ada Lovelace',
      reason: 'A refund',
      card: { pin: 'hush' },
    });
    const view = { allow: ['/reason'] };
    const { text: key } = await madeKey(server, { permission: 'read', view });
    const url = await linkTo(server, { id }, { key });
    const page = await send(url);
    expect(page.text).not.toMatch(/Ada|hush/);
    const text = textOfPage(page.text);
    expect(text).toContain('Caller not shown');
    expect(text).toContain('Why A refund');
    expect(text).toContain('This link does not show: Name Card');
    await patch(server, { id }, { data: { card: { pin: 'other' } } });
    expect(textOfPage((await send(url)).text)).toContain('Not changed since');
  });
});
