// What a page makes of text that callers wrote: all of it shown, none of it markup.

import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Opens everything that is shown in part at first. */
export async function showAll(page: Page): Promise<void> {
  const folded = page.locator('details:not([open]) > summary');
  const cut = page.getByRole('button', { name: /^show all/i });
  for (const toOpen of [cut, folded]) {
    while ((await toOpen.count()) > 0) await toOpen.first().click();
  }
}

/**
 * Fails where something on the page leads elsewhere, loads something, or does something by itself:
 * nothing of that is the page's own, so that it would have come from a value.
 */
export async function expectOnlyText(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const own = location.origin;
    const isOwn = (address: string) => new URL(address, location.href).origin === own;
    const elements = [...document.querySelectorAll('body, body *')];
    const forbidden = ['SCRIPT', 'IFRAME', 'IMG', 'OBJECT', 'EMBED', 'META', 'BASE', 'STYLE'];
    return elements.flatMap((element) => {
      const names = element.getAttributeNames();
      const leads = ['href', 'src', 'action', 'formaction', 'xlink:href'].filter(
        (name) => element.hasAttribute(name) && !isOwn(element.getAttribute(name)!),
      );
      const isWrong =
        forbidden.includes(element.tagName) ||
        names.some((name) => /^on|^srcdoc$|["'<>=]/i.test(name)) ||
        leads.length > 0;
      return isWrong ? [element.outerHTML.slice(0, 200)] : [];
    });
  });
  expect(found).toEqual([]);
}
