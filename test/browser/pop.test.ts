// The screen pop as a human agent's browser shows it.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { accessibilityViolations } from '../support/accessibility.js';
import { openContext, openPage, overflow, themes, widths } from '../support/browser.js';
import { put } from '../support/handoff-calls.js';
import { bodyOf, hostileStates } from '../support/hostile-states.js';
import { linkTo } from '../support/pop.js';
import { sampleState } from '../support/sample-states.js';
import { startServer, type TestServer } from '../support/server.js';
import { expectOnlyText, showAll } from '../support/shown-text.js';

let server: TestServer;
const state = sampleState(0);

beforeAll(async () => {
  server = await startServer();
  expect((await put(server, state)).status).toBe(201);
});
afterAll(() => server.stop());

describe.each(themes)('%s', (theme) => {
  test('axe finds nothing, shown or refused', async () => {
    const page = await openPage({ theme, expected: [/404/] });
    const link = await linkTo(server, { id: state.id });
    await page.goto(link);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Amelia Hartley');
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.goto(`${link.slice(0, -1)}_`);
    expect(await page.locator('body').innerText()).not.toContain('Amelia');
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});

test('who is calling and why are seen first, without a script and on a small screen', async () => {
  const context = await openContext({ javaScript: false, width: widths.narrow, height: 480 });
  const page = await openPage({ context });
  await page.goto(await linkTo(server, { shared_id: state.shared_id }));
  for (const text of ['Amelia Hartley', 'Charged twice for the May invoice']) {
    const box = await page.getByText(text, { exact: true }).first().boundingBox();
    expect(box!.y + box!.height).toBeLessThan(480);
  }
});

test.each(hostileStates)('$name: shown as text, and it breaks no layout', async (hostile) => {
  expect((await put(server, bodyOf(hostile))).status).toBe(201);
  const page = await openPage({ width: widths.narrow });
  await page.goto(await linkTo(server, { id: hostile.id }));
  await expectOnlyText(page);
  expect(await overflow(page), 'at first').toBe(0);

  await showAll(page);
  const text = await page.locator('body').innerText();
  for (const expected of hostile.shown) expect(text).toContain(expected);
  for (const width of Object.values(widths)) {
    await page.setViewportSize({ width, height: 900 });
    expect(await overflow(page), `at ${width} pixels, all shown`).toBe(0);
  }
});

test('a desktop that the operator names may frame it, no other may', async () => {
  const desktop = await framing();
  const framed = await startServer({ popFrameOrigins: [new URL(desktop.url).origin] });
  onTestFinished(() => framed.stop());
  expect((await put(framed, state)).status).toBe(201);
  const page = await openPage({ expected: [/frame/i] });
  const link = new URLSearchParams({ link: await linkTo(framed, { id: state.id }) }).toString();
  await page.goto(`${desktop.url}?${link}`);
  await page.frameLocator('iframe').getByRole('heading', { name: 'Amelia Hartley' }).waitFor();

  const refused = page.waitForEvent('console', {
    predicate: (message) => message.text().includes('frame-ancestors'),
  });
  await page.goto(`${(await framing()).url}?${link}`);
  await refused;
  expect(await page.frameLocator('iframe').getByText('Amelia').count()).toBe(0);
});

/** A page of another origin that frames the address in its query. */
async function framing(): Promise<{ url: string }> {
  const desktop = createServer((request, response) => {
    const link = new URL(request.url!, 'http://desktop').searchParams.get('link') ?? '';
    response.setHeader('content-type', 'text/html');
    response.end(`<title>Desktop</title><iframe title="Pop" src="${link}"></iframe>`);
  });
  await new Promise<void>((resolve) => desktop.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void desktop.close());
  return { url: `http://127.0.0.1:${(desktop.address() as AddressInfo).port}/` };
}
