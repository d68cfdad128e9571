// Pages of the shared Chromium for a test. What a user would call broken fails the test by itself:
// an error on the console, a script that must not run, a refusal by the content security policy,
// a request to another host.

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect, inject, onTestFinished } from 'vitest';

export type Theme = 'light' | 'dark';
export const themes: readonly Theme[] = ['light', 'dark'];

/** CSS pixels; `narrow` is the least that every page must bear. */
export const widths = { narrow: 320, phone: 390, desktop: 1280, wide: 3840 } as const;

export interface PageOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  /** Whether scripts run, as they do where it is left out. */
  readonly javaScript?: boolean;
  /** Where two pages share a session; left out: a browser profile of its own. */
  readonly context?: BrowserContext;
  /** Trouble that the test brings about itself, such as the 401 of a wrong key. */
  readonly expected?: readonly RegExp[];
}

let shared: Promise<Browser> | undefined;

/** Opens an empty page, closed when the test has ended. */
export async function openPage(options: PageOptions = {}): Promise<Page> {
  const context = options.context ?? (await openContext(options));
  const page = await context.newPage();
  const found = await watchForTrouble(page);
  onTestFinished(async () => {
    await page.close();
    const { expected = [] } = options;
    expect(found.filter((text) => !expected.some((one) => one.test(text)))).toEqual([]);
  });
  return page;
}

/** A browser profile: cookies and storage of its own. */
export async function openContext(options: PageOptions = {}): Promise<BrowserContext> {
  shared ??= chromium.connect(inject('browserAddress'));
  const context = await (await shared).newContext({
    javaScriptEnabled: options.javaScript ?? true,
    colorScheme: options.theme ?? 'light',
    viewport: { width: options.width ?? widths.desktop, height: options.height ?? 900 },
    // As most viewers: neither the server's zone nor its language.
    timezoneId: 'America/New_York',
    locale: 'en-US',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(15_000);
  onTestFinished(() => context.close());
  return context;
}

/**
 * How far something sticks out of the page sideways, in CSS pixels, whether it can be scrolled to or
 * is cut off; what scrolls by itself, as code does, may be as wide as it likes.
 */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(async () => {
    // What is drawn by a script takes its new size with the frame after a change.
    for (const _ of [1, 2]) await new Promise((resolve) => requestAnimationFrame(resolve));
    const { scrollWidth, clientWidth } = document.documentElement;
    let widest = scrollWidth;
    const look = (element: Element) => {
      const { overflowX, position } = getComputedStyle(element);
      const { right, width } = element.getBoundingClientRect();
      // Text for screen readers alone is a pixel wide.
      if (width > 1 && position !== 'fixed') widest = Math.max(widest, Math.floor(right));
      if (overflowX === 'auto' || overflowX === 'scroll') return;
      for (const child of element.children) look(child);
    };
    look(document.body);
    return widest - clientWidth;
  });
}

/** Collects the page's trouble from now on, through every page that it goes to. */
async function watchForTrouble(page: Page): Promise<string[]> {
  const found: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') found.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => found.push(`script error: ${error.message}`));
  page.on('dialog', (dialog) => {
    found.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('popup', (popup) => found.push(`window opened: ${popup.url()}`));
  page.on('request', (request) => {
    if (!isOfThisMachine(request.url())) found.push(`request to ${request.url().slice(0, 200)}`);
  });
  await page.exposeFunction('policyViolated', (text: string) => {
    found.push(`content security policy: ${text}`);
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { policyViolated } = globalThis as unknown as {
        policyViolated: (text: string) => void;
      };
      policyViolated(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  return found;
}

function isOfThisMachine(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'blob:' || hostname === '127.0.0.1' || address === 'about:blank';
}
