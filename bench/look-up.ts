// Section: look-ups, live and cold, by shared id and by id, against a bare node:http server that
// is sent the same requests and sends the same body.

import { type Baton, lookUpRequest } from './baton.js';
import { type Bench, programFile, startIn } from './bench.js';
import { compare, underLoad } from './compare.js';
import { firstAnswer } from './connection.js';
import type { Figure } from './figure.js';
import type { Load } from './load.js';
import { freePort, type Running } from './processes.js';
import { answerTextOf, nameOf, namePlace } from './states.js';

export async function measureLookUps(bench: Bench, baton: Baton): Promise<Figure[]> {
  const bare = await startBareServer(bench);
  const figures: Figure[] = [];
  for (const age of ['live', 'cold'] as const) {
    for (const by of ['shared_id', 'id'] as const) {
      const load = lookUpLoad(bench, baton, age, by);
      figures.push(
        await compare(bench, {
          name: `${age} GET by ${by}, against bare node:http`,
          goal: { atLeast: age === 'live' ? 0.7 : 0.35 },
          keepsCoreBusy: true,
          contender: underLoad(bench, 'Baton', load, [baton.running]),
          baseline: underLoad(bench, 'bare node:http', { ...load, origin: bare.origin }, [
            bare.running,
          ]),
        }),
      );
    }
  }
  await bare.running.stop();
  return figures;
}

/** "Live": at random among the newest states. "Cold": at random among all. */
export function lookUpLoad(
  { states: { stored, live } }: Bench,
  baton: Baton,
  age: 'live' | 'cold',
  by: 'id' | 'shared_id',
): Load {
  const states =
    age === 'live' ? { first: stored - live, count: live } : { first: 0, count: stored };
  return { ...lookUpRequest(baton, by, namePlace), states };
}

export async function startBareServer(bench: Bench): Promise<{ running: Running; origin: string }> {
  const port = String(await freePort());
  const running = startIn(bench, 'bare', process.execPath, [programFile('bare-server'), port]);
  const origin = `http://127.0.0.1:${port}`;
  const reply = await firstAnswer(running, { origin, method: 'GET', path: '/', headers: {} });
  if (reply.body !== answerTextOf(nameOf(0))) throw new Error('the bare server sent other bytes.');
  return { running, origin };
}
