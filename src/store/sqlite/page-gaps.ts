// Overwrites what SQLite leaves behind where it moves rows between pages: copies in unused gaps.
//
// `secure_delete` overwrites a row where it stands. When a page gets too full or too empty, SQLite
// rewrites it and its neighbours, and the gap between the cell pointers and the cells of a page may
// keep pieces of rows that were moved away. Nothing reads them, and nothing overwrites them when the
// row is erased. The layout is that of https://www.sqlite.org/fileformat2.html#b_tree_pages.

import { closeSync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

/** Bytes that Baton's databases give to a page. */
export const pageBytes = 4096;

/** Before the header of the first page stands that of the file. */
const fileHeaderBytes = 100;
const interiorPages: ReadonlySet<number> = new Set([2, 5]);
const leafPages: ReadonlySet<number> = new Set([10, 13]);
/**
 * Pages without a gap begin with the number of a page, or with zeros. In a file below this size
 * (128 GiB) none of them looks like one with a gap by its first byte.
 */
const fileBytesMax = pageBytes * (2 << 24);
const zeros = Buffer.alloc(pageBytes);

interface Gap {
  readonly from: number;
  readonly to: number;
}

/** Whether the gap of a page, if it has one, holds anything but zeros. */
export function hasLeftovers(page: Buffer, pageNumber: number): boolean {
  const gap = gapOf(page, pageNumber);
  return gap !== undefined && page.compare(zeros, 0, gap.to - gap.from, gap.from, gap.to) !== 0;
}

/** The unused bytes in the middle of a page of a table or of an index; undefined for other pages. */
function gapOf(page: Buffer, pageNumber: number): Gap | undefined {
  const header = pageNumber === 1 ? fileHeaderBytes : 0;
  const type = page[header]!;
  const isLeaf = leafPages.has(type);
  if (!(isLeaf || interiorPages.has(type))) return undefined;
  const from = header + (isLeaf ? 8 : 12) + 2 * page.readUInt16BE(header + 3);
  const to = page.readUInt16BE(header + 5);
  return from < to && to <= pageBytes ? { from, to } : undefined;
}

/**
 * A database file past SQLite. It is to be closed after all connections of this process to the
 * file: closing it takes their locks away (https://www.sqlite.org/howtocorrupt.html, 2.2).
 */
export class PageGaps {
  readonly #descriptor: number;
  readonly #page = Buffer.alloc(pageBytes);
  #isWritten = false;

  constructor(file: string) {
    this.#descriptor = openSync(file, 'r+');
  }

  /** Whether the file is as Baton makes it, so that every gap is known for one. */
  areKnown(): boolean {
    const header = this.#page;
    if (readSync(this.#descriptor, header, 0, pageBytes, 0) < pageBytes) return false;
    const [reservedBytes, largestRoot] = [header[20]!, header.readUInt32BE(52)];
    // `auto_vacuum` brings pages of another kind, and tells so by the largest root.
    const isAsMade = header.readUInt16BE(16) === pageBytes && reservedBytes + largestRoot === 0;
    return isAsMade && fstatSync(this.#descriptor).size < fileBytesMax;
  }

  /**
   * Overwrites the gap of a page. Only under the write lock, with nothing in the WAL that is not in
   * the file: so nobody else writes to the file meanwhile.
   */
  overwrite(pageNumber: number): void {
    const start = (pageNumber - 1) * pageBytes;
    if (readSync(this.#descriptor, this.#page, 0, pageBytes, start) < pageBytes) return;
    if (!hasLeftovers(this.#page, pageNumber)) return;
    const { from, to } = gapOf(this.#page, pageNumber)!;
    writeSync(this.#descriptor, zeros, 0, to - from, start + from);
    this.#isWritten = true;
  }

  /** Makes what was overwritten safe from a power loss. */
  sync(): void {
    if (this.#isWritten) fdatasyncSync(this.#descriptor);
    this.#isWritten = false;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
