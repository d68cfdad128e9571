// When each error code is given: for the OpenAPI document, its page and whoever reads either.

import type { ErrorCode } from '../error.js';
import { limits } from '../limits.js';

export interface ErrorMeaning {
  /** When it happens, and what to do about it where that is not plain. */
  readonly when: string;
  /** A sentence as `error_message` gives it. */
  readonly example: string;
}

export const errorMeanings: Readonly<Record<ErrorCode, ErrorMeaning>> = {
  invalid_request: {
    when: 'A parameter, a header or the body does not fit; the message says where, and what does.',
    example: 'query: found neither id nor shared_id; give one of them.',
  },
  unauthorized: {
    when: 'The API key is missing, malformed or unknown.',
    example: 'The API key is unknown here; check which server it was made for.',
  },
  forbidden: {
    when:
      'The API key is revoked or expired, belongs to another region, does not reach this account ' +
      'and project, or lacks the permission.',
    example: 'This API key has the permission read, this call needs write; use a key that has it.',
  },
  handoff_state_not_found: {
    when:
      'No state has this name in this project: it was not written, is not written yet (wait for ' +
      `it with \`wait\`), or ended more than ${limits.tombstoneSeconds / 86_400} days ago.`,
    example:
      'No handoff state has this id in this project; check the id and the project, or wait for ' +
      'the write with ?wait=N.',
  },
  handoff_state_expired: {
    when: 'There was a state with this name, and it has expired.',
    example:
      'The handoff state has expired; write it with a longer ttl_seconds, or look it up sooner.',
  },
  handoff_state_erased: {
    when: 'There was a state with this name, and it has been erased.',
    example: 'The handoff state has been erased; it cannot be looked up any more.',
  },
  not_found: {
    when: 'Nothing is at this path, or the API key reaches no project or key with this id.',
    example: 'No project of this key has this id or slug; see the list of projects.',
  },
  method_not_allowed: {
    when: 'The path does not take this method; `Allow` names those that it takes.',
    example: 'This path does not take this method; it takes GET, PUT, PATCH, DELETE, HEAD.',
  },
  conflict: {
    when: 'The id or slug is taken, or the key has ended already.',
    example: 'This project slug is taken by another one; choose another.',
  },
  precondition_failed: {
    when: '`If-Match` or `If-None-Match` does not hold; look the state up and decide again.',
    example:
      'If-Match: the handoff state has another version by now; look it up and try with its ETag.',
  },
  payload_too_large: {
    when: 'The body, or `data` in it, is above its limit.',
    example: 'data: found 40960 bytes without white space; give at most 32768.',
  },
  unsupported_media_type: {
    when: 'The body has another content type than the call takes, or is not UTF-8.',
    example: 'Content-Type: found another one; send application/json in UTF-8.',
  },
  rate_limited: {
    when:
      'The budget of the API key or the project is used up, or the key was told too often that ' +
      'there is nothing, or too many requests with wrong keys came from this address. ' +
      '`RateLimit` names which; try again after `Retry-After`.',
    example: 'The budget of this API key is used up; try again after Retry-After seconds.',
  },
  headers_too_large: {
    when: 'The request line and headers together are above their limit.',
    example: 'headers: found more than 8192 bytes; send at most 8192.',
  },
  internal: {
    when: 'A failure of the server; its log says more under the `error_id`.',
    example: 'internal error',
  },
  unavailable: {
    when: 'The store cannot answer now, or the server shuts down; try again after `Retry-After`.',
    example: 'The server is shutting down; try again.',
  },
  storage_full: {
    when: 'There is no room for the write; look-ups go on. The operator must make room.',
    example: 'The disk is full; make room and try again.',
  },
};
