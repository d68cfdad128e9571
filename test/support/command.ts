// A command of `baton` on the store that a configuration names, run in this process.

import { run } from '../../src/cli/program.js';
import type { Config } from '../../src/config.js';

export interface Answered {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** `environment` beats the configuration. */
export async function command(
  config: Config,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const output: string[] = [];
  const errors: string[] = [];
  const code = await run(words, {
    environment: { ...environmentOf(config), ...environment },
    input: process.stdin,
    output: process.stdout,
    isColoured: false,
    print: (text) => void output.push(text),
    tell: (text) => void errors.push(text),
    progress: () => {},
  });
  return { code, output: output.join('\n'), errors: errors.join('\n') };
}

/** The store's part of a configuration, as a process takes it. */
export function environmentOf(config: Config): Record<string, string> {
  const { dataDir, databaseUrl, masterKey, region } = config;
  return {
    BATON_DATA_DIR: dataDir,
    BATON_REGION: region,
    ...(databaseUrl === null ? {} : { BATON_DATABASE_URL: databaseUrl }),
    ...(masterKey === null ? {} : { BATON_MASTER_KEY: masterKey }),
  };
}
