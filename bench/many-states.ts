// Section: live look-ups with 10 million states of 200 bytes stored, against 10 thousand.

import type Database from 'better-sqlite3';
import { type Baton, initBaton, lookUpRequest, serveBaton } from './baton.js';
import { type Bench, say } from './bench.js';
import { type Contender, compare, underLoad } from './compare.js';
import type { Figure } from './figure.js';
import { namePlace, sortedNames } from './states.js';
import { openRows } from './store-rows.js';

const dataBytes = 200;
const rowsPerTransaction = 100_000;
const cacheKibibytes = 1_048_576;

export async function measureManyStates(bench: Bench): Promise<Figure[]> {
  const { quick } = bench.options;
  const [few, many] = quick ? [1_000, 100_000] : [10_000, 10_000_000];
  const small = await batonWith(bench, few);
  const large = await batonWith(bench, many);
  const figure = await compare(bench, {
    name: 'live GET by shared_id with many states stored, against few',
    goal: { atLeast: 0.9 },
    keepsCoreBusy: true,
    contender: newest(bench, large, many, few),
    baseline: newest(bench, small, few, few),
  });
  await large.running.stop();
  await small.running.stop();
  return [figure];
}

function newest(bench: Bench, baton: Baton, stored: number, count: number): Contender {
  const states = { first: stored - count, count };
  const load = { ...lookUpRequest(baton, 'shared_id', namePlace), states };
  return underLoad(bench, `${stored.toLocaleString('en')} states`, load, [baton.running]);
}

async function batonWith(bench: Bench, count: number): Promise<Baton> {
  const store = await initBaton(bench, `states-${count}`);
  say(`filling a store with ${count.toLocaleString('en')} rows`);
  fill(store.dataDir, count);
  return await serveBaton(bench, store);
}

/**
 * Rows in the order of their writing; the shared ids in the order of their index, since a random
 * order takes many times as long. No journal and no fsync: a failure loses only the benchmark.
 */
function fill(dataDir: string, count: number): void {
  const rows = openRows(dataDir);
  const { database } = rows;
  database.pragma('journal_mode = DELETE');
  database.pragma('journal_mode = OFF');
  database.pragma('synchronous = OFF');
  database.pragma(`cache_size = -${cacheKibibytes}`);

  inTransactions(database, count, (number) => rows.insertState(number, dataBytes));
  const nameAt = sortedNames(count);
  inTransactions(database, count, (place) => rows.insertSharedId(nameAt(place)));
  database.close();
}

function inTransactions(
  database: Database.Database,
  count: number,
  insert: (place: number) => void,
): void {
  const insertFrom = database.transaction((first: number) => {
    const end = Math.min(first + rowsPerTransaction, count);
    for (let place = first; place < end; place++) insert(place);
  });
  for (let first = 0; first < count; first += rowsPerTransaction) insertFrom(first);
}
