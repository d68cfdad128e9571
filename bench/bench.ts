// What every section of the benchmarks is given.

import { join } from 'node:path';
import type { Generator } from './load.js';
import type { Machine } from './machine.js';
import type { Options } from './options.js';
import { type Environment, type Running, start } from './processes.js';

export interface Bench {
  readonly options: Options;
  readonly machine: Machine;
  readonly generator: Generator;
  /** A temporary directory, removed at the end. */
  readonly scratch: string;
  /** How many states are stored where look-ups are measured, and how many of them are live. */
  readonly states: { readonly stored: number; readonly live: number };
}

/** Starts a process on the server's core; its output goes to a log with this name. */
export function startIn(
  bench: Bench,
  name: string,
  command: string,
  args: readonly string[],
  environment: Environment = {},
): Running {
  const logFile = join(bench.scratch, `${name}.log`);
  return start(bench.machine, { command, args, logFile, environment });
}

/** A program of this folder, as it is compiled. */
export function programFile(name: string): string {
  return join(import.meta.dirname, `${name}.js`);
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
