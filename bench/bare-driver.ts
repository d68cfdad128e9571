// A program: the bare driver that Baton on PostgreSQL is measured against. It runs a list of
// statements on a connection of a pool, 64 lists at all times, and looks at nothing.
// Argument: a BareWork as JSON, which comes with its database's URL in BARE_DATABASE_URL. Prints a
// Measured.

import { Pool } from 'pg';
import type { BareStatement } from './captured-statements.js';
import { connections, type Load, type Measured } from './load.js';
import { randomNumbers } from './random.js';
import { nameOf, namePlace } from './states.js';
import { percentile } from './statistics.js';

export interface BareWork {
  readonly statements: readonly BareStatement[];
  readonly states: Load['states'];
  readonly poolSize: number;
  readonly seconds: number;
  readonly seed: number;
}

const warmUpMs = 1_000;

const work: BareWork = JSON.parse(process.argv[2] ?? '');
const pool = new Pool({
  connectionString: process.env['BARE_DATABASE_URL'],
  max: work.poolSize,
});
const statements = work.statements.map(({ values, ...statement }) => ({
  ...statement,
  valuesFor: valuesFor(values),
}));
const nextName = names(work);

await runFor(warmUpMs);
const cpuBefore = process.cpuUsage();
const began = performance.now();
const took = await runFor(work.seconds * 1_000);
const tookMs = performance.now() - began;
const cpu = process.cpuUsage(cpuBefore);
await pool.end();

const result: Measured = {
  perSecond: (took.length / tookMs) * 1_000,
  p50Ms: percentile(took, 50),
  p99Ms: percentile(took, 99),
  busy: (cpu.user + cpu.system) / 1_000 / tookMs,
};
process.stdout.write(JSON.stringify(result));

/** The milliseconds of each list of statements. */
async function runFor(ms: number): Promise<number[]> {
  const lists: number[] = [];
  const end = performance.now() + ms;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let now = performance.now(); now < end; ) {
        await runOnce(nextName());
        const after = performance.now();
        lists.push(after - now);
        now = after;
      }
    }),
  );
  return lists;
}

async function runOnce(name: string): Promise<void> {
  const client = await pool.connect();
  for (const { valuesFor: valuesOf, ...statement } of statements) {
    const { rowCount } = await client.query({ ...statement, values: valuesOf(name) });
    if (rowCount === 0 && statements.length === 1) throw new Error(`${name} was not found.`);
  }
  client.release();
}

/** What it takes to make values is the driver's user's, whose values are at hand. */
function valuesFor(values: readonly (string | null)[]): (name: string) => (string | null)[] {
  const parts = values.map((value) => value?.split(namePlace));
  return (name) => parts.map((part) => part?.join(name) ?? null);
}

function names({ states, seed }: BareWork): () => string {
  const { first, count } = states;
  if (count === 'each once') {
    let next = first;
    return () => nameOf(next++);
  }
  const random = randomNumbers(seed);
  return () => nameOf(first + Math.floor(random() * count));
}
