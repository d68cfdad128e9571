// What is kept of every answer: a count and a duration, and at log level debug a line.

import type { Context } from './context.js';
import type { Series } from './metrics.js';

export interface Answered {
  readonly requestId: string;
  /** Which count it belongs to: its method, its route, its status. */
  readonly series: Series;
  readonly seconds: number;
}

/** Milliseconds, to a hundredth: what lies behind is noise, and room in every entry. */
export function shownDuration(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}

export function noteAnswered(context: Context, answered: Answered): void {
  const { requestId, series, seconds } = answered;
  series.count(seconds);
  if (!context.log.isLevelEnabled('debug')) return;
  const { method, route, status } = series;
  context.log.debug({ request_id: requestId, method, route, status, seconds }, 'answered');
}
