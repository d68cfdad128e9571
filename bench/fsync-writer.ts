// A program: the baseline of durable writes. One better-sqlite3 connection in WAL with
// synchronous=FULL inserts new states into a store of Baton's schema, one transaction a state.
// Arguments: the data directory, the number of the first state, seconds. Prints a WriterResult.

import type { Measured } from './load.js';
import { dataBytes } from './states.js';
import { percentile } from './statistics.js';
import { openRows } from './store-rows.js';

export type WriterResult = Measured;

const warmUpMs = 1_000;

const [dataDir = '', first = '0', seconds = '1'] = process.argv.slice(2);
const rows = openRows(dataDir);
rows.database.pragma('journal_mode = WAL');
rows.database.pragma('synchronous = FULL');
let next = Number(first);
const write = rows.database.transaction(() => rows.insert(next++, dataBytes));

writeFor(warmUpMs);
if (rows.database.pragma('synchronous', { simple: true }) !== 2) {
  throw new Error('the connection has left synchronous=FULL.');
}
const cpuBefore = process.cpuUsage();
const took = writeFor(Number(seconds) * 1_000);
const cpu = process.cpuUsage(cpuBefore);
rows.database.close();

const tookMs = took.reduce((sum, ms) => sum + ms, 0);
const result: WriterResult = {
  perSecond: (took.length / tookMs) * 1_000,
  p50Ms: percentile(took, 50),
  p99Ms: percentile(took, 99),
  busy: (cpu.user + cpu.system) / 1_000 / tookMs,
};
process.stdout.write(JSON.stringify(result));

/** The milliseconds of each write. */
function writeFor(ms: number): number[] {
  const writes: number[] = [];
  const end = performance.now() + ms;
  for (let now = performance.now(); now < end; ) {
    write();
    const after = performance.now();
    writes.push(after - now);
    now = after;
  }
  return writes;
}
