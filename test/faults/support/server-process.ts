// A server as its user runs it, `baton serve` in a process of its own, that a test may bring down.

import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ServerProcess {
  readonly url: string;
  /** Of the server itself, also where it runs under another program. */
  readonly pid: number;
  /** Every line of its output so far, errors included. */
  readonly output: readonly string[];
  /** Resolves with what the pattern's group matches in its output, now or later. */
  printed(pattern: RegExp): Promise<string>;
  /** Resolves when it has ended: the exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Ends it with this signal and resolves when it has ended. */
  stop(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

export interface ServerLaunch {
  readonly dataDir: string;
  /** The built files to run; those of this checkout where it is left out. */
  readonly dist?: string;
  /** A command that runs the server, such as strace with its options. */
  readonly under?: readonly string[];
}

/** What the server is run from unless a test says otherwise. */
export const builtFiles = fileURLToPath(new URL('../../../dist', import.meta.url));

/** Starts the server; a store that is empty gets a first project, whose keys are in the output. */
export async function startServerProcess(launch: ServerLaunch): Promise<ServerProcess> {
  const child = spawnServer(launch);
  const output: string[] = [];
  const lineEvents = new EventEmitter();
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface(stream).on('line', (line) => {
      output.push(line);
      lineEvents.emit('line', line);
    });
  }
  const ended = ending(child);

  const printed = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = (line: string) => {
        const found = pattern.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      };
      output.forEach(look);
      lineEvents.on('line', look);
      const fail = (end: number | NodeJS.Signals) =>
        reject(new Error(`The server ended with ${end} and never said so:\n${output.join('\n')}`));
      void ended.then(fail);
    });

  const url = await printed(/"url":"(http[^"]+)".*"listening"/);
  const pid = Number(readFileSync(join(launch.dataDir, 'server.pid'), 'utf8'));
  return {
    url,
    pid,
    output,
    printed,
    ended,
    stop(signal) {
      if (child.exitCode === null && child.signalCode === null) process.kill(pid, signal);
      return ended;
    },
  };
}

/** Starts a server and does not wait until it listens. */
export function spawnServer({
  dataDir,
  dist = builtFiles,
  under = [],
}: ServerLaunch): ChildProcess {
  const main = join(dist, 'main.js');
  const words = ['serve', '--first-run', '--port=0', `--data-dir=${dataDir}`];
  const [program, ...rest] = [...under, process.execPath, main, ...words];
  // An empty environment: no BATON_ variable of the machine changes the test.
  return spawn(program!, rest, { env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Resolves when the process has ended and its output is read. */
export async function ending(child: ChildProcess): Promise<number | NodeJS.Signals> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return code ?? signal!;
}
