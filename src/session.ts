// Sessions of the console: a browser holds a token in a cookie, the store its hash, and neither the
// API key that it was given for. A sign-in token opens one session, once.

import { hash, randomBytes } from 'node:crypto';
import type { ApiKey } from './key.js';
import { limits } from './limits.js';

export type SessionKind = 'session' | 'sign_in';

/** What is kept of a token: never the token, only its SHA-256. Times are milliseconds since 1970. */
export interface Session {
  readonly tokenHash: Uint8Array;
  readonly kind: SessionKind;
  /** The key whose rights it has, as long as that key lives. */
  readonly keyId: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

const lifeSeconds: Readonly<Record<SessionKind, number>> = {
  session: limits.sessionSecondsMax,
  sign_in: limits.signInTokenSecondsMax,
};

const tokenForm = /^[\w-]{43}$/;

/** A new session of a key, or a token to sign in with, and its text, which is kept nowhere here. */
export function newSession(
  kind: SessionKind,
  { keyId, expiresAt }: ApiKey,
  now: number,
): { token: string; session: Session } {
  const token = randomBytes(32).toString('base64url');
  const natural = now + lifeSeconds[kind] * 1000;
  const ends = Math.min(natural, expiresAt ?? natural);
  const session = { tokenHash: hashOfToken(token), kind, keyId, createdAt: now, expiresAt: ends };
  return { token, session };
}

/** What a token is found by; undefined where its form is wrong. */
export function tokenHashOf(token: string): Uint8Array | undefined {
  return tokenForm.test(token) ? hashOfToken(token) : undefined;
}

function hashOfToken(token: string): Uint8Array {
  return hash('sha256', token, 'buffer');
}
