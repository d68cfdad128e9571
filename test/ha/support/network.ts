// A network of machines on this one: a namespace each, joined by a bridge that this process reaches.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Machine } from './machine.js';

const prefix = 'baton-ha-';

export class Network {
  readonly #machines: Machine[] = [];
  readonly #namespaces: string[] = [];
  readonly #bridge: string;
  readonly #subnet: string;

  /** RFC 2544 keeps 198.18.0.0/15 for tests: no real network has these addresses. */
  constructor() {
    removeLeftOver();
    const number = process.pid % 256;
    this.#bridge = `bha${number}`;
    this.#subnet = `198.18.${number}`;
    ip('link', 'add', this.#bridge, 'type', 'bridge');
    ip('address', 'add', `${this.#subnet}.1/24`, 'dev', this.#bridge);
    ip('link', 'set', this.#bridge, 'up');
  }

  /** The addresses of all its machines, as `address/bits`. */
  get range(): string {
    return `${this.#subnet}.0/24`;
  }

  addMachine(name: string): Machine {
    const namespace = `${prefix}${process.pid}-${name}`;
    const cable = `${this.#bridge}-${name}`;
    const address = `${this.#subnet}.${this.#machines.length + 11}`;
    ip('netns', 'add', namespace);
    this.#namespaces.push(namespace);
    ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
    ip('link', 'set', cable, 'master', this.#bridge, 'up');
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
    ip('-n', namespace, 'address', 'add', `${address}/24`, 'dev', 'eth0');
    ip('-n', namespace, 'link', 'set', 'eth0', 'up');

    const machine = new Machine(name, address, namespace);
    this.#machines.push(machine);
    return machine;
  }

  /** Kills whatever runs on its machines and takes it down. */
  async remove(): Promise<void> {
    for (const machine of this.#machines) await machine.kill();
    for (const namespace of this.#namespaces) ip('netns', 'delete', namespace);
    ip('link', 'delete', this.#bridge);
  }
}

/** What a run that was killed itself has left behind: its name says which process it was. */
function removeLeftOver(): void {
  for (const line of ip('netns', 'list').split('\n')) {
    const [, namespace, pid] = /^(baton-ha-(\d+)-\w+)/.exec(line) ?? [];
    if (namespace === undefined || existsSync(`/proc/${pid}`)) continue;
    for (const left of ip('netns', 'pids', namespace).split('\n').filter(Boolean)) {
      process.kill(Number(left), 'SIGKILL');
    }
    ip('netns', 'delete', namespace);
    const bridge = `bha${Number(pid) % 256}`;
    if (existsSync(`/sys/class/net/${bridge}`)) ip('link', 'delete', bridge);
  }
}

function ip(...words: string[]): string {
  return execFileSync('ip', words, { encoding: 'utf8' });
}
