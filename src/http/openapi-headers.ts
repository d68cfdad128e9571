// The headers that calls take and give, as the OpenAPI document describes them.

import { limits } from '../limits.js';
import type { Header, Parameter } from './openapi-document.js';

const tag = { type: 'string' };

/** Headers of requests, by the name that they have among the document's parameters. */
export const requestHeaders = {
  Prefer: {
    name: 'Prefer',
    in: 'header',
    description:
      `\`wait=N\` (RFC 7240) holds the answer for up to N seconds, at most ${limits.waitSecondsMax}, ` +
      'until the state is there. `masked` masks sensitive values as for a key whose `view` is ' +
      '`masked`. A malformed preference is ignored.',
    schema: tag,
    example: 'wait=5',
  },
  IfNoneMatchOfLookUp: {
    name: 'If-None-Match',
    in: 'header',
    description: 'The `ETag` that you have: 304 without a body while it is the current one.',
    schema: tag,
    example: '"1"',
  },
  IfNoneMatchOfWrite: {
    name: 'If-None-Match',
    in: 'header',
    description: '`*`: write only where there is no state yet, else 412.',
    schema: tag,
    example: '*',
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    description: 'The `ETag` that the state must still have, else 412. `*`: any, but a state.',
    schema: tag,
    example: '"1"',
  },
  LastEventId: {
    name: 'Last-Event-ID',
    in: 'header',
    description: 'The `id` of the last event that you have: those after it come first.',
    schema: { type: 'string', pattern: '^[0-9]{1,15}$' },
    example: '17',
  },
  CsrfToken: {
    name: 'x-csrf-token',
    in: 'header',
    required: true,
    description: 'The `csrf_token` of the session.',
    schema: tag,
    example: 'Xo3mB0mC1d7w2cQ5zJ8rTg',
  },
} as const satisfies Record<string, Parameter>;

/** Headers of answers, by their names. */
export const answerHeaders = {
  'X-Request-Id': {
    description: 'Names this request in the log; `error_id` of an error. Made by the server.',
    schema: { type: 'string' },
    example: '3f9c0d1e7a42-1k',
  },
  ETag: {
    description:
      'The version of the state, in quotes; every visible change raises it. To a key whose `view` ' +
      'is not `full`, a keyed hash of what it sees.',
    schema: { type: 'string' },
    example: '"1"',
  },
  'Last-Modified': {
    description:
      'When the state changed last, as an HTTP date. Only for keys whose `view` is `full`.',
    schema: { type: 'string' },
    example: 'Sun, 22 Nov 2026 10:00:00 GMT',
  },
  Sunset: {
    description: 'When the state expires, as an HTTP date (RFC 8594).',
    schema: { type: 'string' },
    example: 'Sun, 29 Nov 2026 10:00:00 GMT',
  },
  'Baton-Withheld': {
    description:
      'What the `view` of the key keeps back: JSON Pointers into `data`, as a list of structured ' +
      `fields (RFC 9651) of at most ${limits.withheldBytesMax} bytes. A number at its end counts those ` +
      'that had no room.',
    schema: { type: 'string' },
    example: '"/customer/phone", "/notes"',
  },
  'Cache-Control': {
    description:
      '`no-store`: nobody on the way keeps the answer. Only the public keys of receipts may be kept.',
    schema: { type: 'string', enum: ['no-store', 'public, max-age=3600'] },
    example: 'no-store',
  },
  'Set-Cookie': {
    description: 'Keeps the session, or ends it, in the browser, where no script can read it.',
    schema: { type: 'string' },
    example: 'baton_session=…; Path=/; Max-Age=28800; HttpOnly; SameSite=Strict',
  },
  'Preference-Applied': {
    description:
      '`wait=N`: the wait that was granted, in seconds; `masked`: sensitive values are masked. Only ' +
      'where that was asked for.',
    schema: { type: 'string' },
    example: 'wait=5',
  },
  'Retry-After': {
    description:
      'Seconds after which a retry makes sense. On a 404: the server had no room to wait.',
    schema: { type: 'integer', minimum: 1 },
    example: 1,
  },
  RateLimit: {
    description:
      'The budget that is used up, `r=0`, and `t`, the seconds until it has room again ' +
      '(draft-ietf-httpapi-ratelimit-headers-10). Only on a 429.',
    schema: { type: 'string' },
    example: '"key";r=0;t=1',
  },
  'RateLimit-Policy': {
    description:
      'The same budget: `q` requests in a burst, all of which are back after `w` seconds.',
    schema: { type: 'string' },
    example: '"key";q=20000;w=10',
  },
  'WWW-Authenticate': {
    description: 'The schemes of `Authorization` that the server takes.',
    schema: { type: 'string' },
    example: 'Bearer realm="baton", Basic realm="baton", charset="UTF-8"',
  },
} as const satisfies Record<string, Header>;

export type RequestHeader = keyof typeof requestHeaders;
export type AnswerHeader = keyof typeof answerHeaders;

/** The headers that every call gives with this status. */
export function commonAnswerHeaders(status: number): AnswerHeader[] {
  return [
    'X-Request-Id',
    'Cache-Control',
    ...(status === 401 ? (['WWW-Authenticate'] as const) : []),
    ...(status === 429 ? (['RateLimit', 'RateLimit-Policy'] as const) : []),
    ...([429, 503, 507].includes(status) ? (['Retry-After'] as const) : []),
  ];
}
