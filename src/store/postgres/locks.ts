// Advisory locks: what only one node may do at a time, let go at the end of its transaction.

import { statement } from './session.js';

/** "baton" in ASCII and a number of our own, so that nobody else means the same lock. */
const lockText = (number: number) =>
  `SELECT pg_advisory_xact_lock(${Buffer.from('bato').readInt32BE()}, ${number})`;

/** One node brings the schema up to date, the others wait for it. */
export const migrationLockText = lockText(1);

/** Projects are changed one after another: their names must not be given twice. */
export const referenceLock = statement<[], unknown>('reference_lock', lockText(2));
