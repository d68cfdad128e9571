// When each key was last used: remembered here, written to the store now and then.

import type { Store } from '../store/store.js';

/** The last use of a key; whoever lets the key in sets `at` (milliseconds since 1970). */
export interface Use {
  at: number;
}

export class KeyUse {
  readonly #store: Store;
  readonly #uses = new Map<string, Use>();
  #flushedUntil = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  of(keyId: string): Use {
    const known = this.#uses.get(keyId);
    if (known !== undefined) return known;
    const use = { at: 0 };
    this.#uses.set(keyId, use);
    return use;
  }

  async flush(): Promise<void> {
    const usedAt = new Map<string, number>();
    let latest = this.#flushedUntil;
    for (const [keyId, { at }] of this.#uses) {
      if (at > this.#flushedUntil) usedAt.set(keyId, at);
      latest = Math.max(latest, at);
    }
    if (usedAt.size === 0) return;
    this.#flushedUntil = latest;
    await this.#store.noteKeyUse(usedAt);
  }
}
