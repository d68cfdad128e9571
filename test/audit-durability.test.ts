// A kill loses no audit entry whose flush was due, at whatever moment it comes.

import { rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { AuditLine } from '../src/audit.js';
import { runBaton, startChild } from './support/child-server.js';
import { type Random, seededRandom } from './support/random.js';
import { send } from './support/request.js';
import { temporaryDirectory } from './support/test-config.js';

const lanes = 4;
/** The promise is about `fast`; that `strict` keeps all needs fewer of them. */
const killsPerLane = { fast: 25, strict: 5 };
const connections = 4;
/** The longest time under load before a kill. */
const loadMsMax = { fast: 400, strict: 120 };
/** 50 ms are promised; the rest is for a machine with more to do than this test. */
const dueMs = { fast: 50 + 100, strict: 0 };

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

/** One data directory, killed and started again; how many entries were due at the kills. */
async function killAgainAndAgain(mode: 'fast' | 'strict', random: Random): Promise<number> {
  const dataDir = temporaryDirectory();
  const { output } = await runBaton(['init', '--json', '--data-dir', dataDir]);
  const key: string = JSON.parse(output.slice(output.indexOf('{'))).write_key;
  const due = new Set<string>();

  for (let kill = 0; kill < killsPerLane[mode]; kill++) {
    const server = await startChild(dataDir, ['--audit', mode]);
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

  const kept = requestIdsOf(dataDir);
  expect([...due].filter((requestId) => !kept.has(requestId))).toEqual([]);
  const verified = await runBaton(['audit', 'verify', '--data-dir', dataDir]);
  expect([verified.code, verified.output]).toEqual([
    0,
    expect.stringContaining('nothing is wrong'),
  ]);
  rmSync(dataDir, { recursive: true });
  return due.size;
}

function requestIdsOf(dataDir: string): Set<unknown> {
  const database = new Database(join(dataDir, 'baton.db'));
  try {
    const rows = database.prepare('SELECT entries FROM audit_block').all() as { entries: string }[];
    return new Set(
      rows.flatMap(({ entries }) => (JSON.parse(entries) as AuditLine[]).map((it) => it[7])),
    );
  } finally {
    database.close();
  }
}
