// A Baton server on a machine of its own, one of several equal ones on the same database.

import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Machine } from './machine.js';
import { until } from './until.js';

const main = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
const port = 8787;
const startSecondsMax = 60;

export interface ProjectKeys {
  readonly account_id: string;
  readonly project_id: string;
  readonly write_key: string;
}

export class BatonNode {
  readonly machine: Machine;
  /** How it ended when nobody had killed it. */
  readonly unexpectedEnds: string[] = [];
  readonly #directory: string;
  readonly #flags: readonly string[];
  readonly #environment: Record<string, string>;
  #killed: ChildProcess | undefined;
  #running: ChildProcess | undefined;

  constructor(
    machine: Machine,
    place: { directory: string; databaseUrl: string; masterKey: string },
  ) {
    this.machine = machine;
    this.#directory = place.directory;
    this.#flags = ['--database-url', place.databaseUrl, '--region', 'us-1'];
    this.#environment = { BATON_MASTER_KEY: place.masterKey };
  }

  get name(): string {
    return this.machine.name;
  }

  get url(): string {
    return `http://${this.machine.address}:${port}`;
  }

  /** Everything that it has printed and logged. */
  get output(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  /** Makes the first project and its keys, without serving. */
  async initialise(): Promise<ProjectKeys> {
    const command = [process.execPath, main, 'init', '--json', ...this.#flags];
    return JSON.parse(await this.machine.run(command, this.#environment)) as ProjectKeys;
  }

  /**
   * Resolves when it answers. A start that finds no database ends, and is tried again, as a
   * supervisor does.
   */
  async start(): Promise<void> {
    await until(`An answer of ${this.name}`, startSecondsMax, async () => {
      if (this.#running === undefined || hasEnded(this.#running)) this.#running = this.#spawn();
      const { ok } = await fetch(`${this.url}/livez`, { signal: AbortSignal.timeout(1_000) });
      return ok;
    });
    const child = this.#running!;
    child.on('exit', (code, signal) => {
      if (child !== this.#killed) this.unexpectedEnds.push(`${this.name} ended: ${code ?? signal}`);
    });
  }

  async kill(): Promise<void> {
    this.#killed = this.#running;
    await this.machine.kill();
  }

  #spawn(): ChildProcess {
    const words = ['serve', '--host', this.machine.address, '--port', String(port)];
    return this.machine.start({
      command: [process.execPath, main, ...words, ...this.#flags],
      logFile: this.#logFile,
      directory: this.#directory,
      environment: this.#environment,
    });
  }

  get #logFile(): string {
    return join(this.#directory, `${this.name}.log`);
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** A master key, which all the servers of one database share. */
export function randomMasterKey(): string {
  return randomBytes(32).toString('hex');
}
