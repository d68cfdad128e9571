// Section: from the start of the process to the first look-up that is answered.

import { type BatonStore, launchBaton, lookUpRequest } from './baton.js';
import { type Bench, say } from './bench.js';
import { firstAnswer } from './connection.js';
import type { Figure } from './figure.js';
import { nameOf } from './states.js';

/** Of a store that holds states already and that no server holds. */
export async function measureStartUp(bench: Bench, store: BatonStore): Promise<Figure[]> {
  const took: number[] = [];
  for (let round = 0; round < bench.options.rounds; round++) {
    say(`start-up: round ${round + 1} of ${bench.options.rounds}`);
    took.push(await startOnce(bench, store));
  }
  return [
    {
      name: 'start to first answer',
      unit: 'ms',
      goal: { atMost: 1_000 },
      values: took,
      note: `a look-up by shared_id; ${bench.states.stored.toLocaleString('en')} states stored`,
      rounds: took.map((ms) => ({ ms })),
    },
  ];
}

async function startOnce(bench: Bench, store: BatonStore): Promise<number> {
  const began = performance.now();
  const baton = await launchBaton(bench, store);
  const request = lookUpRequest(baton, 'shared_id', nameOf(0));
  const reply = await firstAnswer(baton.running, request);
  await baton.running.stop();
  return reply.at - began;
}
