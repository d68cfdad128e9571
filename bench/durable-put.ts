// Section: durable PUTs of new states at 64 connections, against one transaction and so one fsync a
// write.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { initBaton, putLoad, serveBaton } from './baton.js';
import { type Bench, programFile } from './bench.js';
import { type Contender, compare } from './compare.js';
import type { Figure } from './figure.js';
import type { WriterResult } from './fsync-writer.js';
import { measure, statesPerRun } from './load.js';
import { onServerCore } from './processes.js';

export async function measureDurablePuts(bench: Bench): Promise<Figure[]> {
  const baton = await serveBaton(bench, await initBaton(bench, 'durable-put'));
  const contender: Contender = {
    name: 'Baton',
    measure: (round) => {
      const load = putLoad(baton, 2 * round * statesPerRun);
      return measure(bench.generator, load, [baton.running], bench.options.seconds);
    },
  };
  const figure = await compare(bench, {
    name: 'durable PUT at 64 connections, against one fsync a write',
    goal: { atLeast: 5 },
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
      const { stdout } = await promisify(execFile)(pinned.command, pinned.args);
      const result: WriterResult = JSON.parse(stdout);
      return result;
    },
  };
}
