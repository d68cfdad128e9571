// Answers to what is no request at all: malformed, too slow or with too large a header block.

import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type BatonError, invalidRequest, statusOfCode } from '../error.js';
import { errorBody } from './errors.js';
import { headersTooLarge } from './header-block.js';

/**
 * Writes the answer by hand, since there is no request to answer, and closes the connection; only
 * closes it where the client would take the answer for that of an earlier request.
 */
export function answerBrokenConnection(
  error: Error & { code?: string },
  socket: Duplex,
  requestId: string,
): void {
  if (!isOfHttp(error) || !socket.writable || isAnswerAwaited(socket)) {
    socket.destroy();
    return;
  }
  const { code, message } = explain(error.code);
  const body = errorBody(code, message, requestId);
  const status = statusOfCode[code];
  const head = [
    `HTTP/1.1 ${status} ${status === 431 ? 'Request Header Fields Too Large' : 'Bad Request'}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `X-Request-Id: ${requestId}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

/** Or of the connection below, on which nothing can be said then, such as a failed handshake. */
function isOfHttp({ code }: { code?: string }): boolean {
  return code === undefined || code.startsWith('HPE_') || code.startsWith('ERR_HTTP_');
}

/** Whether the answer to a request that arrived whole, or the rest of an answer, is to come yet. */
function isAnswerAwaited(socket: Duplex): boolean {
  // Node keeps the answer whose turn it is here, and looks at it for its own 400 too.
  const { _httpMessage: answer } = socket as Duplex & { _httpMessage?: ServerResponse | null };
  return answer != null && (answer.req.complete || answer.headersSent);
}

function explain(code: string | undefined): BatonError {
  if (code === 'HPE_HEADER_OVERFLOW') return headersTooLarge();
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return invalidRequest('The request did not arrive in time; send it whole and at once.');
  }
  return invalidRequest('The request is not valid HTTP/1.1; check the request line and headers.');
}
