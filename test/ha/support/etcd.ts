// The store of the cluster's locks: etcd on a machine of its own.

import { join } from 'node:path';
import type { Machine } from './machine.js';
import { makeDirectoryOfPostgres } from './member.js';

export class Etcd {
  readonly machine: Machine;
  readonly #directory: string;
  readonly #logFile: string;

  constructor(machine: Machine, directory: string) {
    this.machine = machine;
    this.#directory = join(directory, machine.name);
    this.#logFile = join(directory, `${machine.name}.log`);
    makeDirectoryOfPostgres(this.#directory);
  }

  start(): void {
    const clients = `http://${this.machine.address}:2379`;
    const peers = `http://${this.machine.address}:2380`;
    const words = ['--name', 'etcd', '--data-dir', join(this.#directory, 'data')];
    words.push('--listen-client-urls', clients, '--advertise-client-urls', clients);
    words.push('--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers);
    words.push('--initial-cluster', `etcd=${peers}`, '--log-level', 'warn', '--enable-v2');
    this.machine.start({
      command: ['etcd', ...words],
      logFile: this.#logFile,
      directory: this.#directory,
      user: 'postgres',
    });
  }
}
