// A server on a busy machine: what it is too slow for, it says, and is asked again.

import { setTimeout as sleep } from 'node:timers/promises';

const attemptsMax = 5;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Asks again where the answer is a 503 that says when, as a client does; a few times at most. */
export async function askAgain<Given extends Answer | undefined>(
  ask: () => Promise<Given>,
): Promise<Given> {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask();
    const seconds = Number(answer?.headers['retry-after']);
    if (answer?.status !== 503 || Number.isNaN(seconds) || attempt === attemptsMax) return answer;
    await sleep(seconds * 1_000);
  }
}

/** The lines of a log that tell of a failure other than being too slow. */
export function failuresIn(log: readonly string[]): string[] {
  return log.filter((line) => {
    const { level, err } = JSON.parse(line);
    return level >= 50 && err?.code !== 'unavailable';
  });
}
