// Ready answers in memory: two generations, of which the older one goes when the younger is full.

import type { FoundAnswer } from '../../outcome.js';

/** Bytes of an answer's header values and of its place in the cache, roughly. */
const overheadBytes = 500;

/** How many of the states that were asked for once are remembered, about. */
const askedOnceMax = 2 ** 15;

/**
 * Keeps what was used last, about, within a bound. A hit in the younger generation changes nothing,
 * which makes it cheaper than a list in order of use.
 */
export class AnswerCache {
  readonly #generationBytesMax: number;
  #young = new Map<string, FoundAnswer>();
  #old = new Map<string, FoundAnswer>();
  #youngBytes = 0;
  #oldBytes = 0;
  /**
   * Rows that were asked for once, each in the place that its number gives, until another one
   * takes it. Most states are never asked for again, and keeping them would cost more.
   */
  readonly #askedOnce = new Float64Array(askedOnceMax);

  constructor(bytesMax: number) {
    this.#generationBytesMax = bytesMax / 2;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get bytes(): number {
    return this.#youngBytes + this.#oldBytes;
  }

  get(key: string): FoundAnswer | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.#keep(key, old);
    return old;
  }

  /** An answer that was read from the row with this number: kept from the second time on. */
  offer(key: string, answer: FoundAnswer, row: number): void {
    const place = row % askedOnceMax;
    if (this.#askedOnce[place] === row) this.#keep(key, answer);
    else this.#askedOnce[place] = row;
  }

  delete(key: string): void {
    const young = this.#young.get(key);
    if (young !== undefined) {
      this.#young.delete(key);
      this.#youngBytes -= bytesOf(key, young);
    }
    const old = this.#old.get(key);
    if (old !== undefined) {
      this.#old.delete(key);
      this.#oldBytes -= bytesOf(key, old);
    }
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#youngBytes = 0;
    this.#oldBytes = 0;
  }

  #keep(key: string, answer: FoundAnswer): void {
    this.delete(key);
    this.#young.set(key, answer);
    this.#youngBytes += bytesOf(key, answer);
    if (this.#youngBytes < this.#generationBytesMax) return;

    this.#old = this.#young;
    this.#oldBytes = this.#youngBytes;
    this.#young = new Map();
    this.#youngBytes = 0;
  }
}

/** What V8 takes for them: a byte a character, or two where one of them is beyond Latin-1. */
function bytesOf(key: string, { body, bodyBytes }: FoundAnswer): number {
  const width = bodyBytes === body.length ? 1 : 2;
  return body.length * width + key.length + overheadBytes;
}
