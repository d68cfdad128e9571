// Section: the memory of Baton's own (RssAnon) while look-ups load it.

import type { Baton } from './baton.js';
import { type Bench, say } from './bench.js';
import type { Figure } from './figure.js';
import { measure } from './load.js';
import { lookUpLoad } from './look-up.js';

const sampleMs = 100;
const megabyte = 1_000_000;

/** The highest of each round of live, then cold look-ups. None where /proc does not tell. */
export async function measureMemory(bench: Bench, baton: Baton): Promise<Figure[]> {
  const { running } = baton;
  if (running.rssAnonBytes() === undefined) {
    say('memory: this system does not tell RssAnon: not measured.');
    return [];
  }
  const highest: number[] = [];
  for (let round = 0; round < bench.options.rounds; round++) {
    say(`memory: round ${round + 1} of ${bench.options.rounds}`);
    let most = 0;
    const timer = setInterval(() => {
      most = Math.max(most, running.rssAnonBytes() ?? 0);
    }, sampleMs);
    for (const age of ['live', 'cold'] as const) {
      const load = lookUpLoad(bench, baton, age, 'shared_id');
      await measure(bench.generator, load, [running], bench.options.seconds);
    }
    clearInterval(timer);
    highest.push(most / megabyte);
  }
  const stored = bench.states.stored.toLocaleString('en');
  return [
    {
      name: 'memory (RssAnon) under live, then cold GET',
      unit: 'MB',
      goal: { atMost: 250 },
      values: highest,
      note: `highest of each round; ${stored} states stored before its start`,
      rounds: highest.map((megabytes) => ({ megabytes })),
    },
  ];
}
