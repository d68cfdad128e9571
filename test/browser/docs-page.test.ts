// The page at /docs in a real browser.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityViolations } from '../support/accessibility.js';
import { openPage, overflow, themes, widths } from '../support/browser.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.stop());

describe.each(themes)('%s', (theme) => {
  test('axe finds nothing', async () => {
    const page = await openPage({ theme });
    await page.goto(`${server.url}/docs`);
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});

test.each(Object.entries(widths))('nothing sticks out when %s', async (_, width) => {
  const page = await openPage({ width });
  await page.goto(`${server.url}/docs`);
  expect(await overflow(page)).toBe(0);
});

test('the first key leads past the contents, to the content', async () => {
  const page = await openPage();
  await page.goto(`${server.url}/docs`);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/docs#main');
});
