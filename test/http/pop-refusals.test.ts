// Links that do not open: the same page whatever the reason, and nothing is told.

import { afterAll, expect, test } from 'vitest';
import { newLinkToken } from '../../src/link.js';
import { madeKey } from '../support/admin-calls.js';
import { breakStore } from '../support/break-store.js';
import { erase, put } from '../support/handoff-calls.js';
import { linkTo, makeLink, refusalOf, textOfPage } from '../support/pop.js';
import { seededRandom } from '../support/random.js';
import { type Received, send } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());
await put(server, { id: 'there', data: { name: 'Ada Lovelace' } });
const refused = refusalOf(await send(`${server.url}/pop/none`));

async function revoke(keyId: string): Promise<void> {
  const url = `${server.url}/v1/keys/${keyId}`;
  expect((await send(url, { method: 'DELETE', key: server.keys.admin })).status).toBe(200);
}

function expectRefused(answer: Received): void {
  expect(refusalOf(answer)).toEqual(refused);
}

test('the page says what to do, and is one that browsers do not keep', () => {
  expect(refused).toMatchObject({ status: 404, headers: { 'cache-control': 'no-store' } });
  expect((refused as Received).text).toContain('This link does not open');
});

test('any character of a token that is another one, one more or one less', async () => {
  const url = await linkTo(server, { id: 'there' });
  const start = url.lastIndexOf('/') + 1;
  const token = url.slice(start);
  const random = seededRandom('altered tokens');
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const others = [...token].map((character, place) => {
    const other = letters.replace(character, '')[random.below(letters.length - 1)]!;
    return token.slice(0, place) + other + token.slice(place + 1);
  });
  const lengths = [token.slice(0, -1), token.slice(1), `${token}A`, `A${token}`, '', token + token];
  const odd = ['%', '%00', '%ff', 'x'.repeat(501), 'a.b.c', "'", `${token}%0a`, `${token}/`];
  for (const altered of [...others, ...lengths, ...odd]) {
    expectRefused(await send(url.slice(0, start) + altered));
  }
  expect((await send(url)).status).toBe(200);
});

test('a token that somebody signs without the key of the store', async () => {
  const url = await linkTo(server, { id: 'there' });
  const tenant = url.slice(url.lastIndexOf('/') + 1).split('.')[0]!;
  const { token } = newLinkToken({ keyedHash: () => 'A'.repeat(22) }, tenant);
  expectRefused(await send(`${server.url}/pop/${token}`));
});

test('the right signature of another project', async () => {
  const [one, two] = ['one', 'two'].map((slug) => ({
    body: { project_slug: slug },
    stateUrl: server.stateUrl.replace('/demo/handoff_state', `/${slug}/handoff_state`),
  }));
  const tokens = [];
  for (const { body, stateUrl } of [one!, two!]) {
    await send(`${server.url}/v1/projects`, { method: 'POST', key: server.keys.admin, body });
    const keys = { ...server.keys, write: server.keys.admin, read: server.keys.admin };
    await put({ stateUrl, keys }, { id: 'there', data: { name: 'Grace' } });
    const url = await linkTo({ stateUrl, keys }, { id: 'there' });
    tokens.push(url.slice(url.lastIndexOf('/') + 1).split('.'));
  }
  const [[tenant, id], [otherTenant, , signature]] = tokens as [string[], string[]];
  for (const token of [`${otherTenant}.${id}.${signature}`, `${tenant}.${id}.${signature}`]) {
    expectRefused(await send(`${server.url}/pop/${token}`));
  }
});

test('one that has ended, at that millisecond', async () => {
  const url = await linkTo(server, { id: 'there' }, { body: { ttl_seconds: 60 } });
  server.clock.stopAt(server.clock.now());
  const made = await makeLink(server, { id: 'there' }, { body: { ttl_seconds: 60 } });
  server.clock.advance(59_999);
  expect((await send(made.json.url)).status).toBe(200);
  server.clock.advance(1);
  expectRefused(await send(made.json.url));
  expectRefused(await send(url));
  expectRefused(await send(made.json.url, { headers: { 'if-none-match': '*' } }));
});

test('a one-time link that was used, 30 seconds for reloads aside', async () => {
  const url = await linkTo(server, { id: 'there' }, { body: { one_time: true } });
  server.clock.advance(60_000);
  expect((await send(url, { method: 'HEAD' })).status).toBe(200);
  server.clock.advance(60_000);
  expect((await send(url)).status).toBe(200);
  server.clock.advance(30_000);
  expect((await send(url)).status).toBe(200);
  server.clock.advance(1);
  expectRefused(await send(url));

  const waiting = await linkTo(server, { id: 'one day' }, { body: { one_time: true } });
  await put(server, { id: 'one day', data: {} });
  expect((await send(waiting)).status).toBe(200);
  server.clock.advance(30_001);
  expectRefused(await send(waiting));
});

