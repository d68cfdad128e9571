// Section: durable PUTs of new states at 64 connections, against one transaction and so one fsync a
// write.

import { initBaton, putRequest, serveBaton } from './baton.js';
import { type Bench, programFile } from './bench.js';
import { type Contender, compare } from './compare.js';
import type { Figure } from './figure.js';
import type { WriterResult } from './fsync-writer.js';
import { measure, statesPerRun } from './load.js';
import { onServerCore, outputOf } from './processes.js';
import { namePlace } from './states.js';

export async function measureDurablePuts(bench: Bench): Promise<Figure[]> {
  const baton = await serveBaton(bench, await initBaton(bench, 'durable-put'));
  const contender: Contender = {
    name: 'Baton',
    measure: (round) => {
      const states = { first: 2 * round * statesPerRun, count: 'each once' } as const;
      const load = { ...putRequest(baton, namePlace), states };
      return measure(bench.generator, load, [baton.running], bench.options.seconds);
    },
  };
  const figure = await compare(bench, {
    name: 'durable PUT at 64 connections, against one fsync a write',
    goal: { atLeast: 5 },
    keepsCoreBusy: false,
    contender,
    baseline: await oneFsyncAWrite(bench),
  });
  await baton.running.stop();
  return [figure];
}

/** One connection to a store of Baton's own schema, one transaction a row, in its own process. */
async function oneFsyncAWrite(bench: Bench): Promise<Contender> {
  const { dataDir } = await initBaton(bench, 'fsync-baseline');
  return {
    name: 'one fsync a write',
    measure: async (round) => {
      const first = String(round * statesPerRun);
      const args = [programFile('fsync-writer'), dataDir, first, String(bench.options.seconds)];
      const pinned = onServerCore(bench.machine, process.execPath, args);
      const printed = await outputOf(pinned.command, pinned.args);
      const result: WriterResult = JSON.parse(printed);
      return result;
    },
  };
}
