// Sessions of the console: found by the reader, made and ended inside the writer's transaction.

import { limits } from '../../limits.js';
import type { Session } from '../../session.js';
import { rowOfSession, type SessionRow, sessionColumns, sessionOf } from '../session-rows.js';
import { type Connection, prepare } from './database.js';

export type SessionStatements = ReturnType<typeof prepareSessionStatements>;

export function prepareSessionStatements(db: Connection) {
  return {
    insert: prepare<[SessionRow]>(
      db,
      `INSERT INTO console_session (${sessionColumns})
       VALUES (@token_hash, @kind, @key_id, @created_at, @expires_at)`,
    ),
    dropBeyond: prepare<[keyId: string, kind: string, kept: number]>(
      db,
      `DELETE FROM console_session WHERE token_hash IN (
         SELECT token_hash FROM console_session WHERE key_id = ? AND kind = ?
         ORDER BY created_at DESC, token_hash DESC LIMIT -1 OFFSET ?)`,
    ),
    drop: prepare<[Uint8Array]>(db, 'DELETE FROM console_session WHERE token_hash = ?'),
    take: prepare<[Uint8Array], SessionRow>(
      db,
      `DELETE FROM console_session WHERE token_hash = ? AND kind = 'sign_in'
       RETURNING ${sessionColumns}`,
    ),
    dropExpired: prepare<[now: number, limit: number]>(
      db,
      `DELETE FROM console_session WHERE token_hash IN (
         SELECT token_hash FROM console_session WHERE expires_at <= ? LIMIT ?)`,
    ),
  };
}

export function createSession(
  statements: SessionStatements,
  { session }: { session: Session },
): void {
  // Beforehand: of two in the same millisecond the new one stays.
  statements.dropBeyond.run(session.keyId, session.kind, limits.sessionsPerKeyMax - 1);
  statements.insert.run(rowOfSession(session));
}

/** Gives the session with this hash, as the store contract says. */
export function sessionReader(db: Connection): (tokenHash: Uint8Array) => Session | undefined {
  const find = prepare<[Uint8Array], SessionRow>(
    db,
    `SELECT ${sessionColumns} FROM console_session WHERE token_hash = ? AND kind = 'session'`,
  );
  return (tokenHash) => {
    const row = find.get(tokenHash);
    return row && sessionOf(row);
  };
}

export function endSession(
  statements: SessionStatements,
  { tokenHash }: { tokenHash: Uint8Array },
): void {
  statements.drop.run(tokenHash);
}

export function takeSignIn(
  statements: SessionStatements,
  { tokenHash }: { tokenHash: Uint8Array },
): Session | undefined {
  const row = statements.take.get(tokenHash);
  return row && sessionOf(row);
}
