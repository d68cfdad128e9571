// Sessions of the console: found by every node, made and ended inside a transaction.

import { limits } from '../../limits.js';
import type { Session as ConsoleSession } from '../../session.js';
import { type SessionRow, sessionColumns, sessionOf } from '../session-rows.js';
import type { SessionStore } from '../session-store.js';
import { statementNow } from './clock.js';
import { lockKey } from './key-writes.js';
import type { Parts } from './parts.js';
import { type Session, statement } from './session.js';
import { again, type Clock, type Settled, type Transaction } from './write.js';

const insert = statement<
  [tokenHash: Uint8Array, kind: string, keyId: string, createdAt: number, expiresAt: number]
>(
  'insert_console_session',
  `INSERT INTO console_session (${sessionColumns}) VALUES ($1, $2, $3, $4, $5)`,
);
const beyond = statement<[keyId: string, kind: string, kept: number], { token_hash: Uint8Array }>(
  'console_sessions_beyond',
  `SELECT token_hash FROM console_session WHERE key_id = $1 AND kind = $2
   ORDER BY created_at DESC, token_hash DESC OFFSET $3`,
);
const drop = statement<[tokenHashes: Uint8Array[]]>(
  'drop_console_sessions',
  'DELETE FROM console_session WHERE token_hash = ANY ($1::bytea[])',
);
const find = statement<[tokenHash: Uint8Array], SessionRow>(
  'find_console_session',
  `SELECT ${sessionColumns} FROM console_session WHERE token_hash = $1 AND kind = 'session'`,
);
const take = statement<[tokenHash: Uint8Array], SessionRow>(
  'take_sign_in',
  `DELETE FROM console_session WHERE token_hash = $1 AND kind = 'sign_in'
   RETURNING ${sessionColumns}`,
);
const anyExpired = statement<[now: number | null], unknown>(
  'any_console_session_expired',
  `SELECT 1 FROM console_session WHERE expires_at <= coalesce($1, ${statementNow}) LIMIT 1`,
);
const dropExpired = statement<[now: number]>(
  'drop_expired_console_sessions',
  'DELETE FROM console_session WHERE expires_at <= $1',
);

export function sessionCalls(parts: Parts): SessionStore {
  return {
    createSession: (session) =>
      parts.write({
        apply: (transaction) => createSession(transaction, session),
        settle: (transaction) => settleNew(transaction, session),
      }),
    findSession: (tokenHash) =>
      parts.read(async (session) => {
        const row = await session.first(find, tokenHash);
        return row && sessionOf(row);
      }),
    endSession: (tokenHash) =>
      parts.write({
        apply: async (transaction) => void (await transaction.run(drop, [tokenHash])),
        settle: again,
      }),
    takeSignIn: (tokenHash) =>
      parts.write({
        async apply(transaction) {
          const row = await transaction.first(take, tokenHash);
          return row && sessionOf(row);
        },
        // Where it is gone, it was taken here or by another one: nobody gets it a second time.
        settle: again,
      }),
  };
}

async function createSession(transaction: Transaction, session: ConsoleSession): Promise<void> {
  const { tokenHash, kind, keyId, createdAt, expiresAt } = session;
  // One after the other, so that each counts those before it.
  await transaction.first(lockKey, keyId);
  // Beforehand: of two in the same millisecond the new one stays.
  const old = await transaction.all(beyond, keyId, kind, limits.sessionsPerKeyMax - 1);
  const hashes = old.map(({ token_hash }) => token_hash);
  if (hashes.length > 0) await transaction.run(drop, hashes);
  await transaction.run(insert, tokenHash, kind, keyId, createdAt, expiresAt);
}

const findAny = statement<[tokenHash: Uint8Array], unknown>(
  'find_any_console_session',
  'SELECT 1 FROM console_session WHERE token_hash = $1',
);

/** Whether a session that a lost commit was to make is there. */
async function settleNew(
  transaction: Transaction,
  { keyId, tokenHash }: ConsoleSession,
): Promise<Settled> {
  await transaction.first(lockKey, keyId);
  return (await transaction.first(findAny, tokenHash)) === undefined ? 'undone' : 'done';
}

/** Asked first: mostly there is nothing to purge, and no need for a transaction. */
export async function hasSessionsToPurge(session: Session, clock: Clock): Promise<boolean> {
  return (await session.first(anyExpired, clock?.() ?? null)) !== undefined;
}

export async function purgeSessions(transaction: Transaction): Promise<number> {
  await transaction.begun;
  return transaction.run(dropExpired, transaction.now);
}
