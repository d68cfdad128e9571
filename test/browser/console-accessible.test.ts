// Every page of the console: what axe finds in both themes, and what sticks out on any screen.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityViolations } from '../support/accessibility.js';
import { openPage, overflow, themes, widths } from '../support/browser.js';
import { consolePaths, handoffPath, openConsole, signedInContext } from '../support/console.js';
import { tellHistory } from '../support/sample-history.js';
import { sampleState } from '../support/sample-states.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

const pages: Record<string, string> = {
  ...consolePaths,
  'one handoff': handoffPath(sampleState(0).id),
  'a handoff that is not there': handoffPath('conv-nobody'),
  'no such page': '/console/nowhere',
};

/** What the page that shows a refusal brings about. */
const expected = [/404/];

beforeAll(async () => {
  server = await startServer();
  await tellHistory(server, 40);
});

afterAll(() => server.stop());

describe.each(themes)('%s', (theme) => {
  test('axe finds nothing on the sign-in page, with an error on it too', async () => {
    const page = await openPage({ theme, expected: [/401/] });
    await page.goto(`${server.url}/console`);
    const button = page.getByRole('button', { name: 'Sign in' });
    await button.waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);

    await page.getByLabel('Admin key').fill('baton_wrong');
    await button.click();
    await page.getByRole('alert').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  test('axe finds nothing in the dialogs', async () => {
    const page = await openConsole(server, consolePaths.keys, { theme });
    const button = (name: string | RegExp) => page.getByRole('button', { name });
    for (const name of ['New key', 'Rotate first write key', 'Revoke first write key']) {
      await button(name).click();
      await page.getByRole('dialog').waitFor();
      expect(await accessibilityViolations(page), name).toEqual([]);
      await button('Cancel').click();
    }
    await button('New key').click();
    await button('Make the key').click();
    await page.getByRole('dialog', { name: 'Copy the key now' }).waitFor();
    expect(await accessibilityViolations(page), 'the secret').toEqual([]);
  });

  test('axe finds nothing where a request is open, and a trial is made', async () => {
    const page = await openConsole(server, consolePaths.requests, { theme });
    await page.getByRole('table').getByRole('button').first().click();
    expect(await accessibilityViolations(page)).toEqual([]);

    await page.goto(server.url + consolePaths['try it']);
    await page.getByRole('button', { name: 'Write it' }).click();
    await page.getByRole('article').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  test.each(Object.entries(pages))('axe finds nothing on: %s', async (_, path) => {
    const page = await openConsole(server, path, { theme, expected });
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});

test.each(Object.entries(pages))('nothing sticks out on any screen: %s', async (_, path) => {
  const context = await signedInContext(server);
  const page = await openConsole(server, path, { context, expected });
  for (const width of Object.values(widths)) {
    await page.setViewportSize({ width, height: 900 });
    expect(await overflow(page), `at ${width} pixels`).toBe(0);
  }
});

test('on a phone the menu opens and closes, and axe finds nothing in it', async () => {
  const page = await openConsole(server, consolePaths.handoffs, { width: widths.narrow, expected });
  await page.getByRole('button', { name: 'Menu' }).click();
  expect(await accessibilityViolations(page)).toEqual([]);
  await page.getByRole('link', { name: 'Keys' }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await expect.poll(() => page.getByRole('link', { name: 'Handoffs' }).isVisible()).toBe(false);
});
