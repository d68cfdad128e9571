// Sessions of the console: how a browser signs in, what its cookie is good for, and when it ends.

import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { limits } from '../../src/limits.js';
import { admin, keyIdOf, madeKey, untilWaiting } from '../support/admin-calls.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { expectRefusal } from '../support/refusal.js';
import type { Received } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';
import {
  type Browser,
  browserOf,
  callAs,
  shownSession,
  signedIn,
  signIn,
} from '../support/session-calls.js';
import { writeTlsFiles } from '../support/tls-files.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const statusOf = async (browser: Browser) => (await shownSession(server, browser)).status;
const hour = 3_600_000;

describe('an admin key', () => {
  it('is exchanged for a cookie that no script and no other site gets, and a CSRF token', async () => {
    const answer = await signIn(server, { api_key: server.keys.admin });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      csrf_token: expect.stringMatching(/^[\w-]{22}$/),
      expires_at: expect.stringMatching(/^20.*Z$/),
      region: 'us-1',
      key: {
        key_id: keyIdOf(server.keys.admin),
        name: 'first admin key',
        account_id: server.accountId,
        projects: null,
        permission: 'admin',
        view: 'full',
        expires_at: null,
      },
    });
    const leftMs = Date.parse(answer.json.expires_at) - server.clock.now();
    expect(Math.abs(leftMs - 8 * hour)).toBeLessThan(10_000);
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^baton_session=[\w-]{43}; Path=\/; Max-Age=28800; HttpOnly; SameSite=Strict$/,
      ),
    ]);
    expect(answer.headers['cache-control']).toBe('no-store');
    const shown = await shownSession(server, browserOf(answer));
    expect([shown.status, shown.json]).toEqual([200, answer.json]);
    expect(shown.headers['set-cookie']).toBeUndefined();
  });

  it('gives a cookie for TLS alone, where the server speaks TLS', async () => {
    const files = writeTlsFiles();
    const secure = await startServer(files.config);
    onTestFinished(async () => {
      await secure.stop();
      rmSync(files.directory, { recursive: true });
    });
    const answer = await signIn(secure, { api_key: secure.keys.admin }, { ca: files.cert });
    expect(answer.headers['set-cookie']).toEqual([expect.stringMatching(/; Secure$/)]);
    const browser = browserOf(answer);
    const url = `${secure.url}/console/session`;
    const out = await callAs(browser, url, { method: 'DELETE', ca: files.cert });
    expect(out.headers['set-cookie']).toEqual([expect.stringMatching(/Max-Age=0; .*; Secure$/)]);
  });

  it('gives a cookie for TLS alone, where the browser came by TLS through a proxy', async () => {
    const headers = { origin: 'https://baton.example', host: 'baton.example' };
    const answer = await signIn(server, { api_key: server.keys.admin }, { headers });
    expect(answer.headers['set-cookie']).toEqual([expect.stringMatching(/; Secure$/)]);
  });

  it('of some projects gives a session of no more than those', async () => {
    const { projectId } = server;
    const { text } = await madeKey(server, { permission: 'admin', projects: [projectId] });
    const browser = await signedIn(server, text);
    expect((await shownSession(server, browser)).json.key.projects).toEqual([projectId]);
    const body = { project_slug: 'other' };
    const sent = { method: 'POST', body };
    expect((await callAs(browser, `${server.url}/v1/projects`, sent)).status).toBe(403);
    expect((await callAs(browser, `${server.stateUrl}s`)).status).toBe(200);
  });

  it('is asked for: other keys sign nobody in', async () => {
    for (const key of [server.keys.read, server.keys.write]) {
      const refused = await signIn(server, { api_key: key });
      expectRefusal(
        refused,
        'forbidden',
        /has the permission (read|write), this call needs admin;/,
      );
      expect(refused.headers['set-cookie']).toBeUndefined();
    }
    const { text, keyId } = await madeKey(server, { permission: 'admin' });
    await admin(server, 'DELETE', `keys/${keyId}`);
    expectRefusal(await signIn(server, { api_key: text }), 'forbidden', /is revoked; use another/);
    for (const key of ['nonsense', text.replace(/_\w{12}_/, '_AAAAAAAAAAAA_')]) {
      const refused = await signIn(server, { api_key: key });
      expectRefusal(refused, 'unauthorized', /^The API key is /, [key]);
      // Basic would make the browser ask for a password in a window of its own.
      expect(refused.headers['www-authenticate']).toBe('Bearer realm="baton"');
    }
  });

  it('and a token of a link are one or the other', async () => {
    const both = { api_key: server.keys.admin, sign_in_token: 'a'.repeat(43) };
    for (const body of [{}, both]) {
      expectRefusal(await signIn(server, body), 'invalid_request', /both or none of api_key/);
    }
    const wrong = { ...both, sign_in_token: undefined, password: 'x' };
    expectRefusal(await signIn(server, wrong), 'invalid_request', /unknown member of 8 characters/);
    const sent = { headers: { 'content-type': 'text/plain' } };
    expect((await signIn(server, both, sent)).status).toBe(415);
  });
});

