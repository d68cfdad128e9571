// Work that is done now and then beside the requests, one run at a time.

import type { FastifyBaseLogger } from 'fastify';

/** Runs `work` every so often until the returned function is called, which awaits the last run. */
export function repeat(
  everyMs: number,
  log: FastifyBaseLogger,
  name: string,
  work: () => Promise<void>,
): () => Promise<void> {
  let underWay = Promise.resolve();
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    underWay = work()
      .catch((error: unknown) => log.warn({ err: error }, `could not ${name}`))
      .finally(() => {
        isBusy = false;
      });
  }, everyMs);

  return () => {
    clearInterval(timer);
    return underWay;
  };
}

export interface RepeatedWork {
  readonly name: string;
  readonly everyMs: number;
  readonly work: () => Promise<void>;
}

/** Several of them; the returned function ends them all. */
export function repeatAll(
  log: FastifyBaseLogger,
  works: readonly RepeatedWork[],
): () => Promise<void> {
  const stops = works.map(({ everyMs, name, work }) => repeat(everyMs, log, name, work));
  return async () => {
    for (const stop of stops) await stop();
  };
}
