// Section: how long after a write was acknowledged the reader that waits for it is answered, with
// one reader at a time and with 500 at once. Both ends are seen from this process, so that its own
// share of the work counts as Baton's.

import { type Baton, lookUpUrl, writeState } from './baton.js';
import { type Bench, say } from './bench.js';
import { type Figure, medianOf } from './figure.js';
import { expectStatus, keepAliveAgent, type Reply, send } from './http-client.js';
import { connections } from './load.js';
import { answerTextOf, nameOf, sharedIdOf } from './states.js';
import { percentile } from './statistics.js';

const goal = { atMost: 5 };
const crowdReaders = 500;
const waitSeconds = 20;
/** Beyond all the states that were seeded. */
const firstState = 50_000_000;

interface WakeUps {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export async function measureWakeUps(bench: Bench, baton: Baton): Promise<Figure[]> {
  const { rounds, quick } = bench.options;
  const readers = keepAliveAgent(crowdReaders);
  const writers = keepAliveAgent(connections);
  let next = firstState;
  const wait = (count: number) => {
    const first = next;
    next += count;
    return wakeUps({ baton, readers, writers, first, count });
  };

  await wait(crowdReaders);
  const alone: WakeUps[] = [];
  const crowd: WakeUps[] = [];
  for (let round = 0; round < rounds; round++) {
    say(`wake-up: round ${round + 1} of ${rounds}`);
    const single: number[] = [];
    for (let turn = 0; turn < (quick ? 20 : 200); turn++) single.push(...(await wait(1)));
    alone.push(summary(single));
    crowd.push(summary(await wait(crowdReaders)));
  }
  readers.destroy();
  writers.destroy();
  return [
    figure('one reader waits', alone),
    figure(`${crowdReaders} readers wait, writes at ${connections} connections`, crowd),
  ];
}

/**
 * Milliseconds from each write's acknowledgement to its reader's answer; negative where the reader
 * was answered first. Nothing is written before every reader waits.
 */
async function wakeUps(turn: {
  baton: Baton;
  readers: ReturnType<typeof keepAliveAgent>;
  writers: ReturnType<typeof keepAliveAgent>;
  first: number;
  count: number;
}): Promise<number[]> {
  const { baton, readers, writers, first, count } = turn;
  const numbers = Array.from({ length: count }, (_, place) => first + place);
  const answers = numbers.map((number) => waitFor(readers, baton, number));
  await untilWaiting(writers, baton, count);
  const written = await Promise.all(numbers.map((number) => writeState(writers, baton, number)));
  const answered = await Promise.all(answers);
  return answered.map((reply, place) => reply.at - written[place]!.at);
}

async function waitFor(
  agent: ReturnType<typeof keepAliveAgent>,
  baton: Baton,
  number: number,
): Promise<Reply> {
  const name = nameOf(number);
  const url = lookUpUrl(baton, `shared_id=${sharedIdOf(name)}&wait=${waitSeconds}`);
  const reply = await send(agent, url, { headers: { 'x-api-key': baton.store.read_key } });
  expectStatus(reply, 200, 'look-up that waits');
  if (reply.body !== answerTextOf(name)) throw new Error('a waiting reader got other bytes.');
  return reply;
}

/** Resolves when Baton counts so many waiters. */
async function untilWaiting(
  agent: ReturnType<typeof keepAliveAgent>,
  baton: Baton,
  count: number,
): Promise<void> {
  const headers = { 'x-api-key': baton.store.admin_key };
  const deadline = performance.now() + (waitSeconds * 1_000) / 2;
  while (performance.now() < deadline) {
    const reply = await send(agent, `${baton.origin}/metrics`, { headers });
    expectStatus(reply, 200, 'metrics');
    if (Number(/^baton_waiters (\d+)$/m.exec(reply.body)?.[1]) === count) return;
  }
  throw new Error(`Baton did not count ${count} waiters in time.`);
}

function summary(ms: readonly number[]): WakeUps {
  return { p50Ms: percentile(ms, 50), p99Ms: percentile(ms, 99), maxMs: Math.max(...ms) };
}

function figure(who: string, rounds: readonly WakeUps[]): Figure {
  const p50 = medianOf(rounds, ({ p50Ms }) => p50Ms).toFixed(2);
  const worst = Math.max(...rounds.map(({ maxMs }) => maxMs)).toFixed(2);
  return {
    name: `write acknowledged to reader answered, p99: ${who}`,
    unit: 'ms',
    goal,
    values: rounds.map(({ p99Ms }) => p99Ms),
    note: `p50 ${p50} ms, longest ${worst} ms`,
    rounds,
  };
}
