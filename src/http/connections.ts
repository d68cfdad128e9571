// How many connections there may be, in all and from one address; further ones are closed unheard.

import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { addressOf, type TrustCheck } from './client-address.js';

export interface ConnectionLimits {
  readonly max: number;
  readonly perAddress: number;
  /** Proxies bring the connections of many. */
  readonly isTrustedProxy: TrustCheck;
}

export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #byAddress = new Map<string, number>();
  #count = 0;
  #refused = 0;
  #whenNone: (() => void) | undefined;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#count;
  }

  /** How many were closed since the start because there were too many. */
  get refused(): number {
    return this.#refused;
  }

  limit(server: Server): void {
    server.maxConnections = this.#limits.max;
    server.on('drop', () => {
      this.#refused += 1;
    });
    server.on('connection', (socket) => this.#enter(socket));
  }

  /** Resolves as soon as there is none, and after so many milliseconds at the latest. */
  async untilNone(msMax: number): Promise<void> {
    if (this.#count === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#whenNone = resolve;
      timer = setTimeout(resolve, msMax);
    });
    clearTimeout(timer);
  }

  #enter(socket: Socket): void {
    this.#count += 1;
    const address = addressOf(socket);
    const open = (this.#byAddress.get(address) ?? 0) + 1;
    this.#byAddress.set(address, open);
    socket.once('close', () => this.#leave(address));
    if (open <= this.#limits.perAddress || this.#limits.isTrustedProxy(address)) return;
    this.#refused += 1;
    socket.destroy();
  }

  #leave(address: string): void {
    this.#count -= 1;
    if (this.#count === 0) this.#whenNone?.();
    const left = this.#byAddress.get(address)! - 1;
    if (left === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, left);
  }
}
