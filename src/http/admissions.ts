// Keys that were let in a moment ago, so that the next request with one of them costs no look-up.

import { hash } from 'node:crypto';
import type { ApiKey } from '../key.js';
import type { Project } from '../project.js';
import type { Store } from '../store/store.js';
import type { Spending } from './budgets.js';
import type { Use } from './key-use.js';

export interface Admission {
  readonly key: ApiKey;
  /** The project of the address, where it has one. */
  readonly project: Project | undefined;
  readonly use: Use;
  readonly spending: Spending;
}

const admissionsMax = 10_000;

/**
 * Remembers by the SHA-256 of the key's text, never the text, and by address. Everything is
 * forgotten when any project or key changes, so a revoked key is out as soon as the store knows.
 */
export class Admissions {
  readonly #store: Store;
  readonly #admitted = new Map<string, Admission>();
  #version = -1;

  constructor(store: Store) {
    this.#store = store;
  }

  /** What a request with this key at this address is remembered by. */
  memo(keyText: string, address: string): string {
    return hash('sha256', keyText, 'base64') + address;
  }

  find(memo: string): Admission | undefined {
    const version = this.#store.referenceVersion();
    if (version === this.#version) return this.#admitted.get(memo);
    this.#admitted.clear();
    this.#version = version;
    return undefined;
  }

  /** `version`: the store's before the key was looked up; a change since then is not missed. */
  remember(memo: string, admission: Admission, version: number): void {
    if (version !== this.#version) return;
    if (this.#admitted.size >= admissionsMax) this.#admitted.clear();
    this.#admitted.set(memo, admission);
  }
}
