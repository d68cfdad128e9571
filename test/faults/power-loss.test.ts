// A power loss at any moment keeps every acknowledged write: a replay of what reached the disk.

import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDirectory } from '../support/server.js';
import { nothingPromised, clientOf, writeKeyOf, writeStates } from './support/acknowledged-writes.js';
import { replayPowerLoss } from './support/power-loss-replay.js';
import { printedSeed, randomNumbers } from './support/random.js';
import { startServerProcess } from './support/server-process.js';
import { straceCommand } from './support/strace-log.js';

const project = fileURLToPath(new URL('../..', import.meta.url));
const connections = 4;
/** With what is written before them, enough for a checkpoint to fall between them. */
const writesBefore = 820;
const writesReplayed = 200;

let directory: string;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => rmSync(directory, { recursive: true }));

test(`a power loss at each of ${writesReplayed} acknowledgements loses nothing`, async () => {
  const { dataDir, logFile } = await recordWrites();

  const replay = await replayPowerLoss({ dataDir, logFile, survives: () => false });
  expect(replay.broken.slice(0, 10)).toEqual([]);
  expect(replay.crashes).toBeGreaterThanOrEqual(writesReplayed);
  expect(replay.checkpoints).toBeGreaterThan(0);
});

test('a disk that kept any part of what was not synced loses nothing either', async () => {
  const { dataDir, logFile } = await recordWrites();
  const random = randomNumbers(printedSeed());

  const replay = await replayPowerLoss({ dataDir, logFile, survives: () => random() < 0.5 });
  expect(replay.broken.slice(0, 10)).toEqual([]);
  expect(replay.crashes).toBeGreaterThanOrEqual(writesReplayed);
});

test('without synchronous=FULL the same replay finds lost writes', async () => {
  const { dataDir, logFile } = await recordWrites(builtWithoutFull());

  const replay = await replayPowerLoss({ dataDir, logFile, survives: () => false });
  expect(replay.broken.length).toBeGreaterThan(writesReplayed / 2);
});

/** Lets a server write under strace from its first start on, and ends it. */
async function recordWrites(dist?: string): Promise<{ dataDir: string; logFile: string }> {
  const dataDir = join(directory, 'data');
  const logFile = join(directory, 'strace.log');
  const under = straceCommand(logFile);
  const server = await startServerProcess({ dataDir, under, ...(dist === undefined ? {} : { dist }) });
  const client = clientOf(server, await writeKeyOf(server));

  const before = { prefix: 'before', connections, writesEach: writesBefore / connections };
  await writeStates(client, nothingPromised(), before);
  const replayed = { prefix: 'replayed', connections, writesEach: writesReplayed / connections };
  await writeStates(client, nothingPromised(), replayed);
  await server.stop('SIGKILL');
  return { dataDir, logFile };
}

/** The built files, but with commits that are not synced and nobody who looks. */
function builtWithoutFull(): string {
  const dist = join(directory, 'dist');
  cpSync(join(project, 'dist'), dist, { recursive: true });
  cpSync(join(project, 'package.json'), join(directory, 'package.json'));
  symlinkSync(join(project, 'node_modules'), join(directory, 'node_modules'));

  const file = join(dist, 'store/sqlite/database.js');
  const built = readFileSync(file, 'utf8');
  const weak = built
    .replace("'synchronous = FULL'", "'synchronous = NORMAL'")
    .replace('const full = 2;', 'const full = 1;');
  expect(weak).not.toBe(built);
  writeFileSync(file, weak);
  return dist;
}
