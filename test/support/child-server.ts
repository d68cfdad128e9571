// Baton as its users run it: a process of its own, which may be ended in any way.

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildServer {
  readonly url: string;
  readonly pid: number;
  /** Everything that it printed and logged so far. */
  readonly output: () => string;
  /** Resolves with what matches in its output, as soon as it does. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
  /** Sends the signal and resolves when the process has ended. */
  end(signal: NodeJS.Signals): Promise<Ended>;
}

/** Runs a command to its end; standard output and error as one text. */
export async function runBaton(
  words: readonly string[],
  environment: Record<string, string> = {},
  entry: string = main,
): Promise<Ended & { output: string }> {
  const { ended, output } = spawnBaton(words, environment, entry);
  return { ...(await ended), output: output() };
}

/** `baton serve` on the SQLite store of a directory. */
export function startChild(dataDir: string, flags: readonly string[] = []): Promise<ChildServer> {
  return serveChild(['--data-dir', dataDir, ...flags]);
}

/** `baton serve` on a free port; rejects with its output where it ends before it listens. */
export async function serveChild(
  flags: readonly string[],
  environment: Record<string, string> = {},
  entry: string = main,
): Promise<ChildServer> {
  const words = ['serve', '--port', '0', ...flags];
  const { child, ended, output } = spawnBaton(words, environment, entry);
  const printed = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(output());
        if (found !== null) resolve(found);
      };
      look();
      child.stdout!.on('data', look);
      void ended.then(() => reject(new Error(`The server ended without it: ${output()}`)));
    });
  const [, url] = await printed(/"url":"([^"]+)".*"msg":"listening"/);
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  return { url: url!, pid: child.pid!, output, printed, ended, end };
}

/** Starts a command within a test; `ended` resolves when all of its output has come. */
export function spawnBaton(
  words: readonly string[],
  environment: Record<string, string> = {},
  entry: string = main,
) {
  const child: ChildProcess = spawn(process.execPath, [entry, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...(process.env.PATH === undefined ? {} : { PATH: process.env.PATH }), ...environment },
  });
  // A test that fails would leave its servers behind.
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  return { child, ended, output: () => text };
}
