// Random numbers that can be had again: the seed is printed, and `BATON_TEST_SEED` sets it.

import { randomInt } from 'node:crypto';

export interface Random {
  readonly seed: number;
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number;
}

/** Prints the seed with the name of what is tested. */
export function seededRandom(name: string): Random {
  const seed = Number(process.env.BATON_TEST_SEED ?? randomInt(2 ** 31));
  console.log(`${name}: BATON_TEST_SEED=${seed}`);
  let state = seed;
  return {
    seed,
    below(limit) {
      // Mulberry32, public domain.
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
    },
  };
}
