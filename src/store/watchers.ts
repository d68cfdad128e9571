// Who waits for a name to be written: in this process, by name, woken by the store.

import type { HandoffName } from '../handoff.js';

/** One text for a tenant and a name: names hold no control characters, so it is unambiguous. */
export function nameKey(tenant: string, name: HandoffName): string {
  return `${tenant}\n${name.kind}\n${name.value}`;
}

export class Watchers {
  readonly #byKey = new Map<string, Set<() => void>>();

  watch(key: string, wake: () => void): () => void {
    const watching = this.#byKey.get(key) ?? new Set();
    watching.add(wake);
    this.#byKey.set(key, watching);

    return () => {
      watching.delete(wake);
      if (watching.size === 0 && this.#byKey.get(key) === watching) this.#byKey.delete(key);
    };
  }

  /** How many were woken. */
  wake(key: string): number {
    const watching = this.#byKey.get(key);
    if (watching === undefined) return 0;
    for (const wake of watching) wake();
    return watching.size;
  }

  /** For a store that may have missed a write. */
  wakeAll(): void {
    for (const watching of this.#byKey.values()) for (const wake of watching) wake();
  }
}
