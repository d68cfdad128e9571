// Section: live look-ups on PostgreSQL with 10 million states of 200 bytes stored, against 10
// thousand; then how much slower they are while a million expired states are purged.

import { type Baton, initBatonOn, lookUpRequest, serveBaton } from './baton.js';
import { type Bench, say } from './bench.js';
import { compare, underLoad } from './compare.js';
import { askOnce, expectStatus } from './connection.js';
import { type Figure, medianOf } from './figure.js';
import { type Load, measure } from './load.js';
import { fillRows, retentionSeconds, rowStatements, settle } from './postgres-rows.js';
import { type Database, execute, type PostgresServer, withClient } from './postgres-server.js';
import { answerTextOf, nameOf, namePlace } from './states.js';

const dataBytes = 200;
/** Without any progress of the purge. */
const stallMs = 120_000;

interface Filled {
  readonly database: Database;
  readonly baton: Baton;
  /** Asks for the newest states, as many as are stored where few are. */
  readonly load: Load;
}

export async function measureManyStatesOnPostgres(
  bench: Bench,
  server: PostgresServer,
): Promise<Figure[]> {
  const { quick } = bench.options;
  const [few, many, expired] = quick ? [1_000, 100_000, 10_000] : [10_000, 10_000_000, 1_000_000];
  const small = await filledWith(bench, await server.newDatabase('few'), few, few);
  const large = await filledWith(bench, await server.newDatabase('many'), many, few);
  const contenderOf = ({ load, baton }: Filled, count: number) =>
    underLoad(bench, `${count.toLocaleString('en')} states`, load, [baton.running]);
  const figure = await compare(bench, {
    name: 'PostgreSQL: live GET by shared_id with many states stored, against few',
    goal: { atLeast: 0.8 },
    keepsCoreBusy: true,
    contender: contenderOf(large, many),
    baseline: contenderOf(small, few),
  });
  await small.baton.running.stop();
  const purge = await measurePurge(bench, large, { first: many, count: expired });
  const tombstones = await measureTombstones(large.database, expired);
  await large.baton.running.stop();
  return [figure, purge, tombstones];
}

async function filledWith(
  bench: Bench,
  database: Database,
  count: number,
  newest: number,
): Promise<Filled> {
  const store = await initBatonOn(database);
  await fillRows(database, store, { first: 0, count, dataBytes, livesFor: retentionSeconds });
  const baton = await serveBaton(bench, store);
  const last = nameOf(count - 1);
  const reply = await askOnce(lookUpRequest(baton, 'shared_id', last));
  expectStatus(reply, 200, 'look-up of a state that was filled in');
  if (reply.body !== answerTextOf(last, dataBytes)) throw new Error('a look-up gave other bytes.');
  const states = { first: count - newest, count: newest };
  const load = { ...lookUpRequest(baton, 'shared_id', namePlace), states };
  return { database, baton, load };
}

/**
 * The expired states are written in a transaction that is committed after the idle value has been
 * taken: so that the server, which purges by itself, cannot begin before.
 */
async function measurePurge(
  bench: Bench,
  { database, baton, load }: Filled,
  expired: { first: number; count: number },
): Promise<Figure> {
  const { generator, options } = bench;
  const measureOnce = () => measure(generator, load, [baton.running], options.seconds);
  const adminUrl = database.server.adminUrl(database.name);
  const idle = await withClient(adminUrl, async (client) => {
    say(`writing ${expired.count.toLocaleString('en')} expired states`);
    await client.query('BEGIN');
    const rows = { ...expired, dataBytes, livesFor: -1 };
    for (const statement of rowStatements(baton.store, rows)) await client.query(statement);
    await settle(database);
    const measured = [];
    for (let round = 0; round < options.rounds; round++) {
      say(`look-ups before the purge: round ${round + 1} of ${options.rounds}`);
      measured.push(await measureOnce());
    }
    await client.query('COMMIT');
    return measured;
  });

  const purging = [];
  const began = performance.now();
  let left = expired.count;
  let progressAt = began;
  while (left > 0) {
    if (performance.now() - progressAt > stallMs) throw new Error('Baton does not purge.');
    say(`look-ups during the purge: ${left.toLocaleString('en')} expired states are left`);
    const measured = await measureOnce();
    // The purge begins some seconds later: what is measured before it does is idle time.
    const before = left;
    left = await expiredRows(adminUrl);
    if (left === before) continue;
    progressAt = performance.now();
    purging.push(measured);
  }
  const took = ((performance.now() - began) / 1_000).toFixed(0);
  const idleMs = medianOf(idle, ({ p99Ms }) => p99Ms);
  const p99 = medianOf(purging, ({ p99Ms }) => p99Ms);
  const rate = Math.round(medianOf(purging, ({ perSecond }) => perSecond)).toLocaleString('en');
  const idleRate = Math.round(medianOf(idle, ({ perSecond }) => perSecond)).toLocaleString('en');
  const count = expired.count.toLocaleString('en');
  return {
    name: `PostgreSQL: p99 of live GET while ${count} expired states are purged, against idle`,
    unit: 'ratio',
    goal: { atMost: 3 },
    values: purging.map(({ p99Ms }) => p99Ms / idleMs),
    note:
      `p99 ${p99.toFixed(1)} ms at ${rate}/s against ${idleMs.toFixed(1)} ms at ${idleRate}/s; ` +
      `purged within ${took} s`,
    rounds: [{ idle, purging }],
  };
}

/** What is left of each of the states that were purged, for as long as tombstones are kept. */
async function measureTombstones({ server, name }: Database, states: number): Promise<Figure> {
  const [row] = await execute(
    server.adminUrl(name),
    `SELECT pg_table_size('tombstone')::float8 AS rows, pg_indexes_size('tombstone')::float8 AS
       indexes`,
  );
  const parts = { table: Number(row!['rows']) / states, indexes: Number(row!['indexes']) / states };
  return {
    name: 'PostgreSQL: bytes of tombstones a state that has ended',
    unit: 'bytes',
    goal: null,
    values: [parts.table + parts.indexes],
    note: `table ${Math.round(parts.table)}, indexes ${Math.round(parts.indexes)}`,
    rounds: [parts],
  };
}

async function expiredRows(adminUrl: string): Promise<number> {
  const [row] = await execute(
    adminUrl,
    `SELECT count(*)::int AS count FROM handoff_state
     WHERE tenant = (SELECT tenant FROM project)
       AND expires_at <= extract(epoch FROM clock_timestamp()) * 1000`,
  );
  return Number(row!['count']);
}
