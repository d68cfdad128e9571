// Sessions in a browser: where the key goes, what a reload keeps, and what the end of one does.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { admin, keyIdOf, madeKey } from '../support/admin-calls.js';
import { openContext, openPage } from '../support/browser.js';
import {
  consolePaths,
  handoffPath,
  openConsole,
  settled,
  signedInContext,
} from '../support/console.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

const state = {
  id: 'conv-1',
  shared_id: 'CA1',
  data: { customer: { name: 'Amelia', pin: '4711' } },
};
const pointers = ['/customer/pin'];

/** The answers that show that nobody is signed in. */
const expected = [/401/];

beforeAll(async () => {
  server = await startServer();
  const set = await admin(server, 'PATCH', 'projects/demo', { sensitive_fields: pointers });
  expect(set.status, set.text).toBe(200);
});
beforeEach(async () => {
  expect((await put(server, state)).status).toBeLessThan(300);
});
afterAll(() => server.stop());

describe('signing in', () => {
  const view = `${consolePaths.handoffs}?status=pending&q=CA1`;

  test('leads to the address that was wanted, and leaves the key nowhere', async () => {
    const context = await openContext();
    const page = await openPage({ context, expected });
    await page.goto(server.url + view);
    await page.getByLabel('Admin key').fill(server.keys.admin);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'conv-1' }).waitFor();
    expect(page.url()).toBe(server.url + view);

    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state]),
    );
    const secret = server.keys.admin.split('_').at(-1)!;
    expect(kept + (await page.content()) + page.url()).not.toContain(secret);
    expect(JSON.stringify(await context.cookies())).not.toContain(secret);
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ name: 'baton_session', httpOnly: true, sameSite: 'Strict' });
  });

  test('with a key that may not, or with none, says what to do', async () => {
    const page = await openPage({ expected: [/401/, /403/] });
    await page.goto(`${server.url}/console`);
    for (const [key, told] of [
      [server.keys.read, /admin/],
      ['baton_nonsense', /key/i],
    ] as const) {
      await page.getByLabel('Admin key').fill(key);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect.poll(() => page.getByRole('alert').innerText()).toMatch(told);
    }
  });

  test('by the link of the first start works once, and the link leaves the address', async () => {
    const [link] = /http\S+#sign-in=\S+/.exec(server.printed)!;
    const page = await openPage({ expected });
    await page.goto(link);
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    expect(page.url()).not.toContain('sign-in');
    await page.goBack();
    expect(page.url()).not.toContain('sign-in');

    const second = await openPage({ expected });
    await second.goto(link);
    await second.getByLabel('Admin key').waitFor();
    expect(await second.getByRole('status').innerText()).toMatch(/used before/);
  });
});

test('a reload keeps the view: the filters, the search, and one handoff', async () => {
  const context = await signedInContext(server);
  const page = await openConsole(server, consolePaths.handoffs, { context });
  await page.getByLabel('Outcome').selectOption({ label: 'Pending' });
  await page.getByLabel('Written').selectOption({ label: 'Last day' });
  await page.getByRole('searchbox').fill('CA1');
  await page.waitForURL(/q=CA1/);
  const shown = async () => [
    page.url(),
    await page.getByLabel('Outcome').inputValue(),
    await page.getByLabel('Written').inputValue(),
    await page.getByRole('searchbox').inputValue(),
    await page.getByRole('table').getByRole('link').allInnerTexts(),
  ];
  await page.getByRole('link', { name: 'conv-1' }).waitFor();
  const before = await shown();
  await page.reload();
  await page.getByRole('link', { name: 'conv-1' }).waitFor();
  expect(await shown()).toEqual(before);

  await page.getByRole('link', { name: 'conv-1' }).click();
  await page.getByText('Amelia', { exact: true }).waitFor();
  const address = page.url();
  await page.reload();
  await page.getByText('Amelia', { exact: true }).waitFor();
  expect(page.url()).toBe(address);
  await page.goBack();
  await page.getByRole('link', { name: 'conv-1' }).waitFor();
  expect(await shown()).toEqual(before);
});

