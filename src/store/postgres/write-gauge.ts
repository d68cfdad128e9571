// Counts the writes under way, and notes whether the last one found room.

import { BatonError } from '../../error.js';

export class WriteGauge {
  #queued = 0;
  #storageFull = false;

  get queued(): number {
    return this.#queued;
  }

  get storageFull(): boolean {
    return this.#storageFull;
  }

  async run<Result>(write: () => Promise<Result>): Promise<Result> {
    this.#queued += 1;
    try {
      const result = await write();
      this.#storageFull = false;
      return result;
    } catch (error) {
      if (error instanceof BatonError && error.code === 'storage_full') this.#storageFull = true;
      throw error;
    } finally {
      this.#queued -= 1;
    }
  }
}
