// The console as a user meets it: the addresses of its pages, and being signed in.

import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { openContext, openPage, type PageOptions } from './browser.js';
import type { TestServer } from './server.js';

type Server = Pick<TestServer, 'url' | 'keys'>;

/** Of the first project, as the tests' servers make it. */
const project = '/console/projects/demo';

export const consolePaths = {
  overview: `${project}/overview`,
  handoffs: `${project}/handoffs`,
  requests: `${project}/requests`,
  'try it': `${project}/try`,
  settings: `${project}/settings`,
  projects: '/console/projects',
  keys: '/console/keys',
} as const;

export function handoffPath(id: string): string {
  return `${consolePaths.handoffs}/one?${new URLSearchParams({ id }).toString()}`;
}

/** A browser profile with a session of the admin key, or of the given one. */
export async function signedInContext(
  server: Server,
  options: PageOptions = {},
  apiKey: string = server.keys.admin,
): Promise<BrowserContext> {
  const context = await openContext(options);
  const answer = await context.request.post(`${server.url}/console/session`, {
    data: { api_key: apiKey },
  });
  expect(answer.status(), await answer.text()).toBe(200);
  return context;
}

/** A page of the console for a signed-in user, with its heading there. */
export async function openConsole(
  server: Server,
  path: string,
  options: PageOptions = {},
): Promise<Page> {
  const context = options.context ?? (await signedInContext(server, options));
  const page = await openPage({ ...options, context });
  await page.goto(server.url + path);
  await headingOf(page).waitFor();
  await settled(page);
  return page;
}

export function headingOf(page: Page) {
  return page.getByRole('heading', { level: 1 });
}

/** Resolves when all that the page has asked for is there. */
export async function settled(page: Page): Promise<void> {
  await expect
    .poll(() => page.locator('[aria-busy=true], .loading').count(), { timeout: 15_000 })
    .toBe(0);
}
