// A power loss at any moment keeps every acknowledged write: a replay of what reached the disk.

import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../support/random.js';
import { temporaryDirectory } from '../support/test-config.js';
import {
  clientOf,
  nothingPromised,
  writeKeyOf,
  writeStates,
} from './support/acknowledged-writes.js';
import { replayPowerLoss } from './support/power-loss-replay.js';
import { builtFiles, startServerProcess } from './support/server-process.js';
import { straceCommand } from './support/strace-log.js';

const project = fileURLToPath(new URL('../..', import.meta.url));
const connections = 4;
const writesReplayed = 200;
/** As many that a checkpoint falls between those that are replayed. */
const writesBefore = 820;

interface Recording {
  readonly directory: string;
  readonly dataDir: string;
  readonly logFile: string;
}

let recording: Recording;
beforeAll(async () => {
  recording = await recordWrites(temporaryDirectory(), { writesBefore, writesReplayed });
});
afterAll(() => rmSync(recording.directory, { recursive: true }));

test(`a power loss at each of ${writesReplayed} acknowledgements loses nothing`, async () => {
  const replay = await replayPowerLoss({ ...recording, survives: () => false });
  expect(replay.broken.slice(0, 10)).toEqual([]);
  expect(replay.crashes).toBeGreaterThanOrEqual(writesReplayed);
  expect(replay.checkpoints).toBeGreaterThan(0);
});

test('a disk that kept some of what was not synced loses nothing either', async () => {
  const random = seededRandom('power loss');

  const replay = await replayPowerLoss({ ...recording, survives: () => random.below(2) === 0 });
  expect(replay.broken.slice(0, 10)).toEqual([]);
  expect(replay.crashes).toBeGreaterThanOrEqual(writesReplayed);
});

test('without synchronous=FULL the same replay finds lost writes', async () => {
  const directory = temporaryDirectory();
  const dist = builtWithoutFull(directory);
  const weak = await recordWrites(directory, { writesBefore: 40, writesReplayed: 40, dist });

  const replay = await replayPowerLoss({ ...weak, survives: () => false });
  rmSync(directory, { recursive: true });
  console.log(`without FULL: ${replay.crashes} crashes, ${replay.broken.length} promises broken`);
  expect(replay.broken.some((words) => words.endsWith('is lost'))).toBe(true);
});

/** Lets a server write under strace from its first start on, and ends it. */
async function recordWrites(
  directory: string,
  run: { writesBefore: number; writesReplayed: number; dist?: string },
): Promise<Recording> {
  const dataDir = join(directory, 'data');
  const logFile = join(directory, 'strace.log');
  const under = straceCommand(logFile);
  const { dist = builtFiles } = run;
  const server = await startServerProcess({ dataDir, under, dist });
  const client = clientOf(server, await writeKeyOf(server));

  const before = { prefix: 'before', connections, writesEach: run.writesBefore / connections };
  await writeStates(client, nothingPromised(), before);
  const replayed = {
    prefix: 'replayed',
    connections,
    writesEach: run.writesReplayed / connections,
  };
  await writeStates(client, nothingPromised(), replayed);
  await server.stop('SIGKILL');
  return { directory, dataDir, logFile };
}

/** The built files, but with commits that are not synced and nobody who looks. */
function builtWithoutFull(directory: string): string {
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
