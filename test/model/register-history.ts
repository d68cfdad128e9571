// What one writer did to one id, in order, and which of it a look-up may show.

import { expect } from 'vitest';
import type { LookUp } from '../../src/store/store.js';

/** Stands for an erasure. */
const nothing = null;

/**
 * One writer writes numbers, or erases, one after the other; any number of readers look. Every
 * look-up must take effect at one moment between its beginning and its end (linearizability):
 * it shows nothing older than what was acknowledged or shown before it began.
 */
export class RegisterHistory {
  /** What each write left, the state before the first write included. */
  readonly #left: (number | typeof nothing)[] = [nothing];
  /** The write that was acknowledged last, and the oldest one that a look-up may still show. */
  #acknowledged = 0;
  #shown = 0;
  lookUps = 0;
  /** Look-ups that showed a write before it was acknowledged. */
  early = 0;

  get writes(): number {
    return this.#acknowledged;
  }

  /** Call before the write; call what it returns when the write is acknowledged. */
  begin(left: number | typeof nothing): () => void {
    this.#left.push(left);
    const index = this.#left.length - 1;
    return () => {
      this.#acknowledged = index;
    };
  }

  async check(how: string, lookUp: () => Promise<LookUp>): Promise<void> {
    const oldest = Math.max(this.#acknowledged, this.#shown);
    const { found } = await lookUp();
    const seen = found === undefined ? nothing : Number(JSON.parse(found.body).data.n);
    const index = this.#left.indexOf(seen, oldest);
    if (index < 0) {
      expect.fail(
        `${how} showed ${seen ?? 'nothing'} (${found?.etag}), ` +
          `after ${this.#left[oldest] ?? 'nothing'} had been acknowledged or shown`,
      );
    }
    this.#shown = Math.max(this.#shown, index);
    this.lookUps += 1;
    if (index > this.#acknowledged) this.early += 1;
  }
}
