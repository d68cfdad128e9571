// A kill loses no audit entry whose flush was due, at whatever moment it comes.

import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import type { AuditLine } from '../src/audit.js';
import type { Config } from '../src/config.js';
import { runBaton, serveChild } from './support/child-server.js';
import { type Random, seededRandom } from './support/random.js';
import { onDatabase } from './support/raw-audit.js';
import { send } from './support/request.js';
import { makePlace } from './support/store-place.js';

const lanes = 4;
/** The promise is about `fast`; that `strict` keeps all needs fewer of them. */
const killsPerLane = { fast: 25, strict: 5 };
const connections = 4;
const isPostgres = inject('storeKind') === 'postgres';
/** The longest time under load before a kill. */
const loadMsMax = isPostgres ? { fast: 1_000, strict: 400 } : { fast: 400, strict: 120 };
/**
 * 50 ms are promised, on a machine that has time for it: they end with a write that began after
 * them and came through. PostgreSQL takes writes by several connections, so one tells less.
 */
const dueMs = 50 + (isPostgres ? 450 : 0);
/** A disk that is slow for a while is told, and nothing given. */
const answers = [200, 201, 503];

test.each(['fast', 'strict'] as const)(
  '%s: kill -9 at many moments',
  async (mode) => {
    const random = seededRandom(`kill -9, audit ${mode}`);
    const counts = await Promise.all(
      Array.from({ length: lanes }, () => killAgainAndAgain(mode, random)),
    );
    const due = counts.reduce((sum, count) => sum + count);
    console.log(`audit ${mode}: ${lanes * killsPerLane[mode]} kills, ${due} entries were due`);
    expect(due).toBeGreaterThan(lanes * killsPerLane[mode]);
  },
  600_000,
);

/** One store, its server killed and started again; how many entries were due at the kills. */
async function killAgainAndAgain(mode: 'fast' | 'strict', random: Random): Promise<number> {
  const place = await makePlace({ masterKey: 'c0ffee42'.repeat(8), masterKeyFile: null });
  const { dataDir, databaseUrl, masterKey } = place.config;
  const environment = {
    BATON_MASTER_KEY: masterKey!,
    ...(databaseUrl === null ? { BATON_DATA_DIR: dataDir } : { BATON_DATABASE_URL: databaseUrl }),
  };
  const { output } = await runBaton(['init', '--json'], environment);
  const key: string = JSON.parse(output.slice(output.indexOf('{'))).write_key;
  const due = new Set<string>();

  for (let kill = 0; kill < killsPerLane[mode]; kill++) {
    const server = await serveChild(['--audit', mode], environment);
    const url = `${server.url}/v1/demo/demo/handoff_state`;
    await send(url, { method: 'PUT', key, body: { id: 'one', data: {} } });

    /** By request id, when the answer came. */
    const answered = new Map<string, number>();
    /** When each of the writes began that were acknowledged, one after the other. */
    const writesBegun: number[] = [];
    let isAlive = true;
    const untilKilled = async (call: (agent: Agent) => Promise<void>) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      try {
        for (;;) await call(agent);
      } catch (error) {
        if (isAlive || !(error instanceof Error && 'code' in error)) throw error;
      } finally {
        agent.destroy();
      }
    };
    const lookUps = Array.from({ length: connections }, () =>
      untilKilled(async (agent) => {
        const { status, headers } = await send(`${url}?id=one`, { key, agent });
        expect(answers).toContain(status);
        if (status === 200) answered.set(String(headers['x-request-id']), performance.now());
      }),
    );
    const writes = untilKilled(async (agent) => {
      const begun = performance.now();
      const body = { id: 'two', data: {} };
      const { status } = await send(url, { method: 'PUT', key, body, agent });
      expect(answers).toContain(status);
      if (status !== 503) writesBegun.push(begun);
    });
    const load = Promise.all([...lookUps, writes]);
    const underLoad = async () => {
      await expect
        .poll(() => writesBegun.length, { interval: 5, timeout: 60_000 })
        .toBeGreaterThan(2);
      await sleep(random.below(loadMsMax[mode]));
    };
    await Promise.race([underLoad(), load]);
    isAlive = false;
    const dueUntil = mode === 'strict' ? performance.now() : writesBegun.at(-2)! - dueMs;
    await server.end('SIGKILL');
    await load;
    for (const [requestId, at] of answered) if (at <= dueUntil) due.add(requestId);
  }

  const kept = await requestIdsOf(place.config);
  expect([...due].filter((requestId) => !kept.has(requestId))).toEqual([]);
  const verified = await runBaton(['audit', 'verify'], environment);
  expect([verified.code, verified.output]).toEqual([
    0,
    expect.stringContaining('nothing is wrong'),
  ]);
  await place.remove();
  return due.size;
}

async function requestIdsOf(config: Config): Promise<Set<unknown>> {
  const rows = await onDatabase(config, 'SELECT entries FROM audit_block');
  return new Set(
    rows.flatMap(({ entries }) => (JSON.parse(String(entries)) as AuditLine[]).map((it) => it[7])),
  );
}
