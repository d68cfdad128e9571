// Section: what a state, a look-up and a write cost on PostgreSQL, for the planning of capacity.

import { type Baton, initBatonOn, putRequest } from './baton.js';
import { type Bench, say } from './bench.js';
import { type Figure, medianOf } from './figure.js';
import { type Load, measureEach, statesPerRun } from './load.js';
import { lookUpLoad } from './look-up.js';
import { fillRows, retentionSeconds } from './postgres-rows.js';
import { execute, type PostgresServer } from './postgres-server.js';
import { namePlace } from './states.js';

const sizes = [200, 2_048];
const sizedStates = { quick: 2_000, else: 100_000 };
/** Beyond what is stored and what is waited for. */
const firstWritten = 52_000_000;

export async function measurePostgresCapacity(
  bench: Bench,
  server: PostgresServer,
  baton: Baton,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const dataBytes of sizes) figures.push(await measureSize(bench, server, dataBytes));

  const put = putRequest(baton, namePlace);
  const gets = (age: 'live' | 'cold') => () => lookUpLoad(bench, baton, age, 'shared_id');
  figures.push(
    ...(await measureCosts(bench, server, baton, { name: 'live GET', load: gets('live') })),
    ...(await measureCosts(bench, server, baton, { name: 'cold GET', load: gets('cold') })),
    ...(await measureCosts(bench, server, baton, {
      name: 'PUT',
      load: (round) => ({
        ...put,
        states: { first: firstWritten + 2 * round * statesPerRun, count: 'each once' },
      }),
    })),
  );
  return figures;
}

/** Tables and indexes, of states of this size with a shared id. */
async function measureSize(
  { options }: Bench,
  server: PostgresServer,
  dataBytes: number,
): Promise<Figure> {
  const database = await server.newDatabase(`size_${dataBytes}`);
  const store = await initBatonOn(database);
  const count = options.quick ? sizedStates.quick : sizedStates.else;
  await fillRows(database, store, { first: 0, count, dataBytes, livesFor: retentionSeconds });
  const [row] = await execute(
    server.adminUrl(database.name),
    `SELECT ${sizesOf('handoff_state')}, ${sizesOf('handoff_alias')}`,
  );
  const parts = Object.entries(row!).map(([name, bytes]) => [name, Number(bytes) / count] as const);
  const note = parts.map(([name, bytes]) => `${name} ${Math.round(bytes)}`).join(', ');
  return {
    name: `PostgreSQL: bytes a state with ${dataBytes.toLocaleString('en')} bytes of data`,
    unit: 'bytes',
    goal: null,
    values: [parts.reduce((sum, [, bytes]) => sum + bytes, 0)],
    note: `${note}; ${count.toLocaleString('en')} states`,
    rounds: [Object.fromEntries(parts)],
  };
}

function sizesOf(table: string): string {
  return `pg_table_size('${table}')::int AS ${table},
    pg_indexes_size('${table}')::int AS ${table}_indexes`;
}

interface Cost {
  readonly perSecond: number;
  readonly batonMicroseconds: number;
  readonly databaseMicroseconds: number;
}

/** The processor time that a request takes of Baton and of the database. */
async function measureCosts(
  { generator, options }: Bench,
  server: PostgresServer,
  baton: Baton,
  { name, load }: { name: string; load: (round: number) => Load },
): Promise<Figure[]> {
  const rounds: Cost[] = [];
  for (let round = 0; round < options.rounds; round++) {
    say(`cost of a ${name}: round ${round + 1} of ${options.rounds}`);
    const servers = [baton.running, server.running];
    const measured = await measureEach(generator, load(round), servers, options.seconds);
    const { perSecond, busyEach } = measured;
    const [ofBaton, ofDatabase] = busyEach;
    if (ofBaton == null || ofDatabase == null) {
      say('this system does not tell processor time: not measured.');
      return [];
    }
    rounds.push({
      perSecond,
      batonMicroseconds: (ofBaton / perSecond) * 1e6,
      databaseMicroseconds: (ofDatabase / perSecond) * 1e6,
    });
  }
  const rate = Math.round(medianOf(rounds, ({ perSecond }) => perSecond)).toLocaleString('en');
  const figure = (who: string, values: number[]): Figure => ({
    name: `PostgreSQL: processor time a ${name} takes of ${who}`,
    unit: 'µs',
    goal: null,
    values,
    note: `at ${rate}/s`,
    rounds,
  });
  return [
    figure(
      'Baton',
      rounds.map((round) => round.batonMicroseconds),
    ),
    figure(
      'the database',
      rounds.map((round) => round.databaseMicroseconds),
    ),
  ];
}
