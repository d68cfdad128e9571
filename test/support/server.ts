// A real server for a test: the composition root on port 0, a temporary directory, a clock to set.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, configOptions } from '../../src/config.js';
import { type ServeOptions, type Serving, serve } from '../../src/serve.js';

export interface TestServer {
  readonly url: string;
  readonly config: Config;
  /** Look-ups and writes of the first project: `/v1/demo/demo/handoff_state`. */
  readonly stateUrl: string;
  readonly accountId: string;
  readonly projectId: string;
  readonly keys: { readonly admin: string; readonly write: string; readonly read: string };
  /** Every line that was logged so far. */
  readonly log: readonly string[];
  readonly clock: TestClock;
  readonly serving: Serving;
  /** Closes the server and removes its directory. */
  stop(): Promise<void>;
}

/** Real time, moved by hand. */
export class TestClock {
  #aheadMs = 0;
  #stoppedAt: number | undefined;

  readonly now = (): number => this.#stoppedAt ?? Date.now() + this.#aheadMs;

  /** Lets the time stand still, at `time` (milliseconds since 1970). */
  stopAt(time: number): void {
    this.#stoppedAt = time;
  }

  advance(milliseconds: number): void {
    if (this.#stoppedAt === undefined) this.#aheadMs += milliseconds;
    else this.#stoppedAt += milliseconds;
  }
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'baton-test-'));
}

export function testConfig(changes: Partial<Config> = {}): Config {
  return {
    host: '127.0.0.1',
    port: 0,
    dataDir: changes.dataDir ?? temporaryDirectory(),
    databaseUrl: null,
    region: configOptions.region.fallback,
    masterKeyFile: null,
    masterKey: null,
    logLevel: 'debug',
    corsOrigins: [],
    metricsPort: null,
    ...changes,
  };
}

export async function startServer(
  changes: Partial<Config> = {},
  options: Partial<ServeOptions> = {},
): Promise<TestServer> {
  const config = testConfig(changes);
  const clock = new TestClock();
  const log: string[] = [];
  let printed = '';
  const serving = await serve(config, {
    firstRun: true,
    print: (text) => {
      printed += text;
    },
    now: clock.now,
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
    log,
    clock,
    serving,
    async stop() {
      await serving.close();
      rmSync(config.dataDir, { recursive: true, force: true });
    },
  };
}
