// A real server for a test: the composition root on port 0, a store of its own, a clock to set.

import type { Config } from '../../src/config.js';
import { type ServeOptions, type Serving, serve } from '../../src/serve.js';
import { expectKept } from './confidences.js';
import { makePlace } from './store-place.js';
import { filesBelow } from './stored-files.js';

export interface TestServer {
  readonly url: string;
  readonly config: Config;
  /** Look-ups and writes of the first project: `/v1/demo/demo/handoff_state`. */
  readonly stateUrl: string;
  readonly accountId: string;
  readonly projectId: string;
  readonly keys: { readonly admin: string; readonly write: string; readonly read: string };
  /** What the first start printed. */
  readonly printed: string;
  /** Every line that was logged so far. */
  readonly log: readonly string[];
  readonly clock: TestClock;
  readonly serving: Serving;
  /** Closes the server, looks whether it kept all to itself, and removes its store. */
  stop(): Promise<void>;
}

/** Real time, moved by hand. */
export class TestClock {
  #aheadMs = 0;
  #elapsedAheadMs = 0;
  #stoppedAt: number | undefined;
  #elapsedStoppedAt: number | undefined;

  readonly now = (): number => this.#stoppedAt ?? Date.now() + this.#aheadMs;

  /** Lets the time stand still, at `time` (milliseconds since 1970). */
  stopAt(time: number): void {
    this.#stoppedAt = time;
  }

  /** Lets the time go on, as if it had never stood still. */
  resume(): void {
    this.#stoppedAt = undefined;
  }

  /** Never goes back, wherever `stopAt` puts the time. */
  readonly elapsedMs = (): number =>
    this.#elapsedStoppedAt ?? performance.now() + this.#elapsedAheadMs;

  /** Lets budgets fill only as the clock is advanced. */
  stopElapsing(): void {
    this.#elapsedStoppedAt = this.elapsedMs();
  }

  advance(milliseconds: number): void {
    if (this.#elapsedStoppedAt === undefined) this.#elapsedAheadMs += milliseconds;
    else this.#elapsedStoppedAt += milliseconds;
    if (this.#stoppedAt === undefined) this.#aheadMs += milliseconds;
    else this.#stoppedAt += milliseconds;
  }
}

type StartOptions = Partial<ServeOptions> & {
  /** Whether time goes by the store's own clock, as in production; then `clock` moves nothing. */
  readonly storeClock?: boolean;
};

/**
 * Starts a server on the kind of store that the tests run on: a new one, or the one of a server
 * whose configuration is given.
 */
export async function startServer(
  changes: Partial<Config> = {},
  { storeClock = false, ...options }: StartOptions = {},
): Promise<TestServer> {
  const place = await makePlace(changes);
  const { config } = place;
  const clock = new TestClock();
  const log: string[] = [];
  let printed = '';
  const serving = await serve(config, {
    firstRun: true,
    print: (text) => {
      printed += text;
    },
    ...(storeClock ? {} : { now: clock.now, elapsedMs: clock.elapsedMs }),
    logTo: { write: (line) => void log.push(line) },
    ...options,
  });
  const secret = (kind: string) => new RegExp(`${kind} key +(\\S+)`).exec(printed)?.[1] ?? '';
  return {
    url: serving.url,
    config,
    stateUrl: `${serving.url}/v1/demo/demo/handoff_state`,
    accountId: /account +(\S+)/.exec(printed)?.[1] ?? '',
    projectId: /project {4}(\S+)/.exec(printed)?.[1] ?? '',
    keys: { admin: secret('admin'), write: secret('write'), read: secret('read') },
    printed,
    log,
    clock,
    serving,
    async stop() {
      await serving.close();
      const files = config.databaseUrl === null ? filesBelow(config.dataDir) : [];
      const stored = files.map(({ bytes }) => bytes);
      await place.remove();
      expectKept(serving.url, log, stored);
    },
  };
}
