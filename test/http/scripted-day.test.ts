// A day whose outcomes are known beforehand: 10,000 handoffs, over two nodes where the store allows
// two, with a restart in the middle. What is counted is exactly what happened.

import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { atOnce } from '../support/at-once.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { send } from '../support/request.js';
import { startServer, TestClock, type TestServer } from '../support/server.js';

const parts = 100;
const perPart = 100;
const partMs = 864_000;
const spanMs = parts * partMs;
const dayStart = Date.UTC(2030, 0, 1);
const callsTogether = 32;

/** What is to become of the handoff with this number. */
const isEarly = (n: number) => n % 25 === 0;
const isMissed = (n: number) => [3, 37, 71].includes(n % 100);
const isLate = (n: number) => n % 20 === 7;
const isFollowedByWrong = (n: number) => n % 50 === 1;
/** Seconds from the write to the look-up. */
const delaysSeconds = [1, 5, 30];
const lateSeconds = 130;
const delayOf = (n: number) => (isLate(n) ? lateSeconds : delaysSeconds[n % 3]!);

const all = Array.from({ length: parts * perPart }, (_, n) => n);
const pickedUp = all.filter((n) => !isMissed(n));
const delaysMs = pickedUp.map((n) => delayOf(n) * 1000).toSorted((one, other) => one - other);
const rank = (percent: number) => delaysMs[Math.ceil((delaysMs.length * percent) / 100) - 1];
const known = {
  written: all.length,
  picked_up: pickedUp.filter((n) => !isLate(n)).length,
  late: all.filter(isLate).length,
  missed: all.filter(isMissed).length,
  pending: 0,
  erased: 0,
  time_to_pickup_ms: { p50: rank(50), p95: rank(95) },
  look_ups_without_result: {
    never_written: all.filter(isFollowedByWrong).length,
    early: all.filter(isEarly).length,
    expired: 0,
    erased: 0,
    other_project: 0,
  },
};

const range = `from=${new Date(dayStart).toISOString()}&to=${new Date(dayStart + spanMs).toISOString()}`;

const clock = new TestClock();
let nodes: TestServer[];
/** Of the nodes that ran before. */
const counted = new Map<string, number>();

async function startNodes(): Promise<TestServer[]> {
  const time = { now: clock.now, elapsedMs: clock.elapsedMs };
  const first = await startServer(nodes?.[0]?.config ?? {}, time);
  const named = { ...first, keys: nodes?.[0]?.keys ?? first.keys };
  if (inject('storeKind') === 'sqlite') return [named];
  const second = await startServer(first.config, time);
  return [named, { ...second, keys: named.keys }];
}

async function metricsOf(node: TestServer): Promise<Map<string, number>> {
  const { text } = await send(`${node.url}/metrics`, { key: node.keys.admin });
  const lines = text.split('\n').filter((line) => line.startsWith('baton_'));
  return new Map(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' '))),
    ]),
  );
}

async function until(found: () => Promise<unknown>, wanted: number): Promise<void> {
  const options = { timeout: 10_000, interval: 20 };
  await vi.waitFor(async () => expect(await found()).toBe(wanted), options);
}

async function untilWritten(): Promise<void> {
  for (const node of nodes) {
    const waiting = async () => (await metricsOf(node)).get('baton_outcomes_waiting');
    await until(waiting, 0);
  }
}

type Name = Record<string, string>;

const nodeFor = (n: number) => nodes[n % nodes.length]!;

async function playPart(part: number): Promise<void> {
  const own = all.slice(part * perPart, (part + 1) * perPart);
  const read = (some: readonly number[], status: number, nameOf: (n: number) => Name) =>
    atOnce(callsTogether, some, async (n) => {
      expect((await lookUp(nodeFor(n + 1), nameOf(n))).status).toBe(status);
    });
  const start = dayStart + part * partMs;
  clock.stopAt(start);
  await read(own.filter(isEarly), 404, (n) => ({ shared_id: `s-${n}` }));
  await read(own.filter(isFollowedByWrong), 404, (n) => ({ id: `wrong-${n}` }));
  const writtenAt = start + 2_000;
  clock.stopAt(writtenAt);
  await atOnce(callsTogether, own, async (n) => {
    const body = { id: `call-${n}`, shared_id: `s-${n}`, data: { n } };
    expect((await put(nodeFor(n), body)).status).toBe(201);
  });
  for (const seconds of [...delaysSeconds, lateSeconds]) {
    // What was picked up in time is not to be taken for missed by a clock that jumps.
    if (seconds === lateSeconds) await untilWritten();
    clock.stopAt(writtenAt + seconds * 1000);
    const due = own.filter((n) => !isMissed(n) && delayOf(n) === seconds);
    await read(due, 200, (n) => ({ shared_id: `s-${n}` }));
  }
  await untilWritten();
}

