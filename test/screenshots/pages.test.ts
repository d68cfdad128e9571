// Pictures of each page, light and dark, on a desktop and on a phone. The few that the documents
// show go to docs/screenshots/, all others to screenshots/, which is not kept.

import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type PageOptions, themes } from '../support/browser.js';
import { consolePaths, handoffPath, openConsole } from '../support/console.js';
import { linkTo } from '../support/pop.js';
import { tellHistory } from '../support/sample-history.js';
import { sampleState } from '../support/sample-states.js';
import { startServer, type TestServer } from '../support/server.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const devices = {
  desktop: { width: 1280, height: 860 },
  phone: { width: 390, height: 844 },
} as const;

/** What the README shows. */
const shown = new Set([
  'overview-light-desktop',
  'one-handoff-dark-desktop',
  'why-light-desktop',
  'pop-light-phone',
]);
const shownBytesMax = 150_000;

let server: TestServer;
let link: string;

beforeAll(async () => {
  for (const folder of ['screenshots', 'docs/screenshots']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  server = await startServer();
  await tellHistory(server);
  link = await linkTo(server, { id: sampleState(168).id });
});

afterAll(() => server.stop());

describe.each(themes)('%s', (theme) => {
  describe.each(Object.entries(devices))('%s', (device, size) => {
    const options: PageOptions = { theme, ...size };
    const take = (page: Page, name: string) => picture(page, `${name}-${theme}-${device}`);

    test('sign-in', async () => {
      const page = await openPage({ ...options, expected: [/401/] });
      await page.goto(`${server.url}/console`);
      await page.getByRole('button', { name: 'Sign in' }).waitFor();
      await take(page, 'sign-in');
    });

    test.each(Object.entries(consolePaths))('%s', async (name, path) => {
      await take(await openConsole(server, path, options), name.replaceAll(' ', '-'));
    });

    test('screen pop', async () => {
      const page = await openPage(options);
      await page.goto(link);
      await take(page, 'pop');
    });

    test('why a look-up found nothing', async () => {
      const page = await openConsole(server, `${consolePaths.requests}?show=404`, options);
      const refused = page.getByRole('row').filter({ hasText: '404' }).getByRole('button').first();
      await refused.click();
      await take(page, 'why');
    });

    test('one handoff', async () => {
      const page = await openConsole(server, handoffPath(sampleState(174).id), options);
      await take(page, 'one-handoff');
    });
  });
});

async function picture(page: Page, name: string): Promise<void> {
  const path = join(root, shown.has(name) ? 'docs/screenshots' : 'screenshots', `${name}.png`);
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  if (shown.has(name)) expect(statSync(path).size).toBeLessThan(shownBytesMax);
}
