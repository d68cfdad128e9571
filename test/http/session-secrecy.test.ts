// What sessions keep from others: who has stolen a cookie, pages of other origins, who guesses
// keys, and who reads the store or the log.

import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/limits.js';
import { openApiOf, operationsOf } from '../fuzz/openapi-operations.js';
import { admin, keyIdOf, madeKey } from '../support/admin-calls.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { guessedKey } from '../support/other-keys.js';
import { onDatabase } from '../support/raw-audit.js';
import { expectRefusal } from '../support/refusal.js';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';
import { type Browser, callAs, shownSession, signedIn, signIn } from '../support/session-calls.js';

const friend = 'https://desk.example';
let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    audit: 'strict',
    logLevel: 'debug',
    corsOrigins: [friend],
    trustProxy: ['127.0.0.1'],
  });
  await put(server, { id: 'there', data: { kept: true } });
});
afterAll(() => server.stop());

describe('a cookie alone', () => {
  it('changes nothing: every call but GET and HEAD asks for the CSRF token', async () => {
    const [browser, other] = [await signedIn(server), await signedIn(server)];
    const { keyId } = await madeKey(server, { permission: 'read' });
    const calls = operationsOf(await openApiOf(server)).filter(
      ({ method, path }) => !['GET', 'HEAD'].includes(method) && path !== '/console/session',
    );
    expect(calls.length).toBeGreaterThan(8);
    const paths = [
      ['DELETE', '/console/session'],
      ...calls.map(({ method, path }) => [
        method,
        path
          .replace('{account_id}', 'demo')
          .replace(/\{project_(id|ref)\}/, 'demo')
          .replace('{key_id}', keyId),
      ]),
    ] as [string, string][];
    const tokens = [undefined, '', other.csrfToken, `${browser.csrfToken}x`];
    for (const [method, path] of paths) {
      for (const token of tokens) {
        const csrf = token === undefined ? {} : { 'x-csrf-token': token };
        const sent = { method, headers: { cookie: browser.cookie, ...csrf } };
        const query = path.endsWith('_state') ? '?id=there' : '?alias=there';
        const refused = await send(`${server.url}${path}${query}`, sent);
        expect([method, path, refused.status]).toEqual([method, path, 403]);
        expect(refused.json.error_message).toMatch(/^x-csrf-token: found none, or that of/);
      }
    }
    expect((await lookUp(server, { id: 'there' })).json.data).toEqual({ kept: true });
    expect((await shownSession(server, browser)).status).toBe(200);
    const { json } = await admin(server, 'GET', 'keys');
    expect(json.items).toHaveLength(4);
    expect(json.items.every((key: { revoked_at: unknown }) => key.revoked_at === null)).toBe(true);
  });
});

describe('a page of another origin', () => {
  const strangers: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: friend },
    { origin: friend },
    { origin: 'http://127.0.0.1:1' },
    { origin: 'null' },
  ];

  it('uses no session: neither to read nor to change, a named one no more than others', async () => {
    const browser = await signedIn(server);
    for (const headers of strangers) {
      const body = { id: 'theirs', data: {} };
      const answers = [
        await callAs(browser, `${server.stateUrl}?id=there`, { headers }),
        await callAs(browser, server.stateUrl, { method: 'PUT', body, headers }),
        await callAs(browser, `${server.url}/console/session`, { headers }),
        await callAs(browser, `${server.url}/console/session`, { method: 'DELETE', headers }),
        await signIn(server, { api_key: server.keys.admin }, { headers }),
      ];
      for (const answer of answers) {
        expectRefusal(answer, 'forbidden', /^This comes from a page of another origin/);
        expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
        expect(answer.headers['set-cookie']).toBeUndefined();
      }
    }
    expect((await lookUp(server, { id: 'theirs' })).status).toBe(404);
    const byKey = { headers: strangers[2]! };
    expect((await lookUp(server, { id: 'there' }, byKey)).status).toBe(200);
  });

  it('is told from pages of this server, and from an address that a person types', async () => {
    const browser = await signedIn(server);
    const own: Record<string, string>[] = [
      { 'sec-fetch-site': 'same-origin', origin: 'https://named-by-a-proxy.example' },
      { 'sec-fetch-site': 'none' },
      { origin: server.url },
    ];
    for (const headers of own) {
      const sent = { method: 'PUT', body: { id: 'ours', data: {} }, headers };
      expect((await callAs(browser, server.stateUrl, sent)).status).toBeLessThan(202);
    }
  });

  it('makes the browser ask for no password, where its script has no key', async () => {
    for (const mode of ['cors', 'no-cors', 'same-origin']) {
      const asked = await send(`${server.stateUrl}s`, { headers: { 'sec-fetch-mode': mode } });
      expect([asked.status, asked.headers['www-authenticate']]).toEqual([
        401,
        'Bearer realm="baton"',
      ]);
    }
    const typed = await send(`${server.stateUrl}s`, { headers: { 'sec-fetch-mode': 'navigate' } });
    expect(typed.headers['www-authenticate']).toMatch(/^Bearer .*Basic /);
  });
});

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

