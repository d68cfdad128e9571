// A console that is left open while handoffs are written and picked up: what its memory grows by,
// and how long it takes to react.

import { setTimeout as pause } from 'node:timers/promises';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { type Baton, lookUpRequest, putRequest } from './baton.js';
import { type Bench, say } from './bench.js';
import { Connection, expectStatus } from './connection.js';
import type { Figure } from './figure.js';
import { nameOf } from './states.js';
import { percentile } from './statistics.js';

const handoffsPerSecond = 50;
/** More than are written in the longest time. */
const numbersEach = 1_000_000;
const probeMs = 2_000;
/** What a page holds once all of it has been used does not grow: the first of these are left out. */
const warmUpShare = 0.2;
const megabyte = 1e6;
const hourMs = 3_600_000;

interface Probe {
  /** Milliseconds since a time of no matter. */
  readonly at: number;
  /** Of the page's scripts, after all garbage has been collected. */
  readonly heapBytes: number;
  readonly nodes: number;
  /** Milliseconds that the page took to run a script and paint. */
  readonly reactedMs: number;
}

export async function measureLeftOpen(
  bench: Bench,
  baton: Baton,
  context: BrowserContext,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  let firstNumber = bench.states.stored;
  for (const name of ['overview', 'handoffs'] as const) {
    const page = await context.newPage();
    await page.goto(`${baton.origin}/console/projects/demo/${name}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    figures.push(...(await leaveOpen(bench, baton, page, name, firstNumber)));
    firstNumber += numbersEach;
    await page.close();
  }
  return figures;
}

async function leaveOpen(
  bench: Bench,
  baton: Baton,
  page: Page,
  name: string,
  firstNumber: number,
): Promise<Figure[]> {
  const { minutes } = bench.options;
  say(`console: ${name} left open for ${minutes} min`);
  const session = await page.context().newCDPSession(page);
  const ended = performance.now() + minutes * 60_000;
  const traffic = comeAndGo(baton, firstNumber, ended);
  const probes: Probe[] = [];
  while (performance.now() < ended) {
    probes.push(await probe(session, page));
    await pause(probeMs);
  }
  const handoffs = await traffic;
  const kept = probes.slice(Math.floor(probes.length * warmUpShare));
  const reacted = kept.map(({ reactedMs }) => reactedMs);
  const last = probes.at(-1)!;
  return [
    {
      name: `console: ${name} left open, growth of its memory`,
      unit: 'MB/h',
      goal: { atMost: 20 },
      values: [growthOf(kept)],
      note:
        `${minutes} min, ${handoffs} handoffs written and picked up; ` +
        `${(last.heapBytes / megabyte).toFixed(1)} MB and ${last.nodes} nodes at the end`,
      rounds: probes,
    },
    {
      name: `console: ${name} left open, longest of its reactions`,
      unit: 'ms',
      goal: { atMost: 200 },
      values: [Math.max(...reacted)],
      note: `to run a script and paint; p50 ${percentile(reacted, 50).toFixed(0)} ms`,
      rounds: [],
    },
  ];
}

/** Writes handoffs at their rate and picks each up; resolves with their number at the end. */
async function comeAndGo(baton: Baton, firstNumber: number, end: number): Promise<number> {
  const connection = await Connection.open(baton.origin);
  const began = performance.now();
  let written = 0;
  while (performance.now() < end) {
    const due = ((performance.now() - began) / 1_000) * handoffsPerSecond;
    for (; written < due; written++) {
      const name = nameOf(firstNumber + written);
      expectStatus(await connection.send(putRequest(baton, name)), 201, 'PUT of a new state');
      const found = await connection.send(lookUpRequest(baton, 'shared_id', name));
      expectStatus(found, 200, 'look-up of a state that was written');
    }
    await pause(1_000 / handoffsPerSecond);
  }
  connection.close();
  return written;
}

async function probe(session: CDPSession, page: Page): Promise<Probe> {
  const began = performance.now();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  const reactedMs = performance.now() - began;
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const { nodes } = await session.send('Memory.getDOMCounters');
  return { at: performance.now(), heapBytes: usedSize, nodes, reactedMs };
}

/** Megabytes an hour: the slope of the line of least squares. */
function growthOf(probes: readonly Probe[]): number {
  const meanAt = mean(probes.map(({ at }) => at));
  const meanBytes = mean(probes.map(({ heapBytes }) => heapBytes));
  const together = mean(probes.map(({ at, heapBytes }) => (at - meanAt) * (heapBytes - meanBytes)));
  const spread = mean(probes.map(({ at }) => (at - meanAt) ** 2));
  return ((together / spread) * hourMs) / megabyte;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
