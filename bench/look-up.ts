// Section: look-ups, live and cold, by shared id and by id, against a bare node:http server that
// sends the same body.

import { type Baton, lookUpLoad } from './baton.js';
import { type Bench, programFile, startIn } from './bench.js';
import { type Contender, compare, underLoad } from './compare.js';
import type { Figure } from './figure.js';
import { firstAnswer } from './http-client.js';
import { freePort } from './processes.js';

export async function measureLookUps(bench: Bench, baton: Baton): Promise<Figure[]> {
  const bare = await startBareServer(bench);
  const figures: Figure[] = [];
  for (const age of ['live', 'cold'] as const) {
    for (const name of ['shared_id', 'id'] as const) {
      figures.push(
        await compare(bench, {
          name: `${age} GET by ${name}, against bare node:http`,
          goal: { atLeast: age === 'live' ? 0.7 : 0.35 },
          contender: lookUps(bench, baton, age, name),
          baseline: bare,
        }),
      );
    }
  }
  return figures;
}

/** "Live": at random among the newest states. "Cold": at random among all. */
export function lookUps(
  bench: Bench,
  baton: Baton,
  age: 'live' | 'cold',
  name: 'id' | 'shared_id',
): Contender {
  const { stored, live } = bench.states;
  const states =
    age === 'live' ? { first: stored - live, count: live } : { first: 0, count: stored };
  return underLoad(bench, 'Baton', lookUpLoad(baton, name, states), [baton.running]);
}

async function startBareServer(bench: Bench): Promise<Contender> {
  const port = String(await freePort());
  const running = startIn(bench, 'bare', process.execPath, [programFile('bare-server'), port]);
  const origin = `http://127.0.0.1:${port}`;
  await firstAnswer(running, origin);
  const states = { first: 0, count: 1 };
  const load = { origin, method: 'GET', path: '/', headers: {}, states } as const;
  return underLoad(bench, 'bare node:http', load, [running]);
}
