// A first start that was killed at any of its steps does not stand in the way of the next one.

import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../support/test-config.js';
import { type ServerProcess, startServerProcess } from './support/server-process.js';

/** How often a first start does what changes names or makes things safe, before it listens. */
const steps = { mkdir: 1, link: 1, unlink: 4, ftruncate: 2, fsync: 12 };

test('the next start serves, wherever the first was killed', async () => {
  const pending = Object.entries(steps).flatMap(([call, count]) =>
    Array.from({ length: count }, (_, index) => ({ call, number: index + 1 })),
  );
  const survived: string[] = [];
  const killInTurn = async () => {
    for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
      if (!(await isKilledAndStartsAgain(step))) survived.push(`${step.call} ${step.number}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, killInTurn));
  expect(survived).toEqual([]);
});

async function isKilledAndStartsAgain(step: { call: string; number: number }): Promise<boolean> {
  const directory = temporaryDirectory();
  const dataDir = join(directory, 'data');
  const inject = `inject=${step.call}:signal=SIGKILL:when=${step.number}`;
  const under = ['strace', '-f', '-o', '/dev/null', '-e', `trace=${step.call}`, '-e', inject];

  let first: ServerProcess | undefined;
  try {
    first = await startServerProcess({ dataDir, under });
    await first.stop('SIGKILL');
  } catch {
    // Killed before it listened, as it should be.
  }
  const next = await startServerProcess({ dataDir });
  expect(await next.stop('SIGTERM')).toBe(0);
  rmSync(directory, { recursive: true });
  return first === undefined;
}
