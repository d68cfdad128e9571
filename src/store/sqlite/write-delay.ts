// How long a new write would wait until its group begins, judged by the commits of late. Time is
// given, in milliseconds of a clock that never goes back.

/** How many writes are committed together. */
export const groupWritesMax = 500;

/** What the newest commit counts for, beside all before it. */
const newestShare = 0.5;

export class WriteDelay {
  /** What a group takes, of late. */
  #groupMs = 0;
  #begunAt: number | undefined;

  /** A group is on its way. */
  begin(now: number): void {
    this.#begunAt = now;
  }

  /** Its commit is known. */
  end(now: number): void {
    const tookMs = now - this.#begunAt!;
    this.#groupMs += (tookMs - this.#groupMs) * newestShare;
    this.#begunAt = undefined;
  }

  /**
   * Milliseconds until one more write behind so many begins. 0 where nothing is before it, however
   * slow the last commits were: by it the disk is measured anew.
   */
  expectedMs(queued: number, now: number): number {
    return this.#restMs(now) + Math.floor(queued / groupWritesMax) * this.#groupMs;
  }

  /** What takes longer than the others did is taken to last as long again as it has lasted. */
  #restMs(now: number): number {
    if (this.#begunAt === undefined) return 0;
    const elapsedMs = now - this.#begunAt;
    return Math.max(this.#groupMs - elapsedMs, elapsedMs);
  }
}
