// The only place where a failure becomes an answer: status, code, one sentence, request id.

import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { BatonError, type ErrorCode, statusOfCode } from '../error.js';
import { limits } from '../limits.js';
import { explainInvalid } from './explain-invalid.js';
import { popFailure, sendPop } from './pop-document.js';

/** Answers any failure of a request. The operator sees all of the server's own, clients none. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): unknown {
  const known = asBatonError(error, request);
  if (known === undefined) {
    request.log.error({ err: error, request_id: request.id }, 'request failed');
    return send(reply, new BatonError('internal', 'internal error'));
  }
  return send(reply, known);
}

/** Whether a link of the screen pop is opened: its failures are pages. */
export function isForPerson({ method, url }: FastifyRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && url.startsWith('/pop/');
}

/** The body of an error's answer. */
export function errorBody(code: ErrorCode, message: string, requestId: string): string {
  return JSON.stringify({ error_message: message, error_code: code, error_id: requestId });
}

export function sendMethodNotAllowed(allowed: readonly string[], reply: FastifyReply): unknown {
  reply.header('allow', allowed.join(', '));
  const message = `This path does not take this method; it takes ${allowed.join(', ')}.`;
  return send(reply, new BatonError('method_not_allowed', message));
}

function send(reply: FastifyReply, error: BatonError): unknown {
  reply.request.errorCode = error.code;
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
  const shown = isForPerson(reply.request) ? popFailure(error.code) : undefined;
  if (shown !== undefined) {
    return sendPop(reply.header('x-request-id', reply.request.id), shown.status, shown.page);
  }
  return (
    reply
      .code(statusOfCode[error.code])
      .type('application/json; charset=utf-8')
      // Set again, since what the router refuses passes no hook.
      .header('cache-control', 'no-store')
      .header('x-request-id', reply.request.id)
      .send(errorBody(error.code, error.message, reply.request.id))
  );
}

/** Whether it says that there is nothing. */
export function isMissing(error: unknown): boolean {
  return error instanceof BatonError && statusOfCode[error.code] === 404;
}

export function nothingHere(): BatonError {
  const message = 'There is nothing at this path; see /docs for the calls that there are.';
  return new BatonError('not_found', message);
}

/** What the framework found wrong with a request, in our words; undefined: a failure of ours. */
function asBatonError(error: unknown, request: FastifyRequest): BatonError | undefined {
  if (error instanceof BatonError) return error;
  const { code, validation, validationContext } = error as Partial<FastifyError>;
  if (validation !== undefined) {
    return new BatonError(
      'invalid_request',
      explainInvalid(validation, validationContext, request),
    );
  }
  switch (code) {
    // A method that the parser knows and Node does not name reaches no handler of ours.
    case 'FST_ERR_NOT_FOUND':
      return nothingHere();
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new BatonError(
        'payload_too_large',
        `body: found more than ${limits.bodyBytesMax} bytes; send at most ${limits.bodyBytesMax}.`,
      );
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new BatonError(
        'invalid_request',
        'body: found another length than Content-Length says; send the whole body.',
      );
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new BatonError(
        'unsupported_media_type',
        'Content-Type: found a malformed value; send application/json.',
      );
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_ASYNC_CONSTRAINT':
      return new BatonError(
        'invalid_request',
        'path: found a percent-encoding that is not UTF-8; encode the path as UTF-8.',
      );
    case 'FST_ERR_MAX_PARAM_LENGTH':
    case 'FST_ERR_ROUTE_MAX_PARAM_LENGTH':
      return new BatonError('not_found', 'There is nothing at this path; its parts are too long.');
    case 'ECONNRESET':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return new BatonError('invalid_request', 'body: the connection ended before the body did.');
    default:
      return undefined;
  }
}
