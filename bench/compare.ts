// Paired rounds of two contenders that bear the same kind of load.

import { type Bench, say } from './bench.js';
import { type Figure, type Goal, medianOf } from './figure.js';
import { type Load, type Measured, measure } from './load.js';
import type { Running } from './processes.js';

export interface Contender {
  readonly name: string;
  /** Requests or writes a second in this round, counted from 0. */
  measure(round: number): Promise<Measured>;
}

/** A contender that is asked for the same states in every round. */
export function underLoad(
  bench: Bench,
  name: string,
  load: Load,
  servers: readonly Running[],
): Contender {
  const { generator, options } = bench;
  return { name, measure: () => measure(generator, load, servers, options.seconds) };
}

/**
 * Baseline and contender in turn, A B A B and so on, so that what else the machine does meets
 * both. Each value is the contender's rate divided by the baseline's of the same round.
 */
export async function compare(
  bench: Bench,
  what: { name: string; goal: Goal; contender: Contender; baseline: Contender },
): Promise<Figure> {
  const { name, goal, contender, baseline } = what;
  const rounds: { baseline: Measured; contender: Measured }[] = [];
  for (let round = 0; round < bench.options.rounds; round++) {
    say(`${name}: round ${round + 1} of ${bench.options.rounds}`);
    rounds.push({
      baseline: await baseline.measure(round),
      contender: await contender.measure(round),
    });
  }
  const values = rounds.map((round) => round.contender.perSecond / round.baseline.perSecond);
  const parts = [
    describe(
      contender.name,
      rounds.map((round) => round.contender),
    ),
    describe(
      baseline.name,
      rounds.map((round) => round.baseline),
    ),
  ];
  return { name, unit: 'ratio', goal, values, note: parts.join(' against '), rounds };
}

/** Such as `Baton 41,200/s (core 99 % busy)`. */
function describe(name: string, measured: readonly Measured[]): string {
  const rate = Math.round(medianOf(measured, ({ perSecond }) => perSecond));
  const busy = measured.flatMap((one) => one.busy ?? []);
  const share = busy.length === 0 ? '' : `, ${Math.round(medianOf(busy, Number) * 100)} % busy`;
  return `${name} ${rate.toLocaleString('en')}/s${share}`;
}
