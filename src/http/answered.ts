// What is kept of every answer: a count and a duration, and at log level debug a line.

import type { Context } from './context.js';

export interface Answered {
  readonly requestId: string;
  readonly method: string;
  /** The pattern of the path: never the path itself. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

export function noteAnswered(context: Context, answered: Answered): void {
  const { requestId, method, route, status, seconds } = answered;
  context.metrics.count(method, route, status, seconds);
  if (!context.log.isLevelEnabled('debug')) return;
  context.log.debug({ request_id: requestId, method, route, status, seconds }, 'answered');
}
