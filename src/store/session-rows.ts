// Rows of sessions as the stores keep them, and how they become what the domain knows.

import type { Session, SessionKind } from '../session.js';

export const sessionColumns = 'token_hash, kind, key_id, created_at, expires_at';

export interface SessionRow {
  readonly token_hash: Uint8Array;
  readonly kind: string;
  readonly key_id: string;
  readonly created_at: number;
  readonly expires_at: number;
}

export function sessionOf(row: SessionRow): Session {
  return {
    tokenHash: row.token_hash,
    kind: row.kind as SessionKind,
    keyId: row.key_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}

export function rowOfSession(session: Session): SessionRow {
  return {
    token_hash: session.tokenHash,
    kind: session.kind,
    key_id: session.keyId,
    created_at: session.createdAt,
    expires_at: session.expiresAt,
  };
}
