// Section: how long after a write was acknowledged the reader that waits for it is answered, with
// one reader at a time and with 500 at once: in one process, and where one node of a PostgreSQL
// store writes and another one answers. Both ends are seen from this one process.

import { type Baton, lookUpRequest, putRequest, serveBaton } from './baton.js';
import { type Bench, say } from './bench.js';
import { askOnce, Connection, expectStatus, type Reply } from './connection.js';
import { type Figure, type Goal, medianOf } from './figure.js';
import { connections } from './load.js';
import { answerTextOf, nameOf } from './states.js';
import { percentile } from './statistics.js';

const crowd = 500;
const waitSeconds = 20;
const warmUpTurns = 3;
/** Beyond all the states that were seeded. */
const firstState = 50_000_000;

interface Nodes {
  readonly reading: Baton;
  readonly writing: Baton;
}

interface Turn extends Nodes {
  /** One reader a connection, each for a state of its own. */
  readonly readers: readonly Connection[];
  readonly writers: readonly Connection[];
}

interface WakeUps {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
}

export async function measureWakeUps(bench: Bench, baton: Baton): Promise<Figure[]> {
  const nodes = { reading: baton, writing: baton };
  return await measureBetween(bench, nodes, 'write acknowledged to reader answered', { atMost: 5 });
}

/** Beside the node that runs already, of a PostgreSQL store, another one is started. */
export async function measureWakeUpsAcross(bench: Bench, reading: Baton): Promise<Figure[]> {
  const writing = await serveBaton(bench, reading.store);
  const name = 'PostgreSQL: write on one node acknowledged to reader on another answered';
  const figures = await measureBetween(bench, { reading, writing }, name, { atMost: 25 });
  await writing.running.stop();
  return figures;
}

async function measureBetween(
  bench: Bench,
  nodes: Nodes,
  name: string,
  goal: Goal,
): Promise<Figure[]> {
  const { rounds, quick } = bench.options;
  const readers = await Connection.openMany(nodes.reading.origin, crowd);
  const writers = await Connection.openMany(nodes.writing.origin, connections);
  const turn = { ...nodes, readers, writers };
  const nextStates = numbersFrom(firstState);
  for (let warmUp = 0; warmUp < warmUpTurns; warmUp++) await wakeUps(turn, nextStates(crowd));

  const ofOne: WakeUps[] = [];
  const ofCrowd: WakeUps[] = [];
  for (let round = 0; round < rounds; round++) {
    say(`${name}: round ${round + 1} of ${rounds}`);
    const single: number[] = [];
    for (let repeat = 0; repeat < (quick ? 20 : 500); repeat++) {
      single.push(...(await wakeUps(turn, nextStates(1))));
    }
    ofOne.push(summary(single));
    ofCrowd.push(summary(await wakeUps(turn, nextStates(crowd))));
  }
  for (const connection of [...readers, ...writers]) connection.close();
  return [
    figure(`${name}, p99: one waits`, goal, ofOne),
    figure(`${name}, p99: ${crowd} wait, writes at ${connections} connections`, goal, ofCrowd),
  ];
}

/**
 * Milliseconds from each write's acknowledgement to its reader's answer; negative where the reader
 * was answered first. Nothing is written before every reader waits.
 */
async function wakeUps(turn: Turn, numbers: readonly number[]): Promise<number[]> {
  const { reading, writing, readers, writers } = turn;
  const names = numbers.map(nameOf);
  const answers = names.map((name, place) => waitFor(readers[place]!, reading, name));
  await untilWaiting(reading, names.length);

  const writtenAt: number[] = [];
  let next = 0;
  await Promise.all(
    writers.map(async (connection) => {
      while (next < names.length) {
        const place = next++;
        const reply = await connection.send(putRequest(writing, names[place]!));
        expectStatus(reply, 201, 'PUT of a state that is waited for');
        writtenAt[place] = reply.at;
      }
    }),
  );
  const answered = await Promise.all(answers);
  return answered.map((reply, place) => reply.at - writtenAt[place]!);
}

async function waitFor(connection: Connection, baton: Baton, name: string): Promise<Reply> {
  const request = lookUpRequest(baton, 'shared_id', name);
  const reply = await connection.send({ ...request, path: `${request.path}&wait=${waitSeconds}` });
  expectStatus(reply, 200, 'look-up that waits');
  if (reply.body !== answerTextOf(name)) throw new Error('a waiting reader got other bytes.');
  return reply;
}

/** Resolves when Baton counts so many waiters. */
async function untilWaiting({ origin, store }: Baton, count: number): Promise<void> {
  const headers = { 'x-api-key': store.admin_key };
  const deadline = performance.now() + (waitSeconds * 1_000) / 2;
  while (performance.now() < deadline) {
    const reply = await askOnce({ origin, method: 'GET', path: '/metrics', headers });
    expectStatus(reply, 200, 'metrics');
    if (Number(/^baton_waiters (\d+)$/m.exec(reply.body)?.[1]) === count) return;
  }
  throw new Error(`Baton did not count ${count} waiters in time.`);
}

function numbersFrom(first: number): (count: number) => number[] {
  let next = first;
  return (count) => Array.from({ length: count }, () => next++);
}

function summary(ms: readonly number[]): WakeUps {
  return { p50Ms: percentile(ms, 50), p99Ms: percentile(ms, 99), longestMs: Math.max(...ms) };
}

function figure(name: string, goal: Goal, rounds: readonly WakeUps[]): Figure {
  const p50 = medianOf(rounds, ({ p50Ms }) => p50Ms).toFixed(2);
  const longest = Math.max(...rounds.map(({ longestMs }) => longestMs)).toFixed(2);
  return {
    name,
    unit: 'ms',
    goal,
    values: rounds.map(({ p99Ms }) => p99Ms),
    note: `p50 ${p50} ms, longest ${longest} ms`,
    rounds,
  };
}
