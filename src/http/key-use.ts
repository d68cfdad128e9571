// When each key was last used: remembered here, written to the store now and then.

import type { Store } from '../store/store.js';

/** The last use of a key; whoever lets the key in sets `at` (milliseconds since 1970). */
export interface Use {
  at: number;
}

interface Noted {
  readonly use: Use;
  /** Up to when the store knows of it. */
  notedUntil: number;
}

export class KeyUse {
  readonly #store: Pick<Store, 'noteKeyUse'>;
  readonly #byKey = new Map<string, Noted>();

  constructor(store: Pick<Store, 'noteKeyUse'>) {
    this.#store = store;
  }

  of(keyId: string): Use {
    const known = this.#byKey.get(keyId);
    if (known !== undefined) return known.use;
    const use = { at: 0 };
    this.#byKey.set(keyId, { use, notedUntil: 0 });
    return use;
  }

  /** Writes what the store does not know yet; where that fails, the next one writes it. */
  async flush(): Promise<void> {
    const fresh = [...this.#byKey].filter(([, { use, notedUntil }]) => use.at > notedUntil);
    if (fresh.length === 0) return;
    const usedAt = new Map(fresh.map(([keyId, { use }]) => [keyId, use.at]));
    await this.#store.noteKeyUse(usedAt);
    for (const [keyId, noted] of fresh) noted.notedUntil = usedAt.get(keyId)!;
  }
}
