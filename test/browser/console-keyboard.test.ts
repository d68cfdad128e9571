// Every task of the console, done by keys alone.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { admin } from '../support/admin-calls.js';
import { openPage } from '../support/browser.js';
import { consolePaths, handoffPath, openConsole, settled } from '../support/console.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { chooseIn, enterOn, hasFocus, tabTo, typeInto } from '../support/keyboard.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

const state = { id: 'conv-1', shared_id: 'CA1', data: { name: 'Amelia', pin: '4711' } };

beforeAll(async () => {
  server = await startServer();
});
beforeEach(async () => {
  expect((await put(server, state)).status).toBeLessThan(300);
});
afterAll(() => server.stop());

test('signing in, going to a page, and signing out', async () => {
  const page = await openPage({ expected: [/401/] });
  await page.goto(`${server.url}/console`);
  await typeInto(page.getByLabel('Admin key'), server.keys.admin);
  await page.keyboard.press('Enter');
  await enterOn(page.getByRole('link', { name: 'Handoffs' }));
  await page.getByRole('heading', { name: 'Handoffs' }).waitFor();

  await enterOn(page.getByRole('button', { name: 'Sign out' }));
  await page.getByLabel('Admin key').waitFor();
});

test('the first key leads past the navigation, and a new page has the focus', async () => {
  const page = await openConsole(server, consolePaths.handoffs);
  await enterOn(page.getByRole('link', { name: 'Skip to the content' }));
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);

  await enterOn(page.getByRole('link', { name: 'conv-1' }));
  await page.getByRole('heading', { name: 'What was handed over' }).waitFor();
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.textContent))
    .toContain('conv-1');
});

describe('handoffs', () => {
  test('finding one, by a name and by its outcome', async () => {
    expect((await put(server, { id: 'conv-2', data: {} })).status).toBeLessThan(300);
    const page = await openConsole(server, consolePaths.handoffs);
    await typeInto(page.getByRole('searchbox'), 'CA1');
    await page.keyboard.press('Enter');
    const found = page.getByRole('table').getByRole('link');
    await expect.poll(() => found.allInnerTexts()).toEqual(['conv-1']);

    await chooseIn(page.getByLabel('Outcome'), 'Missed');
    await page.getByText('No handoff has exactly this id').waitFor();
    await enterOn(page.getByRole('button', { name: 'Clear' }));
    await expect.poll(async () => (await found.count()) >= 2).toBe(true);

    await enterOn(page.getByRole('link', { name: 'conv-1' }));
    await page.getByText('Amelia', { exact: true }).waitFor();
    await page.goBack();
    await page.getByRole('searchbox').waitFor();
  });

  test('revealing what is sensitive, and masking it again', async () => {
    const set = { sensitive_fields: ['/pin'] };
    expect((await admin(server, 'PATCH', 'projects/demo', set)).status).toBe(200);
    const page = await openConsole(server, handoffPath('conv-1'));
    const pin = page.getByText('4711', { exact: true });
    await enterOn(page.getByRole('button', { name: /^Reveal/ }));
    await pin.waitFor();
    await enterOn(page.getByRole('button', { name: 'Mask again' }));
    await expect.poll(() => pin.count()).toBe(0);
  });

  test('loading older ones', async () => {
    const ids = Array.from({ length: 120 }, (_, place) => `older-${place}`);
    for (const id of ids) expect((await put(server, { id, data: {} })).status).toBe(201);
    const page = await openConsole(server, consolePaths.handoffs);
    const rows = page.getByRole('table').getByRole('link');
    expect(await rows.count()).toBe(100);
    await tabTo(rows.last());
    await enterOn(page.getByRole('button', { name: 'Load more' }));
    await expect.poll(() => rows.count()).toBeGreaterThan(120);
    expect(new Set(await rows.allInnerTexts())).toContain('older-0');
  });

  test('copying the curl line', async () => {
    const page = await openConsole(server, handoffPath('conv-1'));
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await enterOn(page.getByRole('button', { name: 'Copy' }));
    await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain('handoff_state?id=conv-1');
    expect(copied).toContain('$BATON_API_KEY');
  });

  test('erasing one: only after a second question, which Escape ends', async () => {
    const page = await openConsole(server, handoffPath('conv-1'));
    const erase = page.getByRole('button', { name: 'Erase this handoff' });
    await enterOn(erase);
    await page.getByRole('dialog', { name: 'Erase this handoff?' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    expect((await lookUp(server, { id: 'conv-1' })).status).toBe(200);
    await expect.poll(() => hasFocus(erase)).toBe(true);
    await page.keyboard.press('Enter');
    await enterOn(page.getByRole('button', { name: 'Erase it for good' }));
    await page.getByText('It is erased.').waitFor();
    expect((await lookUp(server, { id: 'conv-1' })).json.error_code).toBe('handoff_state_erased');
  });
});

test('choosing the time of the overview, and the theme', async () => {
  const page = await openConsole(server, consolePaths.overview);
  await tabTo(page.getByRole('radio', { name: 'Last hour' }));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.waitForURL(/week/);
  await chooseIn(page.getByLabel('Theme'), 'Dark');
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  await chooseIn(page.getByLabel('Theme'), 'Light');
  expect(await background()).not.toBe(dark);
  await page.reload();
  await settled(page);
  expect(await background()).not.toBe(dark);
});

test('opening the menu on a phone', async () => {
  const page = await openConsole(server, consolePaths.handoffs, { width: 390 });
  await enterOn(page.getByRole('button', { name: 'Menu' }));
  await enterOn(page.getByRole('link', { name: 'Keys' }));
  await page.getByRole('heading', { name: 'Keys' }).waitFor();
});

test('the focus never gets stuck: Tab goes through a page and comes back', async () => {
  const page = await openConsole(server, handoffPath('conv-1'));
  const skip = page.getByRole('link', { name: 'Skip to the content' });
  await tabTo(skip);
  await page.keyboard.press('Tab');
  await tabTo(skip);
});
