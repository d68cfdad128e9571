// The bounded wait: a look-up that found nothing is held until the state is written or time is up.

import type { ServerResponse } from 'node:http';
import { shuttingDown } from '../error.js';
import type { HandoffName } from '../handoff.js';
import { limits } from '../limits.js';
import type { LookUp, Store } from '../store/store.js';

/** A waiter looks again this often, in case that a write was not told. */
const recheckMs = 1_000;

export interface Wait {
  readonly tenant: string;
  readonly name: HandoffName;
  readonly keyId: string;
  readonly seconds: number;
  /** The closing of its connection ends the wait. */
  readonly response: ServerResponse;
}

/** `gone`: the reader closed the connection, nobody is there to be answered. */
export type WaitResult = LookUp | 'gone';

export class Waiting {
  readonly #store: Store;
  readonly #perKey = new Map<string, number>();
  readonly #wakes = new Set<() => void>();
  #isClosing = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Whether the server shuts down. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  get count(): number {
    return this.#wakes.size;
  }

  /** Whether one more reader may wait with this key. */
  hasRoom(keyId: string): boolean {
    return (
      this.count < limits.waitersPerNodeMax &&
      (this.#perKey.get(keyId) ?? 0) < limits.waitersPerKeyMax
    );
  }

  /** Throws `unavailable` once the server shuts down. */
  checkOpen(): void {
    if (this.#isClosing) throw shuttingDown();
  }

  /** Answers everybody who waits with `unavailable`, and lets nobody wait any more. */
  close(): void {
    this.#isClosing = true;
    for (const wake of this.#wakes) wake();
  }

  /**
   * Resolves with what a look-up gives as soon as it finds something, or after the wait's seconds.
   * Registers first, then looks: a write in between is not missed.
   */
  async wait(wait: Wait): Promise<WaitResult> {
    const deadline = performance.now() + wait.seconds * 1000;
    let woken = false;
    let resume: (() => void) | undefined;
    const wake = () => {
      woken = true;
      resume?.();
    };
    const unwatch = this.#enter(wait, wake);
    try {
      for (;;) {
        woken = false;
        const result = await this.#store.lookUp(wait.tenant, wait.name);
        if (wait.response.req.socket.destroyed) return 'gone';
        if (result.found !== undefined) return result;
        this.checkOpen();
        const leftMs = deadline - performance.now();
        if (leftMs <= 0) return result;

        let recheck: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          resume = resolve;
          if (woken) resolve();
          else recheck = setTimeout(resolve, Math.min(recheckMs, leftMs));
        });
        clearTimeout(recheck);
      }
    } finally {
      unwatch();
    }
  }

  #enter(wait: Wait, wake: () => void): () => void {
    const { keyId, response } = wait;
    // The socket, since of pipelined requests only the first one's response is told of its end.
    const socket = response.req.socket.setMaxListeners(0);
    const unwatch = this.#store.watch(wait.tenant, wait.name, wake);
    this.#wakes.add(wake);
    this.#perKey.set(keyId, (this.#perKey.get(keyId) ?? 0) + 1);
    socket.on('close', wake);

    return () => {
      unwatch();
      this.#wakes.delete(wake);
      socket.off('close', wake);
      const left = this.#perKey.get(keyId)! - 1;
      if (left === 0) this.#perKey.delete(keyId);
      else this.#perKey.set(keyId, left);
    };
  }
}
