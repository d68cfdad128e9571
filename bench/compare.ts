// Paired rounds of two contenders that bear the same kind of load.

import { type Bench, say } from './bench.js';
import { type Figure, type Goal, medianOf } from './figure.js';
import { type Load, type Measured, measure } from './load.js';
import type { Running } from './processes.js';

const busyEnough = 0.9;

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
 * both. Each value is the contender's rate divided by the baseline's of the same round. Where the
 * processor is the limit of both (`keepsCoreBusy`), a core that is not busy is told about.
 */
export async function compare(
  bench: Bench,
  what: {
    name: string;
    goal: Goal | null;
    keepsCoreBusy: boolean;
    contender: Contender;
    baseline: Contender;
  },
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
  const ofContender = rounds.map((round) => round.contender);
  const ofBaseline = rounds.map((round) => round.baseline);
  const busy = [busyShare(ofContender), busyShare(ofBaseline)];
  return {
    name,
    unit: 'ratio',
    goal,
    values: rounds.map((round) => round.contender.perSecond / round.baseline.perSecond),
    isDisturbed: what.keepsCoreBusy && busy.some((share) => share !== null && share < busyEnough),
    note: `${describe(contender.name, ofContender)} against ${describe(baseline.name, ofBaseline)}`,
    rounds,
  };
}

/** Such as `Baton 41,200/s, 99 % busy`. */
function describe(name: string, measured: readonly Measured[]): string {
  const rate = Math.round(medianOf(measured, ({ perSecond }) => perSecond));
  const busy = busyShare(measured);
  const share = busy === null ? '' : `, ${Math.round(busy * 100)} % busy`;
  return `${name} ${rate.toLocaleString('en')}/s${share}`;
}

function busyShare(measured: readonly Measured[]): number | null {
  const shares = measured.flatMap(({ busy }) => busy ?? []);
  return shares.length === 0 ? null : medianOf(shares, Number);
}
