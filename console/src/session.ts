// Signing in and out. The key goes to the server once and is kept nowhere in the browser.

import { ask, holdCsrfToken } from './api.js';
import type { Session } from './api-types.js';

const path = '/console/session';

/** The session that the browser has; throws ApiError 401 where it has none. */
export async function currentSession(): Promise<Session> {
  return held(await ask<Session>(path));
}

export async function signIn(
  credential: { api_key: string } | { sign_in_token: string },
): Promise<Session> {
  return held(await ask<Session>(path, { method: 'POST', body: credential }));
}

export async function signOut(): Promise<void> {
  await ask(path, { method: 'DELETE' });
}

/** The token of a one-time link, which leaves the address at once. */
export function takenSignInToken(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get('sign-in');
  if (token === null) return undefined;
  history.replaceState(null, '', location.pathname + location.search);
  return token;
}

function held(session: Session): Session {
  holdCsrfToken(session.csrf_token);
  return session;
}
