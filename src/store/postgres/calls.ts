// Everything that is asked of the store passes here: so many at a time, and none once it closes.

import { shuttingDown } from '../../error.js';
import { limits } from '../../limits.js';
import { databaseAway } from './failure.js';

export class Calls {
  /**
   * A number, not a set of them: a set that calls come to and go from keeps old ones in memory, and
   * their answers with them, until the next full garbage collection.
   */
  #underWay = 0;
  #isClosing = false;
  #onIdle = () => {};

  /** Rejects with `unavailable` while too much is under way, and once the store closes. */
  async track<Result>(begin: () => Promise<Result>): Promise<Result> {
    if (this.#isClosing) throw shuttingDown();
    if (this.#underWay >= limits.databaseCallsMax) throw databaseAway();
    this.#underWay += 1;
    try {
      return await begin();
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#onIdle();
    }
  }

  /** Lets no call begin any more; resolves when all have ended. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#underWay === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }
}
