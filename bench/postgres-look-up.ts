// Section: live look-ups on PostgreSQL against the bare driver's same SELECT over a pool of the same
// size: a name a statement, as a user of the driver writes it, and in Baton's own words.

import { bareDriver } from './bare-contender.js';
import { type Baton, lookUpRequest, serveBaton } from './baton.js';
import type { Bench } from './bench.js';
import { type BareStatement, statementsOf, whileLogging } from './captured-statements.js';
import { compare, underLoad } from './compare.js';
import { askOnce, expectStatus } from './connection.js';
import type { Figure } from './figure.js';
import { lookUpLoad } from './look-up.js';
import type { Database } from './postgres-server.js';
import { nameOf, namePlace, sharedIdOf } from './states.js';

const byOneName = `SELECT s.id, s.shared_id, s.version, s.updated_at, s.expires_at, s.sealed
  FROM handoff_alias a JOIN handoff_state s ON s.tenant = a.tenant AND s.id = a.id
  WHERE a.tenant = $1 AND a.alias = $2`;

export async function measurePostgresLookUps(
  bench: Bench,
  database: Database,
  baton: Baton,
): Promise<Figure[]> {
  const own = await lookUpStatement(bench, database, baton);
  const tenant = own.values[0]!;
  const single = { name: 'look_up', text: byOneName, values: [tenant, sharedIdOf(namePlace)] };
  const load = lookUpLoad(bench, baton, 'live', 'shared_id');
  const what = {
    goal: { atLeast: 0.6 },
    keepsCoreBusy: true,
    contender: underLoad(bench, 'Baton', load, [baton.running]),
  };
  const bare = (name: string, statement: BareStatement) =>
    bareDriver(bench, { name, database, statements: [statement], states: () => load.states });
  const name = 'PostgreSQL: live GET by shared_id, against the bare driver';
  return [
    await compare(bench, { ...what, name, baseline: bare('pg', single) }),
    await compare(bench, {
      ...what,
      name: `${name} with Baton's SELECT, a name each`,
      goal: null,
      baseline: bare('pg', own),
    }),
  ];
}

async function lookUpStatement(
  bench: Bench,
  { server, url }: Database,
  { store }: Baton,
): Promise<BareStatement> {
  const [first, second] = [nameOf(0), nameOf(1)];
  return await whileLogging(server, async () => {
    const logged = await serveBaton(bench, store);
    const ask = async (name: string) => {
      const reply = await askOnce(lookUpRequest(logged, 'shared_id', name));
      expectStatus(reply, 200, 'look-up whose statement is logged');
    };
    // The key and the project are asked for at first.
    await ask(first);
    const statements = await statementsOf(server, url, { name: second, send: () => ask(second) });
    await logged.running.stop();
    if (statements.length !== 1) throw new Error('a look-up is not one statement any more.');
    return statements[0]!;
  });
}
