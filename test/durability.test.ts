// A kill loses nothing, at whatever moment it comes: no audit entry whose flush was due, and of the
// store that is embedded in the server no write that was acknowledged.

import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, inject, test } from 'vitest';
import type { AuditLine } from '../src/audit.js';
import type { Config } from '../src/config.js';
import { runBaton, serveChild } from './support/child-server.js';
import { type Random, seededRandom } from './support/random.js';
import { onDatabase } from './support/raw-audit.js';
import { type Received, send } from './support/request.js';
import { makePlace } from './support/store-place.js';
import { WriteLedger } from './support/write-ledger.js';

const lanes = 2;
/** The promise is about `fast`; that `strict` keeps all needs fewer of them. */
const killsPerLane = { fast: 50, strict: 10 };
const isPostgres = inject('storeKind') === 'postgres';
const readers = 4;
/** With `strict` a busy machine may refuse what it cannot audit in time. */
const writers = { fast: isPostgres ? 0 : 8, strict: 0 };
const ids = Array.from({ length: 20 }, (_, n) => `call-${n}`);
/** The longest time under load before a kill. */
const loadMsMax = isPostgres ? { fast: 2_400, strict: 400 } : { fast: 400, strict: 120 };
/**
 * 50 ms are promised, on a machine that has time for it: they end with a write that began after
 * them and came through. PostgreSQL takes writes by several connections, so that one tells nothing
 * of another: there an entry is due when look-ups would be held back for it.
 */
const dueMs = isPostgres ? 1_050 : 50;
/** A disk that is slow for a while is told, and nothing given. */
const statuses = [200, 201, 503];

test.each(['fast', 'strict'] as const)(
  '%s: kill -9 at many moments',
  async (mode) => {
    const random = seededRandom(`kill -9, audit ${mode}`);
    const counts = await Promise.all(
      Array.from({ length: lanes }, () => killAgainAndAgain(mode, random)),
    );
    const kills = lanes * killsPerLane[mode];
    const due = counts.reduce((sum, count) => sum + count.due, 0);
    const acknowledged = counts.reduce((sum, count) => sum + count.acknowledged, 0);
    console.log(`${kills} kills: ${due} audit entries were due, ${acknowledged} writes kept`);
    expect(due).toBeGreaterThan(kills);
    if (writers[mode] > 0) expect(acknowledged).toBeGreaterThan(kills);
  },
  600_000,
);

interface Kept {
  /** Audit entries that were due at the kills. */
  readonly due: number;
  /** Writes that were acknowledged before them. */
  readonly acknowledged: number;
}

/** One store, its server killed and started again; what it had to keep, and has kept. */
async function killAgainAndAgain(mode: 'fast' | 'strict', random: Random): Promise<Kept> {
  const place = await makePlace({ masterKey: 'c0ffee42'.repeat(8), masterKeyFile: null });
  const { dataDir, databaseUrl, masterKey } = place.config;
  const environment = {
    BATON_MASTER_KEY: masterKey!,
    ...(databaseUrl === null ? { BATON_DATA_DIR: dataDir } : { BATON_DATABASE_URL: databaseUrl }),
  };
  const { output } = await runBaton(['init', '--json'], environment);
  const key: string = JSON.parse(output.slice(output.indexOf('{'))).write_key;
  const ledger = new WriteLedger();
  const due = new Set<string>();
  let told = '';

  /** A server that has kept every write which was acknowledged before. */
  const start = async () => {
    const server = await serveChild(['--audit', mode], environment);
    const url = `${server.url}/v1/demo/demo/handoff_state`;
    await ledger.check(url, { key });
    if (databaseUrl === null) expect(integrityOf(dataDir)).toBe('ok');
    return { server, url };
  };
  for (let kill = 0; kill < killsPerLane[mode]; kill++) {
    const { server, url } = await start();
    await send(url, { method: 'PUT', key, body: { id: 'one', data: {} } });
    /** When each of the writes began that came through, one after the other. */
    const writesBegun: number[] = [];
    const load = underLoad([
      ...Array.from({ length: readers }, () => async (agent: Agent) => {
        const received = await send(`${url}?id=one`, { key, agent });
        expect(statuses).toContain(received.status);
        return received;
      }),
      async (agent) => {
        const begun = performance.now();
        const body = { id: 'two', data: {} };
        const received = await send(url, { method: 'PUT', key, body, agent });
        expect(statuses).toContain(received.status);
        if (received.status !== 503) writesBegun.push(begun);
        return received;
      },
      ...Array.from({ length: writers[mode] }, () => (agent: Agent) => {
        return ledger.put(url, ids[random.below(ids.length)]!, { key, agent });
      }),
    ]);
    const inTheMiddle = async () => {
      await expect
        .poll(() => writesBegun.length, { interval: 5, timeout: 60_000 })
        .toBeGreaterThan(2);
      await sleep(random.below(loadMsMax[mode]));
    };
    await Promise.race([inTheMiddle(), load.ended]);
    load.letItBreak();
    const dueUntil = mode === 'strict' ? performance.now() : writesBegun.at(-2)! - dueMs;
    expect(await server.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
    await load.ended;
    for (const [requestId, at] of load.answered) if (at <= dueUntil) due.add(requestId);
    told += server.output();
  }
  const { server } = await start();
  await server.end('SIGKILL');

  const kept = await requestIdsOf(place.config);
  expect(
    [...due].filter((requestId) => !kept.has(requestId)),
    told,
  ).toEqual([]);
  const verified = await runBaton(['audit', 'verify'], environment);
  expect([verified.code, verified.output]).toEqual([
    0,
    expect.stringContaining('nothing is wrong'),
  ]);
  await place.remove();
  return { due: due.size, acknowledged: ledger.acknowledged };
}

/** Repeats each of the calls, on a connection of its own, until that breaks. */
function underLoad(calls: readonly ((agent: Agent) => Promise<Received>)[]) {
  /** By request id, when the answer came. */
  const answered = new Map<string, number>();
  let mayBreak = false;
  const ended = Promise.all(
    calls.map(async (call) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      try {
        for (;;) {
          const { status, headers } = await call(agent);
          if (status < 500) answered.set(String(headers['x-request-id']), performance.now());
        }
      } catch (error) {
        // A connection may only break once the server is killed; a wrong answer never counts.
        if (!mayBreak || !(error instanceof Error && 'code' in error)) throw error;
      } finally {
        agent.destroy();
      }
    }),
  );
  const letItBreak = () => {
    mayBreak = true;
  };
  return { ended, answered, letItBreak };
}

function integrityOf(dataDir: string): unknown {
  const database = new Database(join(dataDir, 'baton.db'), { readonly: true });
  try {
    return database.pragma('integrity_check', { simple: true });
  } finally {
    database.close();
  }
}

async function requestIdsOf(config: Config): Promise<Set<unknown>> {
  const rows = await onDatabase(config, 'SELECT entries FROM audit_block');
  return new Set(
    rows.flatMap(({ entries }) => (JSON.parse(String(entries)) as AuditLine[]).map((it) => it[7])),
  );
}
