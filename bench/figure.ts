// A figure: what was measured in each round, judged by the median against a goal.

import { percentile, type Spread, spread } from './statistics.js';

export interface Figure {
  readonly name: string;
  readonly unit: 'ratio' | 'ms' | 'MB' | 'MB/h' | 'µs' | 'bytes';
  /** Null: for information. */
  readonly goal: Goal | null;
  /** One a round. */
  readonly values: readonly number[];
  /** Whether something else than the servers was the limit, so that the values say little. */
  readonly isDisturbed?: boolean;
  /** What the values were made of, in a few words. */
  readonly note: string;
  /** All that was measured in each round. */
  readonly rounds: readonly unknown[];
}

export type Goal = { readonly atLeast: number } | { readonly atMost: number };

export type Judged = Figure & Spread & { readonly met: boolean | null };

export function judge(figure: Figure): Judged {
  const { goal } = figure;
  const values = spread(figure.values);
  return { ...figure, ...values, met: goal === null ? null : isMet(goal, values.median) };
}

function isMet(goal: Goal, median: number): boolean {
  return 'atLeast' in goal ? median >= goal.atLeast : median <= goal.atMost;
}

export function medianOf<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return percentile(items.map(value), 50);
}
