// A machine of the test: a network namespace with an address, in which programs run that can be
// killed, stopped and cut off together.

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { until } from './until.js';

export interface Launch {
  readonly command: readonly [string, ...string[]];
  /** Everything that it prints is added to this file. */
  readonly logFile: string;
  readonly directory: string;
  readonly environment?: Record<string, string>;
  /** PostgreSQL refuses to run as root; left out: root. */
  readonly user?: string;
}

export class Machine {
  readonly name: string;
  readonly address: string;
  readonly #namespace: string;

  constructor(name: string, address: string, namespace: string) {
    this.name = name;
    this.address = address;
    this.#namespace = namespace;
  }

  start(launch: Launch): ChildProcess {
    const { command, logFile, directory, environment, user } = launch;
    const asUser =
      user === undefined ? [] : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups'];
    const output = openSync(logFile, 'a');
    const words = ['netns', 'exec', this.#namespace, ...asUser, ...command];
    const child = spawn('ip', words, {
      cwd: directory,
      env: { PATH: process.env.PATH, ...environment },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    return child;
  }

  /** Runs a command to its end as root; what it printed. */
  async run(command: readonly string[], environment: Record<string, string>): Promise<string> {
    const words = ['netns', 'exec', this.#namespace, ...command];
    const env = { PATH: process.env.PATH, ...environment };
    const { stdout } = await promisify(execFile)('ip', words, { env });
    return stdout;
  }

  /** Kills everything that runs on it, as a loss of power would. */
  async kill(): Promise<void> {
    await until(`${this.name} is dead`, 10, () => this.signal('SIGKILL') === 0);
  }

  /** Sends the signal to all of its processes, or those of one program; how many there were. */
  signal(signal: NodeJS.Signals, program?: string): number {
    const processes = this.#processes().filter(
      (pid) => program === undefined || programOf(pid) === program,
    );
    for (const pid of processes) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended since it was listed.
      }
    }
    return processes.length;
  }

  /** From now on no packet passes between the two, in either direction, and nobody is told. */
  cut(other: Machine): void {
    this.#lose(other);
    other.#lose(this);
  }

  mend(other: Machine): void {
    this.#find(other);
    other.#find(this);
  }

  /** A hardware address that nobody has: what is sent to it gets lost on the way. */
  #lose(other: Machine): void {
    const nobody = '02:00:00:00:00:01';
    this.#ip(
      'neigh',
      'replace',
      other.address,
      'lladdr',
      nobody,
      'dev',
      'eth0',
      'nud',
      'permanent',
    );
  }

  #find(other: Machine): void {
    this.#ip('neigh', 'del', other.address, 'dev', 'eth0');
  }

  #ip(...words: string[]): void {
    execFileSync('ip', ['-n', this.#namespace, ...words]);
  }

  #processes(): number[] {
    const listed = execFileSync('ip', ['netns', 'pids', this.#namespace], { encoding: 'utf8' });
    return listed.split('\n').filter(Boolean).map(Number);
  }
}

function programOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
