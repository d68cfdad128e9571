// A server that is killed at any moment keeps every write that it acknowledged.

import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Random, seededRandom } from '../support/random.js';
import { temporaryDirectory } from '../support/test-config.js';
import {
  brokenPromises,
  clientOf,
  findOverHttp,
  nothingPromised,
  type Promised,
  writeKeyOf,
  writeStates,
} from './support/acknowledged-writes.js';
import { integrityOf } from './support/integrity.js';
import { ending, spawnServer, startServerProcess } from './support/server-process.js';

const kills = 1_000;
/** Kills of one data directory: few, so that all of its writes can be read back often. */
const killsPerStore = 50;
/** One kill in so many meets a server that is still starting, perhaps in its recovery. */
const killsPerStartKilled = 10;
const startMs = 250;
const loadMs = 60;
const connections = 8;

interface Tally {
  kills: number;
  acknowledged: number;
  broken: string[];
  integrity: Set<string>;
}

test(`${kills} kills under load lose no acknowledged write`, async () => {
  const random = seededRandom('kill');
  const tally: Tally = { kills: 0, acknowledged: 0, broken: [], integrity: new Set() };
  let stores = kills / killsPerStore;

  const killInTurn = async () => {
    while (stores-- > 0) await killOneStore(random, tally);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, killInTurn));

  console.log(`${tally.kills} kills, ${tally.acknowledged} acknowledged writes`);
  expect(tally.broken).toEqual([]);
  expect([...tally.integrity]).toEqual(['ok']);
  expect(tally.kills).toBe(kills);
  expect(tally.acknowledged).toBeGreaterThan(kills);
  // A start costs most of it: minutes on two cores, more where others use them too.
}, 1_800_000);

async function killOneStore(random: Random, tally: Tally): Promise<void> {
  const dataDir = temporaryDirectory();
  const everything: Promised[] = [];
  let writeKey: string | undefined;

  for (let round = 1; round <= killsPerStore; round++) {
    if (writeKey !== undefined && round % killsPerStartKilled === 0) {
      const child = spawnServer({ dataDir });
      await pause(random.below(startMs));
      child.kill('SIGKILL');
      await ending(child);
      tally.kills++;
      continue;
    }

    const server = await startServerProcess({ dataDir });
    writeKey ??= await writeKeyOf(server);
    const client = clientOf(server, writeKey);
    const before = everything.at(-1) ?? nothingPromised();
    tally.broken.push(...(await brokenPromises(before, findOverHttp(client))));

    const promised = nothingPromised();
    everything.push(promised);
    const writing = writeStates(client, promised, { prefix: `round-${round}`, connections });
    await pause(random.below(loadMs));
    await server.stop('SIGKILL');
    await writing;
    tally.kills++;
    tally.acknowledged += promised.written.size + promised.erased.size;
  }

  const server = await startServerProcess({ dataDir });
  const find = findOverHttp(clientOf(server, writeKey!));
  for (const promised of everything) tally.broken.push(...(await brokenPromises(promised, find)));
  await server.stop('SIGTERM');
  tally.integrity.add(integrityOf(dataDir));
  rmSync(dataDir, { recursive: true });
}
