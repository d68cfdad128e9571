// Section: live look-ups with each way of auditing, against a bare node:http server.

import { audited, type BatonStore, serveBaton } from './baton.js';
import type { Bench } from './bench.js';
import { compare, underLoad } from './compare.js';
import type { Figure } from './figure.js';
import { lookUpLoad, startBareServer } from './look-up.js';

const goals = { fast: 0.6, strict: 0.25 } as const;

export async function measureAudit(bench: Bench, store: BatonStore): Promise<Figure[]> {
  const bare = await startBareServer(bench);
  const figures: Figure[] = [];
  for (const mode of ['fast', 'strict'] as const) {
    const baton = await serveBaton(bench, audited(store, mode));
    const load = lookUpLoad(bench, baton, 'live', 'shared_id');
    const onBare = { ...load, origin: bare.origin };
    figures.push(
      await compare(bench, {
        name: `live GET by shared_id with ${mode} audit, against bare node:http`,
        goal: { atLeast: goals[mode] },
        keepsCoreBusy: mode === 'fast',
        contender: underLoad(bench, 'Baton', load, [baton.running]),
        baseline: underLoad(bench, 'bare node:http', onBare, [bare.running]),
      }),
    );
    await baton.running.stop();
  }
  await bare.running.stop();
  return figures;
}
