// The writer thread: runs each group of commands in one transaction, answers after its commit.

import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { BatonError, type ErrorCode } from '../../error.js';
import { MasterKeys } from '../../master-key.js';
import { MasterKeyRing, type MasterKeySource } from '../../master-key-source.js';
import { nameHasher } from '../../name-hash.js';
import { ReceiptSigner } from '../../receipt.js';
import { Ballast } from './ballast.js';
import { Checkpoints } from './checkpoints.js';
import { auditing, type Command, type CommandName, growing, prepareCommands } from './commands.js';
import { openWriter, verifyDurability } from './database.js';
import { isBusy, isDamage, isFull } from './failure.js';
import type { Changed } from './handoff-writes.js';

export interface WriterData {
  readonly file: string;
  readonly dataDir: string;
  readonly region: string;
  readonly hashKey: Uint8Array;
  readonly auditKey: Uint8Array;
  /** Signs receipts. */
  readonly signingKey: Uint8Array;
  /** As `MasterKeys` takes them. */
  readonly masterKeys: readonly Uint8Array[];
  readonly masterKeySource: MasterKeySource;
  /**
   * One number: how many commits have begun that change what look-ups find. Told before each, so
   * that no reader trusts memory.
   */
  readonly commitsBegun: Int32Array;
}

export interface Outcome {
  readonly done?: Changed<unknown>;
  readonly refused?: { code: ErrorCode; message: string; retryAfterSeconds?: number };
  /** A failure of the store's own: for the log. */
  readonly failed?: string;
}

export type WriterAnswer =
  | { readonly ready: true }
  | { readonly outcomes: readonly Outcome[]; readonly storageFull: boolean }
  /** The store can no longer promise anything: the process must end. */
  | { readonly fatal: string }
  | { readonly closed: true };

/**
 * Pages (of 4 KiB) between two checkpoints: what a crash leaves to replay, and how big the WAL
 * gets. Half of the ballast: on a full disk what was given back must hold them.
 */
const pagesPerCheckpoint = 1_000;
const ballastRetryMs = 1_000;

const data = workerData as WriterData;
const { file, dataDir, commitsBegun } = data;
const port = parentPort!;
const database = openWriter(file);
const { commands, forgetKeys } = prepareCommands(database, {
  hashName: nameHasher(data.hashKey),
  auditKey: data.auditKey,
  signer: new ReceiptSigner(data.signingKey, data.region),
  masterKeys: new MasterKeyRing(data.masterKeySource, new MasterKeys(data.masterKeys)),
});
const run = commands as Record<CommandName, (input: unknown) => Changed<unknown>>;
const checkpoints = new Checkpoints(database);
/** Changes when another process has written. */
const dataVersion = database.prepare<[], number>('PRAGMA data_version').pluck();
const ballast = new Ballast(dataDir);
let storageFull = false;
let ballastTriedAt = 0;
let dataVersionSeen = 0;
/** Whether the WAL may hold what was erased; at first it may be that of a process that was killed. */
let holdsErased = true;

verifyDurability(database);
if (!ballast.take()) storageFull = true;
port.on('message', receive);
answer({ ready: true });

function receive(group: readonly Command[] | 'close'): void {
  try {
    if (group === 'close') {
      checkpoints.close();
      answer({ closed: true });
      port.close();
      return;
    }
    if (storageFull) lookForRoom();
    const outcomes = runGroup(group);
    if (outcomes.some(({ done }) => done?.hasErased)) holdsErased = true;
    const isToBegin = holdsErased && group.some(({ name }) => name === 'purge');
    // Before the answer: a purge is done when nothing that was erased is left in the WAL.
    if (isToBegin) beginAnew();
    answer({ outcomes, storageFull });
    if (!isToBegin) checkpoint();
  } catch (error) {
    answer({ fatal: explain(error) });
  }
}

function runGroup(group: readonly Command[]): Outcome[] {
  const outcomes: Outcome[] = [];
  try {
    database.exec('BEGIN IMMEDIATE');
    noteOtherWriters();
    for (const command of group) outcomes.push(runCommand(command));
    if (!group.every(({ name }) => auditing.has(name))) Atomics.add(commitsBegun, 0, 1);
    database.exec('COMMIT');
    return outcomes;
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    if (isDamage(error)) throw error;
    if (isFull(error) && !storageFull) {
      giveRoom();
      return runGroup(group);
    }
    // Each again would wait as long again for the other process, and the queue with it.
    if (isBusy(error)) return group.map(() => failure(error));
    // Its neighbours are not to suffer for one command: each again, on its own.
    if (group.length > 1) return group.flatMap(runAlone);
    return [failure(error)];
  }
}

function noteOtherWriters(): void {
  const version = dataVersion.get()!;
  if (version !== dataVersionSeen) forgetKeys();
  dataVersionSeen = version;
}

function runAlone(command: Command): Outcome[] {
  const outcomes = runGroup([command]);
  checkpoint();
  return outcomes;
}

function runCommand(command: Command): Outcome {
  if (storageFull && growing.has(command.name)) return fullOutcome();
  try {
    return { done: run[command.name](command.input) };
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return { refused: { code: error.code, message: error.message } };
  }
}

function failure(error: unknown): Outcome {
  if (isFull(error)) return fullOutcome();
  if (isBusy(error)) {
    const message = 'The database is busy with another process; try again.';
    return { refused: { code: 'unavailable', message, retryAfterSeconds: 1 } };
  }
  return { failed: explain(error) };
}

function fullOutcome(): Outcome {
  const message = 'The disk of the server is full: nothing was written; try again later.';
  return { refused: { code: 'storage_full', message, retryAfterSeconds: 5 } };
}

/** The room goes to the database first, so that the WAL can be written from its beginning again. */
function giveRoom(): void {
  storageFull = true;
  ballast.release();
  checkpoint();
}

function lookForRoom(): void {
  const now = Date.now();
  if (now - ballastTriedAt < ballastRetryMs) return;
  ballastTriedAt = now;
  storageFull = !ballast.take();
}

/**
 * Moves the WAL into the database file when there is enough of it; on a full disk always, since
 * there it cannot grow. On a full disk it may fail, every other error is fatal.
 */
function checkpoint(): void {
  if (checkpoints.waiting < (storageFull ? 1 : pagesPerCheckpoint)) return;
  try {
    checkpoints.move();
  } catch (error) {
    if (!isFull(error)) throw error;
    if (!storageFull) giveRoom();
  }
}

/**
 * Moves all of the WAL into the database file and empties it, so that nothing that was erased stays
 * in either. Where a reader of another process is in the way, the next purge tries again.
 */
function beginAnew(): void {
  try {
    holdsErased = !checkpoints.empty();
  } catch (error) {
    if (!isFull(error)) throw error;
    if (!storageFull) giveRoom();
  }
}

function explain(error: unknown): string {
  if (error instanceof Database.SqliteError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function answer(message: WriterAnswer): void {
  port.postMessage(message);
}
