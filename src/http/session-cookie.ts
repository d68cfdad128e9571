// The cookie of a session: read from a request, set and cleared by an answer (RFC 6265).

import type { IncomingHttpHeaders } from 'node:http';

const name = 'baton_session';

/**
 * The token in the cookie; undefined where there is none. Two of the name are none: a page of a
 * neighbouring host may have set one beside ours, and nobody can tell which is which.
 */
export function sessionToken({ cookie }: IncomingHttpHeaders): string | undefined {
  if (cookie === undefined) return undefined;
  const values = cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}

/** `Set-Cookie` that keeps the token for so long, out of the reach of scripts and other sites. */
export function cookieOf(
  token: string,
  { seconds, isSecure }: { seconds: number; isSecure: boolean },
): string {
  const parts = [`${name}=${token}`, 'Path=/', `Max-Age=${seconds}`, 'HttpOnly', 'SameSite=Strict'];
  return (isSecure ? [...parts, 'Secure'] : parts).join('; ');
}

/** `Set-Cookie` that makes the browser forget the token. */
export function noCookie(isSecure: boolean): string {
  return cookieOf('', { seconds: 0, isSecure });
}
