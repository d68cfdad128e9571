// Section: the console in a real browser: its first page, its search, and how it stays when it is
// left open while handoffs come.

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { startChromium } from '../test/support/chromium.js';
import { audited, type Baton, type BatonStore, lookUpRequest, serveBaton } from './baton.js';
import { type Bench, say } from './bench.js';
import { Connection, expectStatus } from './connection.js';
import { measureLeftOpen } from './console-left-open.js';
import type { Figure } from './figure.js';
import { idOf, nameOf, sharedIdOf } from './states.js';

/** On a store that holds states already and that no server holds. */
export async function measureConsole(bench: Bench, store: BatonStore): Promise<Figure[]> {
  const baton = await serveBaton(bench, audited(store, 'fast'));
  const started = await startChromium();
  try {
    const browser = await chromium.connect(started.address);
    return [
      await measureFirstPage(bench, baton, browser),
      ...(await measureSearch(bench, baton, browser)),
      ...(await measureLeftOpen(bench, baton, () => signedIn(browser, baton))),
    ];
  } finally {
    await started.remove();
    await baton.running.stop();
  }
}

async function measureFirstPage(bench: Bench, baton: Baton, browser: Browser): Promise<Figure> {
  const took: number[] = [];
  for (let round = 0; round < bench.options.rounds; round++) {
    say(`console: first page, round ${round + 1} of ${bench.options.rounds}`);
    const context = await signedIn(browser, baton);
    const page = await context.newPage();
    await page.goto(handoffsPage(baton), { waitUntil: 'commit' });
    await rowOf(page, newestName(bench)).waitFor();
    took.push(await page.evaluate(() => performance.now()));
    await context.close();
  }
  return {
    name: 'console: time to a usable first page',
    unit: 'ms',
    goal: { atMost: 1_000 },
    values: took,
    note: `an empty cache, to the newest of ${stored(bench)} handoffs in the table`,
    rounds: took.map((ms) => ({ ms })),
  };
}

async function measureSearch(bench: Bench, baton: Baton, browser: Browser): Promise<Figure[]> {
  const context = await signedIn(browser, baton);
  const page = await context.newPage();
  await page.goto(handoffsPage(baton));
  await rowOf(page, newestName(bench)).waitFor();
  const connection = await Connection.open(baton.origin);
  const shown: number[] = [];
  const answered: number[] = [];
  for (let round = 0; round < bench.options.rounds; round++) {
    say(`console: search, round ${round + 1} of ${bench.options.rounds}`);
    const name = nameOf(Math.floor((bench.states.stored * (round + 0.5)) / bench.options.rounds));
    answered.push(await answerMs(connection, baton, name));
    shown.push(await searchMs(page, sharedIdOf(name), idOf(name)));
  }
  connection.close();
  await context.close();
  const figure = { unit: 'ms', goal: { atMost: 100 } } as const;
  const among = `among ${stored(bench)} handoffs`;
  return [
    {
      ...figure,
      name: 'console: search by shared id, to the row in the table',
      values: shown,
      note: `${among}; from Enter to the frame that shows it`,
      rounds: shown.map((ms) => ({ ms })),
    },
    {
      ...figure,
      name: 'list by shared_id',
      values: answered,
      note: `${among}; the call that the search makes`,
      rounds: answered.map((ms) => ({ ms })),
    },
  ];
}

/** Timed within the page, since driving it from here takes longer than the search. */
async function searchMs(page: Page, searched: string, id: string): Promise<number> {
  await page.getByRole('searchbox').fill('');
  await page.getByRole('row').nth(2).waitFor();
  return await page.evaluate(
    ([text, found]) =>
      new Promise<number>((resolve) => {
        const field = document.querySelector<HTMLInputElement>('input[type=search]')!;
        field.value = text;
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
        const began = performance.now();
        new MutationObserver((_, observer) => {
          const rows = [...document.querySelectorAll('[role=row]')];
          if (rows.length !== 2 || !rows[1]!.textContent.includes(found)) return;
          observer.disconnect();
          requestAnimationFrame(() => resolve(performance.now() - began));
        }).observe(document.body, { childList: true, subtree: true, characterData: true });
        field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
      }),
    [searched, id] as const,
  );
}

async function answerMs(connection: Connection, baton: Baton, name: string): Promise<number> {
  const { path } = lookUpRequest(baton, 'shared_id', name);
  const began = performance.now();
  const reply = await connection.send({
    origin: baton.origin,
    method: 'GET',
    path: path.replace('handoff_state?', 'handoff_states?'),
    headers: { 'x-api-key': baton.store.admin_key },
  });
  expectStatus(reply, 200, 'list by shared_id');
  return reply.at - began;
}

async function signedIn(browser: Browser, baton: Baton): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const answer = await context.request.post(`${baton.origin}/console/session`, {
    data: { api_key: baton.store.admin_key },
  });
  if (!answer.ok()) throw new Error(`sign-in was answered ${answer.status()}.`);
  return context;
}

/** The project is the one of `baton init`. */
export function handoffsPage(baton: Baton): string {
  return `${baton.origin}/console/projects/demo/handoffs`;
}

function rowOf(page: Page, name: string) {
  return page.getByRole('row').filter({ hasText: idOf(name) });
}

function newestName(bench: Bench): string {
  return nameOf(bench.states.stored - 1);
}

function stored(bench: Bench): string {
  return bench.states.stored.toLocaleString('en');
}
