// The header block as a whole: its size, and its Host (RFC 9112, 3.2), which Node takes twice.

import type { IncomingMessage } from 'node:http';
import { BatonError, invalidRequest } from '../error.js';
import { limits } from '../limits.js';

/** A host name or an address, with a port or without (RFC 3986, 3.2). */
const hostForm = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::[0-9]*)?$/;

/** `: ` and the line end of a header; what stands around method and path, and the empty line. */
const headerOverhead = ': \r\n'.length;
const requestOverhead = '  HTTP/1.1\r\n\r\n'.length;

/** What is wrong with the header block; undefined where nothing is. */
export function headerBlockError(request: IncomingMessage): BatonError | undefined {
  const { rawHeaders, method = '', url = '' } = request;
  let bytes = method.length + url.length + requestOverhead;
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    bytes += name.length + rawHeaders[index + 1]!.length + headerOverhead;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  if (bytes > limits.headerBytesMax) return headersTooLarge();
  if (hosts > 1) return invalidRequest('Host: found it twice; send it once.');
  const { host } = request.headers;
  if (host === undefined) {
    if (request.httpVersion !== '1.1') return undefined;
    return invalidRequest('Host: found nothing; send the header.');
  }
  if (hostForm.test(host)) return undefined;
  return invalidRequest('Host: found what is no host; send its name and port.');
}

export function headersTooLarge(): BatonError {
  const max = limits.headerBytesMax;
  return new BatonError(
    'headers_too_large',
    `headers: found more than ${max} bytes; send at most ${max}.`,
  );
}
