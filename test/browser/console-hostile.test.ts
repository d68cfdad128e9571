// States that somebody wrote to break the console, or to run in it: text, and nothing more.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityViolations } from '../support/accessibility.js';
import { overflow, widths } from '../support/browser.js';
import { consolePaths, handoffPath, openConsole, signedInContext } from '../support/console.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { bodyOf, hostileStates } from '../support/hostile-states.js';
import { startServer, type TestServer } from '../support/server.js';
import { expectOnlyText, showAll } from '../support/shown-text.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
  for (const state of hostileStates) {
    expect((await put(server, bodyOf(state))).status, state.name).toBe(201);
    expect((await lookUp(server, { shared_id: state.sharedId })).status).toBe(200);
  }
});

afterAll(() => server.stop());

test.each(hostileStates)('$name: shown as text, and it breaks no layout', async (state) => {
  const page = await openConsole(server, handoffPath(state.id), { width: widths.narrow });
  await page.getByRole('heading', { name: 'What was handed over' }).waitFor();
  await expectOnlyText(page);
  expect(await overflow(page), 'at first').toBe(0);

  await showAll(page);
  const text = await page.locator('main').innerText();
  for (const expected of state.shown) expect(text).toContain(expected);
  await expectOnlyText(page);
  for (const width of Object.values(widths)) {
    await page.setViewportSize({ width, height: 900 });
    expect(await overflow(page), `at ${width} pixels, all shown`).toBe(0);
  }
});

test('axe finds nothing where all of it is shown', async () => {
  const [markup] = hostileStates;
  const page = await openConsole(server, handoffPath(markup!.id));
  await showAll(page);
  expect(await accessibilityViolations(page)).toEqual([]);
});

test.each(['overview', 'handoffs', 'requests'] as const)('their names in: %s', async (name) => {
  const context = await signedInContext(server);
  const page = await openConsole(server, consolePaths[name], { context });
  await expectOnlyText(page);
  for (const width of Object.values(widths)) {
    await page.setViewportSize({ width, height: 900 });
    expect(await overflow(page), `at ${width} pixels`).toBe(0);
  }
});

test('a hostile name is found by searching for it, and by a click', async () => {
  const [state] = hostileStates;
  const page = await openConsole(server, consolePaths.handoffs);
  await page.getByRole('searchbox').fill(state!.sharedId);
  await page.waitForURL((url) => url.searchParams.get('q') === state!.sharedId);
  const links = page.getByRole('cell').getByRole('link');
  await expect.poll(() => links.count()).toBe(1);
  await links.click();
  await page.getByRole('heading', { name: 'What was handed over' }).waitFor();
  expect(new URL(page.url()).searchParams.get('id')).toBe(state!.id);
  await expectOnlyText(page);
});

test('what stands in the address is text, too', async () => {
  const attack = '<img src=x onerror=alert(1)>';
  const query = new URLSearchParams({ q: attack, status: attack, range: attack, from: attack });
  const page = await openConsole(server, `${consolePaths.handoffs}?${query.toString()}`);
  await expectOnlyText(page);
  expect(await page.getByRole('searchbox').inputValue()).toBe(attack);
});
