// Section: PUTs of new states on PostgreSQL at 64 connections, against the bare driver that runs the
// same statements in the same order, for each PUT: those that Baton sends for a PUT that comes alone.
// Each has a database of its own, which grows as it goes.

import { bareDriver } from './bare-contender.js';
import { initBatonOn, putRequest, serveBaton } from './baton.js';
import type { Bench } from './bench.js';
import { type BareStatement, statementsOf, whileLogging } from './captured-statements.js';
import { type Contender, compare } from './compare.js';
import { askOnce, expectStatus } from './connection.js';
import type { Figure } from './figure.js';
import { type Load, measure, statesPerRun } from './load.js';
import type { Database, PostgresServer } from './postgres-server.js';
import { nameOf, namePlace } from './states.js';

/** Beyond all that the rounds write. */
const loggedState = 120_000_000;

export async function measurePostgresPuts(bench: Bench, server: PostgresServer): Promise<Figure[]> {
  const database = await server.newDatabase('puts');
  const baton = await serveBaton(bench, await initBatonOn(database));
  const contender: Contender = {
    name: 'Baton',
    measure: (round) => {
      const load = { ...putRequest(baton, namePlace), states: newStates(round) };
      return measure(bench.generator, load, [baton.running], bench.options.seconds);
    },
  };
  const bareDatabase = await server.newDatabase('bare_puts');
  const statements = await putStatements(bench, bareDatabase);
  const figure = await compare(bench, {
    name: "PostgreSQL: PUT at 64 connections, against the bare driver's same statements, a PUT each",
    goal: { atLeast: 0.5 },
    keepsCoreBusy: false,
    contender,
    baseline: bareDriver(bench, {
      name: `pg, ${statements.length} statements`,
      database: bareDatabase,
      statements,
      states: newStates,
    }),
  });
  await baton.running.stop();
  return [figure];
}

function newStates(round: number): Load['states'] {
  return { first: 2 * round * statesPerRun, count: 'each once' };
}

/** What Baton sends for the PUT of a new state with a shared id. */
async function putStatements(bench: Bench, database: Database): Promise<readonly BareStatement[]> {
  const { server, url } = database;
  const store = await initBatonOn(database);
  return await whileLogging(server, async () => {
    const logged = await serveBaton(bench, store);
    const put = async (name: string) => {
      expectStatus(await askOnce(putRequest(logged, name)), 201, 'PUT whose statements are logged');
    };
    // The key and the project are asked for at first.
    await put(nameOf(loggedState));
    const name = nameOf(loggedState + 1);
    const statements = await statementsOf(server, url, { name, send: () => put(name) });
    await logged.running.stop();
    return statements;
  });
}
