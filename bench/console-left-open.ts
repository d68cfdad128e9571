// A console that is left open while handoffs are written and picked up: what its memory grows by,
// and how long it takes to react.

import { setTimeout as pause } from 'node:timers/promises';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { type Baton, lookUpRequest, putRequest } from './baton.js';
import { type Bench, say } from './bench.js';
import { Connection, expectStatus } from './connection.js';
import type { Figure } from './figure.js';
import type { Request } from './request.js';
import { nameOf } from './states.js';
import { percentile } from './statistics.js';

const handoffsPerSecond = 50;
const probeMs = 2_000;
/** What `Retry-After` says. */
const retryMs = 1_000;
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

/** Opens both pages in browser profiles of their own, under one stream of handoffs. */
export async function measureLeftOpen(
  bench: Bench,
  baton: Baton,
  openContext: () => Promise<BrowserContext>,
): Promise<Figure[]> {
  const { minutes } = bench.options;
  say(`console: left open for ${minutes} min`);
  const names = ['overview', 'handoffs'] as const;
  const pages = await Promise.all(
    names.map(async (name) => {
      const page = await (await openContext()).newPage();
      await page.goto(`${baton.origin}/console/projects/demo/${name}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      return page;
    }),
  );
  const end = performance.now() + minutes * 60_000;
  const [traffic, ...probes] = await Promise.all([
    comeAndGo(baton, bench.states.stored, end),
    ...pages.map((page) => probeUntil(end, page)),
  ]);
  return names.flatMap((name, place) => figuresOf(name, probes[place]!, { minutes, traffic }));
}

function figuresOf(
  name: string,
  probes: readonly Probe[],
  { minutes, traffic }: { minutes: number; traffic: Traffic },
): Figure[] {
  const kept = probes.slice(Math.floor(probes.length * warmUpShare));
  const reacted = kept.map(({ reactedMs }) => reactedMs);
  const { heapBytes, nodes } = probes.at(-1)!;
  return [
    {
      name: `console: ${name} left open, growth of its memory`,
      unit: 'MB/h',
      goal: { atMost: 20 },
      values: [growthOf(kept)],
      note:
        `${minutes} min, ${traffic.written} handoffs written and picked up, ` +
        `${traffic.refused} calls sent again after a 503; ` +
        `${(heapBytes / megabyte).toFixed(1)} MB and ${nodes} nodes at the end`,
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

interface Traffic {
  readonly written: number;
  readonly refused: number;
}

/** Writes handoffs at their rate and picks each up, until the end. */
async function comeAndGo(baton: Baton, firstNumber: number, end: number): Promise<Traffic> {
  const connection = await Connection.open(baton.origin);
  const began = performance.now();
  let written = 0;
  let refused = 0;
  const call = async (request: Request) => {
    let reply = await connection.send(request);
    while (reply.status === 503) {
      refused += 1;
      await pause(retryMs);
      reply = await connection.send(request);
    }
    // A write that was answered 503 may be there already: then it is 200 and not 201.
    expectStatus(reply, reply.status === 201 ? 201 : 200, request.method);
  };
  while (performance.now() < end) {
    const due = ((performance.now() - began) / 1_000) * handoffsPerSecond;
    for (; written < due; written++) {
      const name = nameOf(firstNumber + written);
      await call(putRequest(baton, name));
      await call(lookUpRequest(baton, 'shared_id', name));
    }
    await pause(1_000 / handoffsPerSecond);
  }
  connection.close();
  return { written, refused };
}

async function probeUntil(end: number, page: Page): Promise<Probe[]> {
  const session = await page.context().newCDPSession(page);
  const probes: Probe[] = [];
  while (performance.now() < end) {
    probes.push(await probe(session, page));
    await pause(probeMs);
  }
  return probes;
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
