// Nothing that was acknowledged is lost when the server is killed, at whatever moment.

import { rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { runBaton, startChild } from './support/child-server.js';
import { type Random, seededRandom } from './support/random.js';
import { temporaryDirectory } from './support/test-config.js';
import { WriteLedger } from './support/write-ledger.js';

const lanes = 2;
const killsPerLane = 50;
const connections = 8;
const ids = Array.from({ length: 20 }, (_, n) => `call-${n}`);
/** The longest time under load before a kill. */
const loadMsMax = 120;

test('kill -9 at 100 moments under write load loses no acknowledged write', async () => {
  const random = seededRandom('kill -9');
  const counts = await Promise.all(Array.from({ length: lanes }, () => killAgainAndAgain(random)));
  const acknowledged = counts.reduce((sum, count) => sum + count);
  console.log(`kill -9: ${lanes * killsPerLane} kills, ${acknowledged} acknowledged writes`);
  expect(acknowledged).toBeGreaterThan(lanes * killsPerLane);
}, 240_000);

/** One data directory, killed and started again; how many writes were acknowledged. */
async function killAgainAndAgain(random: Random): Promise<number> {
  const dataDir = temporaryDirectory();
  const { output } = await runBaton(['init', '--json', '--data-dir', dataDir]);
  const key: string = JSON.parse(output.slice(output.indexOf('{'))).write_key;
  const ledger = new WriteLedger();

  for (let kill = 0; kill <= killsPerLane; kill++) {
    const server = await startChild(dataDir);
    const stateUrl = `${server.url}/v1/demo/demo/handoff_state`;
    await ledger.check(stateUrl, { key });
    expect(integrityOf(dataDir)).toBe('ok');
    if (kill === killsPerLane) {
      await server.end('SIGKILL');
      break;
    }

    let isAlive = true;
    const load = Array.from({ length: connections }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      try {
        for (;;) await ledger.put(stateUrl, ids[random.below(ids.length)]!, { key, agent });
      } catch (error) {
        // A connection may only break once the server is killed; a wrong answer never counts.
        if (isAlive || !(error instanceof Error && 'code' in error)) throw error;
      } finally {
        agent.destroy();
      }
    });
    await Promise.race([sleep(random.below(loadMsMax)), Promise.all(load)]);
    isAlive = false;
    expect(await server.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
    await Promise.all(load);
  }
  rmSync(dataDir, { recursive: true });
  return ledger.acknowledged;
}

function integrityOf(dataDir: string): unknown {
  const database = new Database(join(dataDir, 'baton.db'), { readonly: true });
  try {
    return database.pragma('integrity_check', { simple: true });
  } finally {
    database.close();
  }
}
