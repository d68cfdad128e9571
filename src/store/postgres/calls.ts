// Everything that is asked of the store passes here: so many at a time, and none once it closes.

import { shuttingDown } from '../../error.js';
import { limits } from '../../limits.js';
import { databaseAway } from './failure.js';

export class Calls {
  readonly #underWay = new Set<Promise<unknown>>();
  #isClosing = false;

  /** Rejects with `unavailable` while too much is under way, and once the store closes. */
  async track<Result>(begin: () => Promise<Result>): Promise<Result> {
    if (this.#isClosing) throw shuttingDown();
    if (this.#underWay.size >= limits.databaseCallsMax) throw databaseAway();
    const call = begin();
    this.#underWay.add(call);
    try {
      return await call;
    } finally {
      this.#underWay.delete(call);
    }
  }

  /** Lets no call begin any more; resolves when all have ended. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.allSettled(this.#underWay);
  }
}
