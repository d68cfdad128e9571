// Moves the write-ahead log into the database file, and leaves nothing there that rows left behind.

import { closeSync, openSync, readSync } from 'node:fs';
import Database from 'better-sqlite3';
import { busyMs, type Connection, prepare, type Statement } from './database.js';
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
/** How long a checkpoint waits for another process that writes, or for readers, and writes with it. */
const waitMsMax = 100;
const waitMs = 5;

/**
 * Closes a connection that writes, the last of its process to this file. What a process that was
 * killed left in the WAL is moved now, and not by SQLite, which would leave the gaps as they are.
 */
export function closeWriter(database: Connection): void {
  let checkpoints: Checkpoints | undefined;
  try {
    if (database.inTransaction) database.exec('ROLLBACK');
    database.pragma('query_only = OFF');
    checkpoints = new Checkpoints(database);
  } catch {
    // What is damaged, or has no room for a WAL, is told by whoever works with it.
  }
  if (checkpoints === undefined) database.close();
  else checkpoints.close();
}

/** The checkpoints of one connection that writes. */
export class Checkpoints {
  readonly #database: Connection;
  /** Keeps other processes from writing; has a connection of its own, since none moves in its own. */
  readonly #guard: Connection;
  readonly #gaps: PageGaps;
  readonly #wal: number;
  readonly #size: Statement<[], WalSize>;
  readonly #move: Statement<[], WalSize>;
  /** Up to which frame the WAL with these salts was looked through. */
  #salts = '';
  #framesSeen = 0;
  readonly #frames = Buffer.alloc(framesTogether * frameBytes);

  constructor(database: Connection) {
    this.#database = database;
    this.#size = prepare(database, 'PRAGMA wal_checkpoint(NOOP)');
    this.#move = prepare(database, 'PRAGMA wal_checkpoint(PASSIVE)');
    this.#size.get();
    this.#guard = new Database(database.name, { timeout: waitMsMax });
    this.#gaps = new PageGaps(database.name);
    this.#wal = openSync(`${database.name}-wal`, 'r');
  }

  /** Pages in the WAL that are not in the database file. */
  get waiting(): number {
    const { log, checkpointed } = this.#size.get()!;
    return log - checkpointed;
  }

  /**
   * Moves what readers allow. True once all is moved, and the gaps of its pages are overwritten:
   * safe from a power loss with the next move, or where the WAL is emptied. False where readers or another process were in the way: the WAL is kept until the next time.
   */
  move(): boolean {
    try {
      this.#guard.exec('BEGIN IMMEDIATE');
    } catch (error) {
      if (isBusy(error)) return false;
      throw error;
    }
    try {
      const { log, checkpointed } = this.#move.get()!;
      if (log < 0 || checkpointed < log) return false;
      this.#overwriteGaps(log);
      return true;
    } finally {
      this.#guard.exec('ROLLBACK');
    }
  }

  /** Moves all, and empties the WAL; false where readers were in the way for longer than it waits. */
  empty(): boolean {
    const deadline = performance.now() + waitMsMax;
    while (!this.move()) {
      if (performance.now() > deadline) return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
    }
    this.#gaps.sync();
    this.#database.pragma(`busy_timeout = ${waitMsMax}`);
    const [result] = this.#database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    this.#database.pragma(`busy_timeout = ${busyMs}`);
    // Pages in memory have their gaps still, and would bring them back with the next write.
    this.#database.pragma('shrink_memory');
    return result!.busy === 0;
  }

  /** Closes the connection, which must be the last of this process to the file. */
  close(): void {
    try {
      this.move();
      this.#gaps.sync();
    } catch {
      // On a full disk, or a damaged one: it stays in the WAL, for the next one that opens it.
    }
    this.#database.close();
    this.#guard.close();
    closeSync(this.#wal);
    this.#gaps.close();
  }

  /** Of all pages that stand in the WAL up to this frame, and are in the file as they stand there. */
  #overwriteGaps(log: number): void {
    if (log === 0 || !this.#gaps.areKnown()) return;
    readSync(this.#wal, this.#frames, 0, walHeaderBytes, 0);
    const salts = this.#frames.toString('hex', 16, 24);
    if (salts !== this.#salts) this.#framesSeen = 0;
    this.#salts = salts;
    while (this.#framesSeen < log) {
      const count = Math.min(framesTogether, log - this.#framesSeen);
      const start = walHeaderBytes + this.#framesSeen * frameBytes;
      readSync(this.#wal, this.#frames, 0, count * frameBytes, start);
      for (let frame = 0; frame < count; frame++) this.#lookThrough(frame * frameBytes);
      this.#framesSeen += count;
    }
  }

  #lookThrough(frameStart: number): void {
    const pageNumber = this.#frames.readUInt32BE(frameStart);
    const page = this.#frames.subarray(frameStart + frameHeaderBytes, frameStart + frameBytes);
    if (hasLeftovers(page, pageNumber)) this.#gaps.overwrite(pageNumber);
  }
}
