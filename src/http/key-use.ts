// When each key was last used: remembered here, written to the store now and then.

import type { Store } from '../store/store.js';

export class KeyUse {
  readonly #store: Store;
  #usedAt = new Map<string, number>();

  constructor(store: Store) {
    this.#store = store;
  }

  note(keyId: string, now: number): void {
    this.#usedAt.set(keyId, now);
  }

  async flush(): Promise<void> {
    if (this.#usedAt.size === 0) return;
    const usedAt = this.#usedAt;
    this.#usedAt = new Map();
    await this.#store.noteKeyUse(usedAt);
  }
}
