// A member of the cluster: a machine with PostgreSQL and the Patroni that rules it.

import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine.js';
import { memberConfig } from './member-config.js';
import { postgresPrograms } from './postgres-programs.js';

export class Member {
  readonly machine: Machine;
  readonly #directory: string;
  readonly #logFile: string;

  constructor(machine: Machine, cluster: { directory: string; etcd: Machine; range: string }) {
    this.machine = machine;
    this.#directory = join(cluster.directory, machine.name);
    this.#logFile = join(cluster.directory, `${machine.name}.log`);
    makeDirectoryOfPostgres(this.#directory);
    const place = {
      name: machine.name,
      address: machine.address,
      directory: this.#directory,
      etcdAddress: cluster.etcd.address,
      range: cluster.range,
    };
    writeFileSync(this.#configFile, memberConfig(place, postgresPrograms));
  }

  get name(): string {
    return this.machine.name;
  }

  start(): void {
    this.machine.start({
      command: ['patroni', this.#configFile],
      logFile: this.#logFile,
      directory: this.#directory,
      user: 'postgres',
    });
  }

  /** Stops PostgreSQL with all its processes where they are; its Patroni goes on. */
  stopPostgres(): void {
    this.machine.signal('SIGSTOP', 'postgres');
  }

  /** Stops its Patroni; PostgreSQL goes on as what it is. */
  stopPatroni(): void {
    this.machine.signal('SIGSTOP', 'patroni');
  }

  /** Stops everything on the machine, as one does that is moved or starved. */
  stopAll(): void {
    this.machine.signal('SIGSTOP');
  }

  resume(): void {
    this.machine.signal('SIGCONT');
  }

  get #configFile(): string {
    return join(this.#directory, 'patroni.json');
  }
}

export function makeDirectoryOfPostgres(directory: string): void {
  mkdirSync(directory, { mode: 0o700 });
  const [user, group] = ['-u', '-g'].map((kind) =>
    Number(execFileSync('id', [kind, 'postgres'], { encoding: 'utf8' })),
  );
  chownSync(directory, user!, group!);
}