test('one to a state that was erased or has expired, written again or not', async () => {
  for (const again of [false, true]) {
    await put(server, { id: 'erased', shared_id: 'e', data: { name: 'Ada' } });
    const links = [
      await linkTo(server, { id: 'erased' }),
      await linkTo(server, { shared_id: 'e' }),
    ];
    expect((await send(links[0]!)).status).toBe(200);
    await erase(server, { id: 'erased' });
    if (again) await put(server, { id: 'erased', shared_id: 'e', data: { name: 'Grace' } });
    for (const link of links) expectRefused(await send(link));

    await put(server, { id: 'short', data: { name: 'Ada' }, ttl_seconds: 1 });
    const short = await linkTo(server, { id: 'short' });
    expect((await send(short)).status).toBe(200);
    server.clock.advance(1_000);
    if (again) await put(server, { id: 'short', data: { name: 'Grace' } });
    expectRefused(await send(short));
  }
});

test('one whose key was revoked, has expired, or has lost the project', async () => {
  const { text, keyId } = await madeKey(server, { permission: 'read' });
  const revoked = await linkTo(server, { id: 'there' }, { key: text });
  await revoke(keyId);
  expectRefused(await send(revoked));

  const rotated = await madeKey(server, { permission: 'read' });
  const ended = await linkTo(server, { id: 'there' }, { key: rotated.text });
  await send(`${server.url}/v1/keys/${rotated.keyId}/rotate`, {
    method: 'POST',
    key: server.keys.admin,
    body: { overlap_seconds: 60 },
  });
  expect((await send(ended)).status).toBe(200);
  server.clock.advance(60_000);
  expectRefused(await send(ended));

  const stateUrl = server.stateUrl.replace('/demo/handoff_state', '/gone/handoff_state');
  const body = { project_slug: 'gone' };
  const { admin } = server.keys;
  const made = await send(`${server.url}/v1/projects`, { method: 'POST', key: admin, body });
  const keys = { ...server.keys, read: admin, write: admin };
  await put({ stateUrl, keys }, { id: 'there', data: {} });
  const gone = await linkTo({ stateUrl, keys }, { id: 'there' });
  await send(`${server.url}/v1/projects/${made.json.project_id}`, { method: 'DELETE', key: admin });
  expectRefused(await send(gone));
});

test('too many of them from one address are told to come later, a right link is let in', async () => {
  const guarded = await startServer({ rateFailedKeys: { perSecond: 1, burst: 3 } });
  guarded.clock.stopElapsing();
  await put(guarded, { id: 'there', data: {} });
  const right = await linkTo(guarded, { id: 'there' });
  const statuses = [];
  for (let count = 0; count < 4; count++) {
    statuses.push((await send(`${guarded.url}/pop/none-${count}`)).status);
  }
  const last = await send(`${guarded.url}/pop/none`);
  const opened = await send(right);
  await guarded.stop();
  expect(statuses).toEqual([404, 404, 404, 429]);
  expect(last.headers['retry-after']).toBe('1');
  expect(textOfPage(last.text)).toContain('Too much at once');
  expect(opened.status).toBe(200);
});

test('where the store fails a person reads a page, and the log has the cause', async () => {
  // With strict audit nothing is answered while the store cannot take the entry.
  const first = await startServer({ audit: 'fast' });
  await put(first, { id: 'there', data: {} });
  const { pathname } = new URL(await linkTo(first, { id: 'there' }));
  await first.serving.close();
  const second = await startServer(first.config, { firstRun: false });
  await breakStore(first.config);
  const page = await send(`${second.url}${pathname}`);
  const log = second.log.join('\n');
  await second.stop();
  expect(page.status).toBe(500);
  expect(textOfPage(page.text)).toContain('Something went wrong');
  expect(log).toContain(`"request_id":"${String(page.headers['x-request-id'])}"`);
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
});

test('no token is in a log line or a metric', async () => {
  const url = await linkTo(server, { id: 'there' });
  const token = url.slice(url.lastIndexOf('/') + 1);
  await send(url);
  await send(`${url}x`);
  await send(`${server.url}/pop/canary-${token}`);
  await send(`${server.url}/pop/${token}/${token}`);
  const metrics = await send(`${server.url}/metrics`, { key: server.keys.admin });
  expect(metrics.text).toContain('route="/pop/:token"');
  const told = metrics.text + server.log.join('\n');
  for (const part of [token, ...token.split('.').slice(1), 'canary']) {
    expect(told).not.toContain(part);
  }
});
