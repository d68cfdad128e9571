// A first start that was killed at any of its steps does not stand in the way of the next one.

import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../support/server.js';
import { ending, spawnServer, startServerProcess } from './support/server-process.js';

/** The calls by which the steps are counted: nearly all are of the store. */
const steps = '/^(mkdir|link|unlink|pwrite64|ftruncate|fsync|fcntl)';
/** From here on only SQLite's own transactions are left to be cut. */
const stepsMax = 60;

test('the next start serves, wherever the first was killed', async () => {
  const pending = Array.from({ length: stepsMax }, (_, index) => stepsMax - index);
  let kills = 0;
  const killInTurn = async () => {
    for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
      if (await isKilledAndStartsAgain(step)) kills++;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, killInTurn));
  expect(kills).toBe(stepsMax);
});

async function isKilledAndStartsAgain(step: number): Promise<boolean> {
  const directory = temporaryDirectory();
  const dataDir = join(directory, 'data');
  const inject = `inject=${steps}:signal=SIGKILL:when=${step}`;
  const under = ['strace', '-f', '-o', '/dev/null', '-e', `trace=${steps}`, '-e', inject];
  const end = await ending(spawnServer({ dataDir, under }));

  const server = await startServerProcess({ dataDir });
  expect(await server.stop('SIGTERM')).toBe(0);
  rmSync(directory, { recursive: true });
  return end === 'SIGKILL';
}
