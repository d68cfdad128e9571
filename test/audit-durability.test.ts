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
/** 50 ms are promised; the rest is for a machine with more to do than this test. */
const dueMs = { fast: 50 + (isPostgres ? 450 : 100), strict: 0 };

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
  240_000,
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
    let isAlive = true;
    const load = Array.from({ length: connections }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      try {
        for (;;) {
          const { status, headers } = await send(`${url}?id=one`, { key, agent });
          expect(status).toBe(200);
          answered.set(String(headers['x-request-id']), performance.now());
        }
      } catch (error) {
        if (isAlive || !(error instanceof Error && 'code' in error)) throw error;
      } finally {
        agent.destroy();
      }
    });
    await Promise.race([sleep(random.below(loadMsMax[mode])), Promise.all(load)]);
    isAlive = false;
    const dueUntil = performance.now() - dueMs[mode];
    await server.end('SIGKILL');
    await Promise.all(load);
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
