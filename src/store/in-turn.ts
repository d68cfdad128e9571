// Statistics take turns: they are long and can wait, and leave disk and connections to look-ups.

import { BatonError } from '../error.js';
import { limits } from '../limits.js';

/**
 * Gives a function that begins each work when the one before has ended, well or not. It rejects with
 * `unavailable` where `limits.statsWaitingMax` are under way or wait.
 */
export function inTurn(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  let count = 0;
  return async (work) => {
    if (count >= limits.statsWaitingMax) throw tooManyStats();
    count += 1;
    const mine = last.then(work).finally(() => {
      count -= 1;
    });
    last = mine.catch(() => {});
    return mine;
  };
}

function tooManyStats(): BatonError {
  const message =
    'Too many statistics are being counted; ask again in some seconds, less often, or for a ' +
    'shorter time (from, to).';
  return new BatonError('unavailable', message, { retryAfterSeconds: 5 });
}