describe('the end of a session', () => {
  test('leads to the sign-in page, and from there back to the same view', async () => {
    const key = await madeKey(server, { permission: 'admin', name: 'short' });
    const context = await signedInContext(server, {}, key.text);
    const view = `${consolePaths.handoffs}?status=pending`;
    const page = await openConsole(server, view, { context, expected });
    expect((await admin(server, 'DELETE', `keys/${key.keyId}`)).status).toBe(200);
    await page.getByRole('link', { name: 'conv-1' }).click();

    await page.getByLabel('Admin key').waitFor();
    expect(await page.getByRole('status').innerText()).toMatch(/session has ended/);
    const address = page.url();
    await page.getByLabel('Admin key').fill(server.keys.admin);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Amelia', { exact: true }).waitFor();
    expect(page.url()).toBe(address);
  });

  test('by signing out ends it in every tab, and going back shows nothing', async () => {
    const context = await signedInContext(server);
    const first = await openConsole(server, handoffPath('conv-1'), { context, expected });
    const second = await openConsole(server, consolePaths.handoffs, { context, expected });
    await first.getByText('Amelia', { exact: true }).waitFor();
    await first.getByRole('button', { name: 'Sign out' }).click();
    await first.getByLabel('Admin key').waitFor();
    await first.reload();
    await first.getByLabel('Admin key').waitFor();
    expect(await first.locator('body').innerText()).not.toContain('Amelia');

    await second.getByRole('link', { name: 'conv-1' }).click();
    await second.getByLabel('Admin key').waitFor();
    expect(await second.locator('body').innerText()).not.toContain('Amelia');
  });
});

test('sensitive values are masked until they are revealed, and that is audited', async () => {
  const page = await openConsole(server, handoffPath('conv-1'));
  await page.getByText('Amelia', { exact: true }).waitFor();
  expect(await page.content()).not.toContain('4711');
  const reveals = async () => {
    const { json } = await send(`${server.url}/v1/demo/demo/audit?action=reveal`, {
      key: server.keys.admin,
    });
    return json.items as { key_id: string; action: string }[];
  };
  expect(await reveals()).toEqual([]);

  await page.getByRole('button', { name: 'Reveal' }).click();
  await page.getByText('4711', { exact: true }).waitFor();
  await expect.poll(async () => (await reveals()).length).toBe(1);
  expect((await reveals())[0]!.key_id).toBe(keyIdOf(server.keys.admin));

  await page.getByRole('button', { name: 'Mask again' }).click();
  await expect.poll(() => page.content()).not.toContain('4711');
  await page.reload();
  await settled(page);
  expect(await page.content()).not.toContain('4711');
});

describe('a stolen cookie, without the CSRF token', () => {
  const changes = [
    ['PUT', '/v1/demo/demo/handoff_state', { ...state, data: { stolen: true } }],
    ['DELETE', '/v1/demo/demo/handoff_state?id=conv-1', undefined],
    ['POST', '/v1/keys', { permission: 'admin' }],
    ['DELETE', '/console/session', undefined],
  ] as const;

  test('changes nothing, from wherever it is sent', async () => {
    const context = await signedInContext(server);
    for (const [method, path, data] of changes) {
      const answer = await context.request.fetch(server.url + path, { method, data });
      expect(answer.status(), path).toBe(403);
    }
    await expectUnchanged(context);
  });

  test('changes nothing and shows nothing to a page of another port of the same host', async () => {
    const context = await signedInContext(server);
    const page = await openPage({ context, expected: [/./] });
    await page.goto(await otherSite());
    const seen = await page.evaluate(
      async ([own, calls]) => {
        const answers: string[] = [];
        for (const [method, path, body] of calls) {
          for (const mode of ['cors', 'no-cors'] as const) {
            const sent = { method, mode, credentials: 'include' as const };
            const text = body === undefined ? {} : { body: JSON.stringify(body) };
            await fetch(own + path, { ...sent, ...text }).then(
              (answer) => answer.text().then((got) => answers.push(got)),
              () => {},
            );
          }
        }
        const read = await fetch(`${own}/v1/demo/demo/handoff_state?id=conv-1`, {
          credentials: 'include',
          mode: 'no-cors',
        });
        return [...answers, await read.text()].join('');
      },
      [server.url, changes] as const,
    );
    expect(seen).toBe('');
    await expectUnchanged(context);
  });
});

/** The handoff and the session are there as before. */
async function expectUnchanged(context: BrowserContext): Promise<void> {
  expect((await lookUp(server, { id: 'conv-1' })).json.data).toEqual({
    customer: { name: 'Amelia', pin: '4711' },
  });
  const session = await context.request.get(`${server.url}/console/session`);
  expect(session.status()).toBe(200);
}

/** The address of a page that is none of Baton's. */
async function otherSite(): Promise<string> {
  const other = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<title>Other</title><h1>Other</h1>');
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  return `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
}
