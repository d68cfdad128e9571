// Which failures of PostgreSQL mean a lost connection, a conflict to try again, or a full disk.

import { DatabaseError } from 'pg';
import { BatonError } from '../../error.js';

/** Another transaction was in the way: nothing was written, and the next try may do. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}

/** A commit takes longer than its caller can wait; it goes on, and may still be carried out. */
export class CommitLate extends Error {
  override readonly name = 'CommitLate';
  /** Settles when the server has answered, or its connection is gone. */
  readonly ended: Promise<unknown>;

  constructor(ended: Promise<unknown>) {
    super('The commit has got no answer in time.');
    this.ended = ended;
  }
}

/** No answer came: the connection broke, or the time was up. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/**
 * The connection, or the server behind it, is gone or is no primary any more. Codes from the
 * PostgreSQL manual, appendix A: connection exceptions, shutdown and start, too many connections,
 * a write on a standby.
 */
export function isLost(error: unknown): boolean {
  if (error instanceof ConnectionLost) return true;
  const code = sqlState(error) ?? '';
  return code.startsWith('08') || code.startsWith('57P') || ['53300', '25006'].includes(code);
}

/** A deadlock, a failed serialization, or two writes of the same new row: none has any effect. */
export function isConflict(error: unknown): boolean {
  if (error instanceof Conflict) return true;
  return ['40001', '40P01', '23505'].includes(sqlState(error) ?? '');
}

/** What the caller is told; a failure that has no words of its own stays what it is. */
export function asBatonError(error: unknown): unknown {
  if (error instanceof BatonError) return error;
  if (error instanceof CommitLate) return outcomeUnknown();
  const code = sqlState(error);
  if (code === '53100') {
    const message = 'The storage is full: nothing was written; look-ups and erasures still work.';
    return new BatonError('storage_full', message, { retryAfterSeconds: 30 });
  }
  const isBusy = code !== undefined && ['55P03', '57014', '53'].some((it) => code.startsWith(it));
  return isLost(error) || isConflict(error) || isBusy ? databaseAway() : error;
}

export function databaseAway(): BatonError {
  return new BatonError('unavailable', 'The database cannot be reached in time; try again.', {
    retryAfterSeconds: 1,
  });
}

export function outcomeUnknown(): BatonError {
  return new BatonError(
    'unavailable',
    'The database has not said in time whether it kept the write; look it up, or write it again.',
    { retryAfterSeconds: 1 },
  );
}

/** The five characters of its SQLSTATE; undefined where the failure is not the server's answer. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}
