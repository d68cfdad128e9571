// Tells host names and addresses from other text.

import { isIP } from 'node:net';

// Labels as in RFC 1123, section 2.1, and underscores, which container networks use.
const hostNameForm = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_-]+)*\.?$/i;

/** Whether it is a host name or an IP address, without brackets or port. */
export function isHost(text: string): boolean {
  // Digits and dots alone are meant as an address, and 1.2.3 or 256.1.1.1 is none.
  return isIP(text) !== 0 || (hostNameForm.test(text) && !/^[\d.]+$/.test(text));
}