describe('a session', () => {
  it('stands for its key in every call of /v1', async () => {
    const browser = await signedIn(server);
    const body = { id: 'one', shared_id: 's', data: { a: 1 } };
    const made = await callAs(browser, server.stateUrl, { method: 'PUT', body });
    expect([made.status, made.json]).toEqual([201, body]);
    expect((await callAs(browser, `${server.stateUrl}?id=one`)).text).toBe(made.text);
    expect((await callAs(browser, `${server.stateUrl}s`)).json.items).toHaveLength(1);
    const keys = await callAs(browser, `${server.url}/v1/keys`);
    expect(unused(keys)).toEqual(unused(await admin(server, 'GET', 'keys')));
    const elsewhere = server.stateUrl.replace('demo/demo', 'demo/other');
    expect((await callAs(browser, `${elsewhere}?id=one`)).status).toBe(403);
    const patch = { method: 'PATCH', body: { data: { a: 2 } } };
    expect((await callAs(browser, `${server.stateUrl}?id=one`, patch)).json.data).toEqual({ a: 2 });
    const erased = await callAs(browser, `${server.stateUrl}?id=one`, { method: 'DELETE' });
    expect(erased.status).toBe(200);
  });

  it('gives way to a key in a header, good or not', async () => {
    await put(server, { id: 'one', data: {} });
    const browser = await signedIn(server);
    const headers = { cookie: browser.cookie };
    expect((await put(server, { id: 'two', data: {} }, { headers })).status).toBe(201);
    const byReader = {
      key: server.keys.read,
      headers: { ...headers, 'x-csrf-token': browser.csrfToken },
    };
    expect((await put(server, { id: 'two', data: {} }, byReader)).status).toBe(403);
    expect((await lookUp(server, { id: 'one' }, { key: 'wrong', headers })).status).toBe(401);
  });

  it('ends after eight hours, and with its key where that ends sooner', async () => {
    const expiresAt = server.clock.now() + hour;
    const life = { expires_at: new Date(expiresAt).toISOString() };
    const { text } = await madeKey(server, { permission: 'admin', ...life });
    const answer = await signIn(server, { api_key: text });
    expect(Date.parse(answer.json.expires_at)).toBe(expiresAt);
    expect(String(answer.headers['set-cookie'])).toMatch(/Max-Age=(3600|3599|359\d);/);
    const [short, long] = [browserOf(answer), await signedIn(server)];
    server.clock.advance(hour);
    expect([await statusOf(short), await statusOf(long)]).toEqual([401, 200]);
    server.clock.advance(7 * hour);
    const ended = await shownSession(server, long);
    expectRefusal(ended, 'unauthorized', /^The session has ended; sign in again\.$/);
    expect(ended.headers['www-authenticate']).toBe('Bearer realm="baton"');
    expect((await callAs(long, `${server.stateUrl}s`)).status).toBe(401);
  });

  it('ends with the revocation of its key, and when its key is rotated without overlap', async () => {
    const revoked = await madeKey(server, { permission: 'admin' });
    const rotated = await madeKey(server, { permission: 'admin' });
    const [one, other] = [
      await signedIn(server, revoked.text),
      await signedIn(server, rotated.text),
    ];
    await admin(server, 'DELETE', `keys/${revoked.keyId}`);
    expect([await statusOf(one), await statusOf(other)]).toEqual([401, 200]);
    await admin(server, 'POST', `keys/${rotated.keyId}/rotate`, { overlap_seconds: 0 });
    expect(await statusOf(other)).toBe(401);
    expect((await callAs(other, `${server.stateUrl}s`)).status).toBe(401);
  });

  it('ends at once where it signs out, and no other does', async () => {
    const [one, other] = [await signedIn(server), await signedIn(server)];
    expect(one.csrfToken).not.toBe(other.csrfToken);
    const url = `${server.url}/console/session`;
    const left = await callAs(one, url, { method: 'DELETE' });
    expect([left.status, left.json]).toEqual([200, {}]);
    expect(left.headers['set-cookie']).toEqual([
      'baton_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict',
    ]);
    expect([await statusOf(one), await statusOf(other)]).toEqual([401, 200]);
    expect((await callAs(one, url, { method: 'DELETE' })).status).toBe(401);
  });

  it('that waits for a state gets nothing once it has signed out', async () => {
    const browser = await signedIn(server);
    const waiting = callAs(browser, `${server.stateUrl}?id=late&wait=20`);
    await untilWaiting(server, 1);
    await callAs(browser, `${server.url}/console/session`, { method: 'DELETE' });
    await put(server, { id: 'late', data: {} });
    expect((await waiting).status).toBe(401);
  });

  it('is one of so many of its key: with one more the oldest ends', async () => {
    const oldest = await signedIn(server);
    server.clock.advance(1_000);
    const second = await signedIn(server);
    for (let made = 2; made < limits.sessionsPerKeyMax; made++) await signedIn(server);
    expect(await statusOf(oldest)).toBe(200);
    await signedIn(server);
    expect([await statusOf(oldest), await statusOf(second)]).toEqual([401, 200]);
  });

  it('is none where the cookie is not whole, or stands there twice', async () => {
    const browser = await signedIn(server);
    const wrong = [
      browser.cookie.slice(0, -1),
      `${browser.cookie}x`,
      `baton_session=${'a'.repeat(43)}`,
      'baton_session=',
      browser.cookie.replace('baton_session', 'Baton_Session'),
      `${browser.cookie}; ${browser.cookie}`,
    ];
    for (const cookie of wrong) {
      expect([cookie, await statusOf({ ...browser, cookie })]).toEqual([cookie, 401]);
    }
    const among = { ...browser, cookie: `theme=dark; ${browser.cookie}; other="a=b"` };
    expect(await statusOf(among)).toBe(200);
  });
});

