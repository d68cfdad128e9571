// Section: look-ups, live and cold, by shared id and by id, against a bare node:http server that
// sends the same body.

import { type Baton, lookUpRequest } from './baton.js';
import { type Bench, programFile, startIn } from './bench.js';
import { type Contender, compare, underLoad } from './compare.js';
import { firstAnswer } from './connection.js';
import type { Figure } from './figure.js';
import { freePort } from './processes.js';
import { answerTextOf, nameOf, namePlace } from './states.js';

export async function measureLookUps(bench: Bench, baton: Baton): Promise<Figure[]> {
  const bare = await startBareServer(bench);
  const figures: Figure[] = [];
  for (const age of ['live', 'cold'] as const) {
    for (const name of ['shared_id', 'id'] as const) {
      figures.push(
        await compare(bench, {
          name: `${age} GET by ${name}, against bare node:http`,
          goal: { atLeast: age === 'live' ? 0.7 : 0.35 },
          keepsCoreBusy: true,
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
  by: 'id' | 'shared_id',
): Contender {
  const { stored, live } = bench.states;
  const states =
    age === 'live' ? { first: stored - live, count: live } : { first: 0, count: stored };
  const load = { ...lookUpRequest(baton, by, namePlace), states };
  return underLoad(bench, 'Baton', load, [baton.running]);
}

async function startBareServer(bench: Bench): Promise<Contender> {
  const port = String(await freePort());
  const running = startIn(bench, 'bare', process.execPath, [programFile('bare-server'), port]);
  const origin = `http://127.0.0.1:${port}`;
  const request = { origin, method: 'GET', path: '/', headers: {} } as const;
  const reply = await firstAnswer(running, request);
  if (reply.body !== answerTextOf(nameOf(0))) throw new Error('the bare server sent other bytes.');
  const load = { ...request, states: { first: 0, count: 1 } };
  return underLoad(bench, 'bare node:http', load, [running]);
}
