// A write: one transaction, repeated where it left no trace, settled where nobody knows whether it did.

import { randomUUID } from 'node:crypto';
import { watchForWarning } from './client.js';
import { databaseNow } from './clock.js';
import type { Database } from './database.js';
import { CommitLate, ConnectionLost, isConflict, isLost, outcomeUnknown } from './failure.js';
import type { Primary, Purpose } from './primary.js';
import { Session } from './session.js';
import { within } from './signal.js';

export type Clock = (() => number) | undefined;

/**
 * A transaction under way. Its statements may be sent before its beginning is answered; what reads
 * the time awaits `begun`.
 */
export class Transaction extends Session {
  readonly begun: Promise<void>;
  /** Kept in the row or tombstone that is written, so that the write can be recognised. */
  readonly writeId: string;
  #now: number | undefined;

  constructor(session: Session, writeId: string, clock: Clock) {
    super(session.client, session.deadline);
    this.writeId = writeId;
    this.begun = this.#begin(clock);
  }

  /** Milliseconds since 1970, the same for all of it. */
  get now(): number {
    if (this.#now === undefined) throw new Error('The transaction has not begun.');
    return this.#now;
  }

  async #begin(clock: Clock): Promise<void> {
    const [time] = await this.rowsOf<{ now: number }>(`BEGIN; SELECT ${databaseNow} AS now`);
    this.#now = clock?.() ?? time!.now;
  }
}

/** Whether a write whose commit got no answer was carried out. */
export type Settled = 'done' | 'undone' | 'unknown';

export interface Write<Result> {
  /** Reads and writes; repeated as a whole. Awaits every statement, also where one fails. */
  readonly apply: (transaction: Transaction) => Promise<Result>;
  /**
   * Looks for what `apply` would have left. It must wait for a transaction that may still be under
   * way, which reading with a lock does.
   */
  readonly settle: (transaction: Transaction, result: Result) => Promise<Settled>;
  /** Left out: `requests`. */
  readonly purpose?: Purpose;
  /** When it must be done, by `performance.now()`; left out: as long from now as a request has. */
  readonly deadline?: number;
  /** Whether `apply` met the same as before, when its commit got no answer. */
  readonly isSame?: (result: Result, before: Result) => boolean;
}

/** Settles what does no more when it is done twice. */
export async function again(): Promise<'undone'> {
  return 'undone';
}

/**
 * Resolves after the commit. Where it cannot be told in time whether the commit happened, it
 * rejects with `unavailable`: then the write may still appear, whole and once. `clock` stands in
 * for the time of the database.
 */
export function carryOut<Result>(
  database: Database,
  clock: Clock,
  write: Write<Result>,
): Promise<Result> {
  const deadline = write.deadline ?? database.deadline();
  const writeId = randomUUID();
  let inDoubt: Done<Result> | undefined;

  return database.retry(deadline, (primary) => {
    const attempt = async (session: Session) => {
      const transaction = new Transaction(session, writeId, clock);
      // Whoever does not await it meets its failure with the first statement.
      transaction.begun.catch(() => {});
      try {
        const done = await tryOnce(transaction, write, inDoubt);
        if (done === 'settled') {
          await confirm(primary, deadline);
          return inDoubt;
        }
        if (done === undefined) return undefined;
        await commit(session).catch((error: unknown) => {
          if (isLost(error)) inDoubt = done;
          throw error;
        });
        return done;
      } catch (error) {
        if (!isLost(error) && !(error instanceof CommitLate)) await session.simple('ROLLBACK');
        throw error;
      }
    };
    return primary.use(deadline, attempt, write.purpose);
  });
}

interface Done<Result> {
  readonly result: Result;
}

/** What is to be committed; `settled` where it is already; undefined where it must start anew. */
async function tryOnce<Result>(
  transaction: Transaction,
  write: Write<Result>,
  inDoubt: Done<Result> | undefined,
): Promise<Done<Result> | 'settled' | undefined> {
  if (inDoubt === undefined) return { result: await write.apply(transaction) };

  const settled = await write.settle(transaction, inDoubt.result);
  if (settled === 'unknown') throw outcomeUnknown();
  if (settled === 'undone') {
    const result = await write.apply(transaction);
    if (write.isSame?.(result, inDoubt.result) ?? true) return { result };
  }
  await transaction.simple('ROLLBACK');
  return settled === 'done' ? 'settled' : undefined;
}

/** What was found may be visible on this primary alone: a later commit of ours tells. */
async function confirm(primary: Primary, deadline: number): Promise<void> {
  const confirmed = primary.confirm().then(() => true);
  if (!(await within(confirmed, deadline - performance.now()))) throw outcomeUnknown();
}

/**
 * Resolves when the commit is acknowledged, rejects with a conflict where it was refused and with
 * `ConnectionLost` where nobody knows. It is never cancelled: out of time, it goes on by itself.
 */
async function commit({ client, deadline }: Session): Promise<void> {
  const wasWarned = watchForWarning(client);
  try {
    const ended = client.query('COMMIT');
    const answer = await within(ended, deadline - performance.now());
    if (answer === undefined) throw new CommitLate(ended.catch(() => {}));
    if (answer.command === 'COMMIT' && !wasWarned()) return;
    throw new ConnectionLost('The commit was not acknowledged.');
  } catch (error) {
    if (error instanceof CommitLate || error instanceof ConnectionLost) throw error;
    if (isConflict(error)) throw error;
    throw new ConnectionLost('The commit got no answer.', { cause: error });
  } finally {
    wasWarned();
  }
}
