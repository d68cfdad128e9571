// The load generators: many connections that ask for states by name, through wrk or autocannon.

import { loadByAutocannon } from './load-autocannon.js';
import { loadByWrk } from './load-wrk.js';
import { isInstalled } from './machine.js';
import type { Running } from './processes.js';
import type { Request } from './request.js';

export const connections = 64;

/** A request in which `namePlace` stands for the name of a state, and which states to name. */
export interface Load extends Request {
  /** Numbers of the states from `first` on: `count` of them at random, or each once in order. */
  readonly states: { readonly first: number; readonly count: number | 'each once' };
}

/** What a load generator saw. `failed` counts answers that were no 2xx and lost connections. */
export interface Seen {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

export interface Measured extends Omit<Seen, 'failed'> {
  /** Share of the time in which the servers worked: below 0.9, something else was the limit. */
  readonly busy: number | null;
}

export interface Generator {
  readonly name: 'wrk' | 'autocannon';
  run(load: Load, seconds: number): Promise<Seen>;
}

const warmUpSeconds = 1;

export function chooseGenerator(scratch: string, seed: number): Generator {
  let runs = 0;
  const settings = () => ({ scratch, threads: 1, seed: seed + runs++ });
  if (isInstalled('wrk')) {
    return { name: 'wrk', run: (load, seconds) => loadByWrk(load, seconds, settings()) };
  }
  return {
    name: 'autocannon',
    run: (load, seconds) => loadByAutocannon(load, seconds, settings()),
  };
}

/** Loads for a second to warm up, then measures. Throws where anything failed. */
export async function measure(
  generator: Generator,
  load: Load,
  servers: readonly Running[],
  seconds: number,
): Promise<Measured> {
  const { busyEach, ...seen } = await measureEach(generator, load, servers, seconds);
  const busy = busyEach.reduce<number | null>(
    (sum, share) => (sum === null || share === null ? null : sum + share),
    0,
  );
  return { ...seen, busy };
}

/** As `measure`, with the share of the time in which each of the servers worked. */
export async function measureEach(
  generator: Generator,
  load: Load,
  servers: readonly Running[],
  seconds: number,
): Promise<Omit<Seen, 'failed'> & { readonly busyEach: readonly (number | null)[] }> {
  await generator.run(load, warmUpSeconds);
  const began = performance.now();
  const cpuBefore = servers.map((server) => server.cpuSeconds());
  const { failed, ...seen } = await generator.run(afterWarmUp(load), seconds);
  const cpuAfter = servers.map((server) => server.cpuSeconds());
  const took = (performance.now() - began) / 1000;
  if (failed > 0) {
    throw new Error(
      `${load.method} ${load.path}: ${failed} requests failed; see the server's log.`,
    );
  }
  const busyEach = cpuAfter.map((after, place) => {
    const before = cpuBefore[place];
    return before === undefined || after === undefined ? null : (after - before) / took;
  });
  return { ...seen, busyEach };
}

/** States that are named each once must be others than those of the warming up. */
function afterWarmUp(load: Load): Load {
  if (load.states.count !== 'each once') return load;
  return { ...load, states: { ...load.states, first: load.states.first + statesPerRun } };
}

/** More than any run can name in `each once` order. */
export const statesPerRun = 2_000_000;
