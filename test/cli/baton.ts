// The command line as a user has it: the built program in a process of its own.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A test that fails leaves its server behind; none outlives the run. */
const running = new Set<ChildProcessWithoutNullStreams>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

export interface RunOptions {
  /** `BATON_…` and other variables, besides what every program needs. */
  readonly environment?: Record<string, string>;
  /** Standard input. */
  readonly input?: string;
}

/** Runs `baton` with these words to its end. */
export function baton(words: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = start(words, options);
  child.stdin.end(options.input ?? '');
  return ended(child);
}

/** Runs `baton … --json`, which must be done, and reads what it prints as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: tests read members of any answer
export async function batonJson(words: readonly string[], options: RunOptions = {}): Promise<any> {
  const { code, output, errors } = await baton([...words, '--json'], options);
  if (code !== 0) throw new Error(`exit code ${code}: ${errors}`);
  return JSON.parse(output);
}

export interface Server {
  readonly url: string;
  readonly process: ChildProcessWithoutNullStreams;
  /** Everything that it printed so far. */
  output(): string;
  /** Ends it with this signal. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

/** Runs `baton serve` on a free port until it listens. */
export async function batonServe(
  words: readonly string[],
  options: RunOptions = {},
): Promise<Server> {
  const child = start(['serve', '--port', '0', ...words], options);
  const end = ended(child);
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (text: string) => {
      output += text;
      const listening = /"url":"([^"]+)".*"msg":"listening"/.exec(output);
      if (listening !== null) resolve(listening[1]!);
    });
    void end.then(({ code, errors }) => reject(new Error(`exit code ${code}: ${errors}`)));
  });
  return {
    url,
    process: child,
    output: () => output,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return end;
    },
  };
}

/** A command that goes on until it is ended. */
export function spawned(words: readonly string[], options: RunOptions = {}): Omit<Server, 'url'> {
  const child = start(words, options);
  const end = ended(child);
  let output = '';
  child.stdout.on('data', (text: string) => {
    output += text;
  });
  return {
    process: child,
    output: () => output,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return end;
    },
  };
}

export function newDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'baton-cli-'));
}

function start(
  words: readonly string[],
  { environment }: RunOptions,
): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [program, ...words], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: 'pipe',
  });
  child.stdout.setEncoding('utf8');
  child.stderr.setEncoding('utf8');
  running.add(child);
  child.on('close', () => running.delete(child));
  return child;
}

function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let output = '';
  let errors = '';
  child.stdout.on('data', (text: string) => {
    output += text;
  });
  child.stderr.on('data', (text: string) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output, errors }));
  });
}
