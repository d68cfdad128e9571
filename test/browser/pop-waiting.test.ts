// A link that is opened before its state is written: the page says so, and then shows it by itself.

import { expect, onTestFinished, test } from 'vitest';
import { accessibilityViolations } from '../support/accessibility.js';
import { openPage } from '../support/browser.js';
import { put } from '../support/handoff-calls.js';
import { linkTo } from '../support/pop.js';
import { sampleState } from '../support/sample-states.js';
import { startServer } from '../support/server.js';

/** The page comes after the longest wait of a look-up. */
const comesMs = 25_000;

test('it waits, says that it waits, and shows the state when it is there', async () => {
  const server = await startServer();
  onTestFinished(() => server.stop());
  const page = await openPage();
  const link = await linkTo(server, { shared_id: sampleState(0).shared_id });
  await page.goto(link, { timeout: comesMs });
  expect(await accessibilityViolations(page)).toEqual([]);
  expect(await page.getByRole('heading', { level: 1 }).innerText()).not.toContain('Amelia');

  expect((await put(server, sampleState(0))).status).toBe(201);
  await page.getByRole('heading', { name: 'Amelia Hartley' }).waitFor();
  expect(page.url()).toBe(link);
});