describe('the link of the first start', () => {
  it('signs in once, for the first admin key', async () => {
    const { fresh, origin, token } = await started();
    expect(origin).toBe(fresh.url);
    const tries = Array.from({ length: 5 }, () => signIn(fresh, { sign_in_token: token }));
    const answers = await Promise.all(tries);
    const good = answers.filter(({ status }) => status === 200);
    expect(good).toHaveLength(1);
    expect(good[0]!.json.key.key_id).toBe(keyIdOf(fresh.keys.admin));
    expect((await shownSession(fresh, browserOf(good[0]!))).status).toBe(200);
    const refused = answers.find(({ status }) => status !== 200)!;
    expectRefusal(refused, 'unauthorized', /^The sign-in link was used before,/, [token]);
  });

  it('is good for 15 minutes, and as nothing else', async () => {
    const { fresh, token } = await started();
    const cookie = `baton_session=${token}`;
    expect((await shownSession(fresh, { cookie, csrfToken: '' })).status).toBe(401);
    fresh.clock.advance(15 * 60_000);
    expect((await signIn(fresh, { sign_in_token: token })).status).toBe(401);
    const { cookie: ofSession } = await signedIn(fresh);
    const sent = { sign_in_token: ofSession.split('=')[1] };
    expect((await signIn(fresh, sent)).status).toBe(401);
  });

  it('is not good any more where its key is revoked', async () => {
    const { fresh, token } = await started();
    const other = await madeKey(fresh, { permission: 'admin' });
    await admin(fresh, 'DELETE', `keys/${keyIdOf(fresh.keys.admin)}`, undefined, other.text);
    expect((await signIn(fresh, { sign_in_token: token })).status).toBe(403);
  });
});

/** A server of its own, with its link. */
async function started(): Promise<{ fresh: TestServer; origin: string; token: string }> {
  const fresh = await startServer();
  onTestFinished(() => fresh.stop());
  const [, origin, token] = /\n(http\S+)\/console#sign-in=([\w-]{43})\n/.exec(fresh.printed)!;
  return { fresh, origin: origin!, token: token! };
}

/** A list of keys without when they were last used, which is noted a while after. */
function unused({ json }: Received): object[] {
  return json.items.map((key: object) => ({ ...key, last_used_at: null }));
}
