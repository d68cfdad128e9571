// Moves the write-ahead log into the database file, and leaves nothing there that rows left behind.

import { closeSync, openSync, readSync } from 'node:fs';
import type { Connection, Statement } from './database.js';
import { prepare } from './database.js';
import { isBusy } from './failure.js';
import { hasLeftovers, PageGaps, pageBytes } from './page-gaps.js';

/** Pages in the WAL, and how many of them are in the database file already. */
interface WalSize {
  readonly log: number;
  readonly checkpointed: number;
}

// https://www.sqlite.org/fileformat2.html#the_write_ahead_log
const walHeaderBytes = 32;
const frameHeaderBytes = 24;
const frameBytes = frameHeaderBytes + pageBytes;
const framesTogether = 64;
/** How often it is tried anew where another process writes in between. */
const triesMax = 5;

/**
 * Closes a connection that writes, the last of its process to this file. What a process that was
 * killed left in the WAL is moved now, and not by SQLite, which would leave the gaps as they are.
 */
export function closeWriter(database: Connection): void {
  database.pragma('query_only = OFF');
  new Checkpoints(database).close();
}

/** The checkpoints of one connection that writes; `close` closes it. */
export class Checkpoints {
  readonly #database: Connection;
  readonly #walFile: string;
  readonly #gaps: PageGaps;
  readonly #size: Statement<[], WalSize>;
  readonly #move: Statement<[], WalSize>;
  /** Changes when another process has written. */
  readonly #version: Statement<[], { data_version: number }>;
  /** Which WAL was looked through, told by the salts in its header, and how many of its pages. */
  #salts = '';
  #framesSeen = 0;
  /** Pages whose gaps are to be overwritten. */
  readonly #pages = new Set<number>();
  readonly #frames = Buffer.alloc(framesTogether * frameBytes);

  constructor(database: Connection) {
    this.#database = database;
    this.#walFile = `${database.name}-wal`;
    this.#gaps = new PageGaps(database.name);
    this.#size = prepare(database, 'PRAGMA wal_checkpoint(NOOP)');
    this.#move = prepare(database, 'PRAGMA wal_checkpoint(PASSIVE)');
    this.#version = prepare(database, 'PRAGMA data_version');
  }

  /** Pages in the WAL that are not in the database file. */
  get waiting(): number {
    const { log, checkpointed } = this.#size.get()!;
    return log - checkpointed;
  }

  /**
   * Moves what readers allow. Once all is moved, the gaps of its pages are overwritten; where another
   * process writes for too long, the next time.
   */
  move(): void {
    try {
      this.#moveAndOverwrite();
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
  }

  /**
   * Moves all, and empties the WAL. False where a reader of another process was in the way for
   * longer than the connection waits.
   */
  empty(): boolean {
    this.move();
    const [result] = this.#database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    return result!.busy === 0;
  }

  /** Closes the connection, which must be the last of this process to the file. */
  close(): void {
    try {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      this.move();
    } catch {
      // On a full disk, or a damaged one: it stays in the WAL, for the next one that opens it.
    }
    this.#database.close();
    this.#gaps.close();
  }

  #moveAndOverwrite(): void {
    for (let tries = 0; tries < triesMax; tries++) {
      const version = this.#version.get()!.data_version;
      const { log } = this.#size.get()!;
      // Before they are moved: what is moved may be written over in the WAL from then on.
      this.#lookThrough(log);
      const moved = this.#move.get()!;
      if (moved.log < 0 || moved.checkpointed < moved.log) return;
      if (moved.log === log && this.#overwrite(version)) return;
    }
  }

  /** Notes which pages of the WAL, up to this one, have something in their gaps. */
  #lookThrough(log: number): void {
    if (log <= 0) return;
    const wal = openSync(this.#walFile, 'r');
    try {
      readSync(wal, this.#frames, 0, walHeaderBytes, 0);
      const salts = this.#frames.toString('hex', 16, 24);
      if (salts !== this.#salts) this.#framesSeen = 0;
      this.#salts = salts;
      while (this.#framesSeen < log) {
        const count = Math.min(framesTogether, log - this.#framesSeen);
        const start = walHeaderBytes + this.#framesSeen * frameBytes;
        readSync(wal, this.#frames, 0, count * frameBytes, start);
        this.#noteLeftovers(count);
        this.#framesSeen += count;
      }
    } finally {
      closeSync(wal);
    }
  }

  #noteLeftovers(count: number): void {
    for (let frame = 0; frame < count; frame++) {
      const start = frame * frameBytes;
      const pageNumber = this.#frames.readUInt32BE(start);
      const page = this.#frames.subarray(start + frameHeaderBytes, start + frameBytes);
      if (hasLeftovers(page, pageNumber)) this.#pages.add(pageNumber);
    }
  }

  /** False where another process has written since this version of the data. */
  #overwrite(version: number): boolean {
    if (this.#pages.size === 0) return true;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      if (this.#version.get()!.data_version !== version) return false;
      this.#gaps.overwrite(this.#pages);
      this.#pages.clear();
      return true;
    } finally {
      this.#database.exec('ROLLBACK');
    }
  }
}
