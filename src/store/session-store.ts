// The part of the store contract that concerns the console's sessions.

import type { Session } from '../session.js';

export interface SessionStore {
  /**
   * Keeps a session or a sign-in token. Of its key and its kind at most
   * `limits.sessionsPerKeyMax` are kept: the oldest goes.
   */
  createSession(session: Session): Promise<void>;
  /** The session with this hash, whether it or its key has ended or not. */
  findSession(tokenHash: Uint8Array): Promise<Session | undefined>;
  /** From then on it is found on no node; what is not there stays so. */
  endSession(tokenHash: Uint8Array): Promise<void>;
  /** Takes a sign-in token: of all that ask, one gets it. */
  takeSignIn(tokenHash: Uint8Array): Promise<Session | undefined>;
}
