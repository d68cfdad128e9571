// Token buckets: so many requests a second, and a burst beyond that. Time is given, in
// milliseconds of a clock that never goes back.

/** How fast a bucket fills, and how much it holds. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A rate that nothing meets. */
export const off: Rate = { perSecond: Infinity, burst: Infinity };

/** As options are written: `PER_SECOND:BURST`, or `off`. */
export function rateText({ perSecond, burst }: Rate): string {
  return perSecond === Infinity ? 'off' : `${perSecond}:${burst}`;
}

/** The rate of such a text; `0` is `off` too. Undefined where it is none. */
export function parseRate(text: string, max: number): Rate | undefined {
  if (text === 'off' || text === '0') return off;
  const parts = /^(\d{1,10}):(\d{1,10})$/.exec(text);
  if (parts === null) return undefined;
  const [perSecond, burst] = [Number(parts[1]), Number(parts[2])];
  const fits = [perSecond, burst].every((count) => count >= 1 && count <= max);
  return fits ? { perSecond, burst } : undefined;
}

/** Full at the beginning. Kept as the one moment when it will be full, so there is no timer. */
export class TokenBucket {
  readonly rate: Rate;
  /** Until a token that was taken is back; 0 where there is no limit. */
  readonly #tokenMs: number;
  /** Until an empty bucket is full. */
  readonly #emptyMs: number;
  #fullAt = 0;

  constructor(rate: Rate) {
    this.rate = rate;
    this.#tokenMs = 1000 / rate.perSecond;
    // A hundredth more, since sums of fractions come out a little too large.
    this.#emptyMs = rate === off ? Infinity : this.#tokenMs * (rate.burst + 0.01);
  }

  hasToken(now: number): boolean {
    return this.msUntilToken(now) <= 0;
  }

  /** Takes a token, though there may be none: then the next one is so much longer in coming. */
  spend(now: number): void {
    this.#fullAt = Math.max(this.#fullAt, now) + this.#tokenMs;
  }

  /** Puts back a token that was taken. */
  giveBack(): void {
    this.#fullAt -= this.#tokenMs;
  }

  /** Milliseconds until there is a token; 0 or less where there is one. */
  msUntilToken(now: number): number {
    return Math.max(this.#fullAt, now) + this.#tokenMs - now - this.#emptyMs;
  }
}

/** Buckets of one rate by name: so many of them, of which the one longest unused gives way. */
export class Buckets {
  readonly rate: Rate;
  readonly #countMax: number;
  /** In the order of their last use. */
  readonly #byName = new Map<string, TokenBucket>();

  constructor(rate: Rate, countMax: number) {
    this.rate = rate;
    this.#countMax = countMax;
  }

  get count(): number {
    return this.#byName.size;
  }

  of(name: string): TokenBucket {
    const bucket = this.#byName.get(name) ?? new TokenBucket(this.rate);
    this.#byName.delete(name);
    this.#byName.set(name, bucket);
    if (this.count > this.#countMax) this.#byName.delete(this.#byName.keys().next().value!);
    return bucket;
  }
}
