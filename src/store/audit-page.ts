// A page of the audit, newest first, gathered from blocks whose times may overlap.

import {
  type AuditEntry,
  type AuditFilter,
  type AuditLine,
  entryOfLine,
  includesEntry,
} from '../audit.js';
import type { AuditBlock } from '../audit-chain.js';
import { blockMsMax } from './audit-texts.js';
import type { Page, PageRequest, Position } from './store.js';

/** Blocks older than its beginning that a page looks at; where few entries fit, it is short. */
const blocksMax = 200;
/** Blocks that are read at once: some hold a thousand entries. */
export const blocksRead = 8;

export type BlockToRead = Pick<AuditBlock, 'chain' | 'seq' | 'lastAt' | 'entries'>;

/** Where reading begins: after the block of this time, chain and number. */
export interface BlockPlace {
  readonly lastAt: number;
  readonly chain: string;
  readonly seq: number;
}

interface Placed {
  readonly entry: AuditEntry;
  readonly id: string;
}

/** Takes blocks by their newest entry, newest first; ties by chain and number, downwards. */
export class AuditPage {
  readonly #filter: AuditFilter;
  readonly #limit: number;
  readonly #before: Position;
  #found: Placed[] = [];
  #blocks = 0;
  #next: BlockPlace;
  #isAtEnd = false;

  constructor(filter: AuditFilter, { limit, after }: PageRequest) {
    const to = filter.to ?? Number.MAX_SAFE_INTEGER;
    this.#filter = filter;
    this.#limit = limit;
    this.#before = after !== null && after.at < to ? after : { at: to, id: '' };
    const lastAt = Math.min(this.#before.at + blockMsMax + 1, Number.MAX_SAFE_INTEGER);
    this.#next = { lastAt, chain: '', seq: 0 };
  }

  /** The blocks that it wants next; undefined where it has enough. */
  get wanted(): BlockPlace | undefined {
    return this.#isAtEnd || this.#isFull() || this.#isTired() ? undefined : this.#next;
  }

  /** Takes what `wanted` found, up to `blocksRead` of them; fewer: there are no more. */
  take(blocks: readonly BlockToRead[]): void {
    for (const block of blocks) {
      // Newer ones are read again for each page, since times overlap; they must not use it up.
      if (block.lastAt < this.#before.at) this.#blocks += 1;
      this.#next = block;
      const lines = JSON.parse(block.entries) as AuditLine[];
      for (const [index, line] of lines.entries()) this.#takeLine(block, index, line);
    }
    this.#isAtEnd = blocks.length < blocksRead;
  }

  whole(): Page<AuditEntry> {
    const known = this.#found
      .filter(({ entry }) => this.#isKnown(entry.at))
      .toSorted((one, other) => (comesBefore(one, other) ? -1 : 1));
    const shown = known.slice(0, this.#limit);
    const items = shown.map(({ entry }) => entry);
    if (known.length > this.#limit) {
      const { entry, id } = shown.at(-1)!;
      return { items, next: { at: entry.at, id } };
    }
    // What is not newer than the last block may stand in blocks that were not read.
    const next = this.#isAtEnd ? null : { at: this.#next.lastAt + 1, id: '' };
    return { items, next };
  }

  #takeLine(block: BlockToRead, index: number, line: AuditLine): void {
    // The first line of a chain holds the heads of others.
    if (typeof line[0] !== 'number') return;
    const entry = entryOfLine(line);
    const id = `${String(block.seq).padStart(12, '0')}.${String(index).padStart(4, '0')}.${block.chain}`;
    const isBefore =
      entry.at < this.#before.at || (entry.at === this.#before.at && id < this.#before.id);
    if (isBefore && includesEntry(this.#filter, entry)) this.#found.push({ entry, id });
  }

  /** Whether every entry of this time has been seen. */
  #isKnown(at: number): boolean {
    return this.#isAtEnd || at > this.#next.lastAt;
  }

  #isFull(): boolean {
    return this.#found.filter(({ entry }) => this.#isKnown(entry.at)).length > this.#limit;
  }

  /** A short page must lead further than the one before it. */
  #isTired(): boolean {
    return this.#blocks >= blocksMax && this.#next.lastAt + 1 < this.#before.at;
  }
}

function comesBefore(one: Placed, other: Placed): boolean {
  if (one.entry.at !== other.entry.at) return one.entry.at > other.entry.at;
  return one.id > other.id;
}
