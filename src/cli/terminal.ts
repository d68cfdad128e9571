// Where a command reads and writes: standard input, output and error, and the environment.

import type { Environment } from '../config-environment.js';

export interface Terminal {
  readonly environment: Environment;
  readonly input: NodeJS.ReadStream;
  /** Standard output, for bytes. */
  readonly output: NodeJS.WriteStream;
  /** Whether standard output may be coloured (https://no-color.org). */
  readonly isColoured: boolean;
  /** Writes a line of what was asked for to standard output. */
  readonly print: (text: string) => void;
  /** Writes a line about the call, such as a warning or an error, to standard error. */
  readonly tell: (text: string) => void;
  /** Shows how far work has got on standard error, where that is a terminal. */
  readonly progress: (what: string, done: number, all: number) => void;
}

const barWidth = 30;

export function openTerminal(
  environment: Environment,
  { stdin, stdout, stderr }: Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr'>,
): Terminal {
  return {
    environment,
    input: stdin,
    output: stdout,
    isColoured: stdout.isTTY && !environment.NO_COLOR,
    print: (text) => void stdout.write(`${text}\n`),
    tell: (text) => void stderr.write(`${text}\n`),
    progress(what, done, all) {
      if (!stderr.isTTY || all === 0) return;
      const filled = Math.round((barWidth * done) / all);
      const bar = '#'.repeat(filled) + '.'.repeat(barWidth - filled);
      stderr.write(`\r${what} [${bar}] ${done}/${all}${done === all ? '\n' : ''}`);
    },
  };
}

/** The one form in which every command prints JSON. */
export function printJson(terminal: Terminal, value: unknown): void {
  terminal.print(JSON.stringify(value, undefined, 2));
}