describe('an address that signs in with wrong keys', () => {
  it('is slowed down after ten, whatever it gives, and is let in again after a while', async () => {
    const guess = { api_key: guessedKey(server.keys.admin) };
    const tries = Array.from({ length: 14 }, (_, at) =>
      signIn(server, at % 2 === 0 ? guess : { sign_in_token: 'a'.repeat(43) }, from('192.0.2.1')),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(limits.signInFailuresMax);
    expect(limits.signInFailuresMax).toBe(10);
    const good = { api_key: server.keys.admin };
    const refused = await signIn(server, good, from('192.0.2.1'));
    expectRefusal(refused, 'rate_limited', /^Too many tries to sign in with a wrong key came/);
    const { 'retry-after': after, ratelimit } = refused.headers;
    expect(Number(after)).toBeGreaterThan(0);
    expect(Number(after)).toBeLessThanOrEqual(limits.signInFailureSeconds);
    expect(ratelimit).toBe(`"sign_in";r=0;t=${String(after)}`);
    expect((await signIn(server, good, from('192.0.2.2'))).status).toBe(200);
    server.clock.advance(Number(after) * 1_000);
    for (const _ of [1, 2, 3]) {
      expect((await signIn(server, good, from('192.0.2.1'))).status).toBe(200);
    }
    expect((await signIn(server, guess, from('192.0.2.1'))).status).toBe(401);
    expect((await signIn(server, guess, from('192.0.2.1'))).status).toBe(429);
  });
});

describe('the token of a session', () => {
  it('stands in no log, in no store and in no audit, only its hash does', async () => {
    const browser = await signedIn(server);
    await callAs(browser, `${server.stateUrl}?id=there`);
    await callAs(browser, server.stateUrl, { method: 'PUT', body: {} });
    await signIn(
      server,
      { api_key: `${server.keys.admin}x` },
      { headers: { 'x-forwarded-for': '192.0.2.9' } },
    );
    const token = browser.cookie.split('=')[1]!;
    const [, ofLink] = /#sign-in=([\w-]{43})/.exec(server.printed)!;
    const stored = await onDatabase(server.config, 'SELECT * FROM console_session');
    const hashes = stored.map(({ token_hash }) => Buffer.from(token_hash as never).toString('hex'));
    expect(hashes).toContain(hash('sha256', token));
    const audited = await onDatabase(server.config, 'SELECT * FROM audit_block');
    const kept = JSON.stringify([stored, audited, server.log]);
    for (const secret of [token, ofLink!, browser.csrfToken, server.keys.admin]) {
      expect(kept).not.toContain(secret);
    }
  });
});

describe('the audit', () => {
  it('tells who signed in and out, from where, and who tried', async () => {
    const accepted = await signIn(server, { api_key: server.keys.admin });
    const browser: Browser = {
      cookie: String(accepted.headers['set-cookie']).split(';')[0]!,
      csrfToken: accepted.json.csrf_token,
    };
    const reader = await signIn(server, { api_key: server.keys.read });
    const out = await callAs(browser, `${server.url}/console/session`, { method: 'DELETE' });
    const url = server.stateUrl.replace('handoff_state', 'audit?scope=account&limit=200');
    const { json } = await send(url, { key: server.keys.admin });
    const byRequest = new Map(
      json.items.map((entry: { request_id: string }) => [entry.request_id, entry]),
    );
    const entryOf = (answer: typeof out) => byRequest.get(String(answer.headers['x-request-id']));
    const who = { key_id: keyIdOf(server.keys.admin), address: '127.0.0.1', record: null };
    expect(entryOf(accepted)).toMatchObject({ ...who, action: 'sign_in', status: 200 });
    expect(entryOf(out)).toMatchObject({ ...who, action: 'sign_out', status: 200 });
    expect(entryOf(reader)).toMatchObject({
      action: 'sign_in',
      key_id: keyIdOf(server.keys.read),
      status: 403,
      cause: 'forbidden',
    });
    const unknown = await signIn(server, { api_key: guessedKey(server.keys.admin) });
    const nobodys = await onDatabase(server.config, "SELECT * FROM audit_block WHERE tenant = '@'");
    expect(JSON.stringify(nobodys)).toContain(String(unknown.headers['x-request-id']));
  });
});
