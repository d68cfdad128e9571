// The Host header (RFC 9112, 3.2): Node would take two, and refuse a missing one without a body.

import type { IncomingMessage } from 'node:http';

/** A host name or an address, with a port or without (RFC 3986, 3.2). */
const hostForm = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::[0-9]*)?$/;

/** What is wrong with the Host header, in one sentence; undefined where nothing is. */
export function hostProblem({ rawHeaders, httpVersion }: IncomingMessage): string | undefined {
  let found: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue;
    if (found !== undefined) return 'Host: found it twice; send it once.';
    found = rawHeaders[index + 1]!;
  }
  if (found === undefined) {
    return httpVersion === '1.1' ? 'Host: found nothing; send the header.' : undefined;
  }
  return hostForm.test(found) ? undefined : 'Host: found what is no host; send its name and port.';
}