beforeAll(async () => {
  clock.stopAt(dayStart);
  nodes = await startNodes();
  for (let part = 0; part < parts; part++) {
    if (part === parts / 2) await restart();
    await playPart(part);
  }
  // By then it is known which look-ups were of what nobody writes.
  clock.stopAt(dayStart + spanMs + 600_000);
  await until(
    async () => total(await counters(), 'cause="never_written"'),
    known.look_ups_without_result.never_written,
  );
}, 240_000);
afterAll(async () => {
  for (const node of nodes.slice(1)) await node.serving.close();
  await nodes[0]!.stop();
});

async function restart(): Promise<void> {
  await untilMissedAreCounted();
  for (const node of nodes) {
    for (const [name, value] of await metricsOf(node)) {
      counted.set(name, (counted.get(name) ?? 0) + value);
    }
    await node.serving.close();
  }
  nodes = await startNodes();
}

/** They are decided once a second. */
async function untilMissedAreCounted(): Promise<void> {
  const before = all.filter((n) => n < (parts / 2) * perPart);
  const due = before.filter((n) => isMissed(n) || isLate(n)).length;
  await until(async () => total(await counters(), 'baton_handoffs_missed_total'), due);
}

/** Of all nodes together, those that have ended included. */
async function counters(): Promise<Map<string, number>> {
  const sums = new Map(counted);
  for (const node of nodes) {
    for (const [name, value] of await metricsOf(node)) {
      sums.set(name, (sums.get(name) ?? 0) + value);
    }
  }
  return sums;
}

function total(sums: Map<string, number>, part: string): number {
  const fitting = [...sums].filter(([name]) => name.includes(part));
  return fitting.reduce((sum, [, value]) => sum + value, 0);
}

describe('the day is told as it was', () => {
  test('by the statistics, in all and in their intervals, on every node', async () => {
    for (const node of nodes) {
      const { json } = await send(`${node.stateUrl}s/stats?${range}&interval=3600`, {
        key: node.keys.admin,
      });
      expect(json.total).toEqual(known);
      expect(json.intervals).toHaveLength(24);
      for (const name of ['written', 'picked_up', 'late', 'missed'] as const) {
        const sum = json.intervals.reduce(
          (before: number, one: Record<string, number>) => before + one[name]!,
          0,
        );
        expect(sum, name).toBe(known[name]);
      }
      expect(json.intervals[0].written).toBe(5 * perPart);
    }
  });

  test('by the metrics of all nodes together', async () => {
    const sums = await counters();
    expect(total(sums, 'baton_handoffs_written_total')).toBe(known.written);
    expect(total(sums, 'baton_handoffs_picked_up_total')).toBe(known.picked_up);
    expect(total(sums, 'baton_handoffs_late_total')).toBe(known.late);
    expect(total(sums, 'baton_handoffs_missed_total')).toBe(known.missed + known.late);
    expect(total(sums, 'baton_time_to_pickup_seconds_count')).toBe(pickedUp.length);
    for (const [cause, count] of Object.entries(known.look_ups_without_result)) {
      expect(total(sums, `result_total{cause="${cause}"}`), cause).toBe(count);
    }
  });

  test.each(['picked_up', 'late', 'missed', 'pending'] as const)(
    'by the list of those that are %s',
    async (status) => {
      const node = nodes[0]!;
      let count = 0;
      let cursor = '';
      do {
        const page = await send(`${node.stateUrl}s?status=${status}&limit=200${cursor}`, {
          key: node.keys.admin,
        });
        count += page.json.items.length;
        cursor = page.json.next_cursor === null ? '' : `&cursor=${page.json.next_cursor}`;
      } while (cursor !== '');
      expect(count).toBe(known[status]);
    },
  );
});
