// The documented failures of a call: one envelope, and an example for each code.

import { type TSchema, Type } from 'typebox';
import { type ErrorCode, statusOfCode } from '../error.js';
import { errorMeanings } from './error-meanings.js';

const exampleId = '3f9c0d1e7a42-1k';

export const ErrorAnswer = Type.Object(
  {
    error_message: Type.String({
      description: 'One sentence: what was wrong, what was found, what to do.',
    }),
    error_code: Type.Enum(Object.keys(statusOfCode) as ErrorCode[], {
      type: 'string',
      description: 'What a program may act on.',
    }),
    error_id: Type.String({
      description: 'The `X-Request-Id` of the answer; the log names it too.',
    }),
  },
  { title: 'Error', description: 'The body of every error.' },
);

/** The documented failures of a call that needs a key and fails with these codes, by status. */
export function errorAnswers(...codes: ErrorCode[]): Record<number, TSchema> {
  return failures(
    'invalid_request',
    'unauthorized',
    'forbidden',
    'rate_limited',
    'internal',
    'unavailable',
    ...codes,
  );
}

/** The documented failures of a call that fails with these codes alone, by status. */
export function failures(...codes: ErrorCode[]): Record<number, TSchema> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set(codes)) {
    const status = statusOfCode[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...byStatus].map(([status, meant]) => [status, failure(meant)]));
}

/** Written with its media type, so that each code can have its example. */
function failure(codes: readonly ErrorCode[]): TSchema {
  return {
    description: codes.map((code) => `\`${code}\`: ${errorMeanings[code].when}`).join('\n\n'),
    content: {
      'application/json': {
        schema: ErrorAnswer,
        examples: Object.fromEntries(codes.map((code) => [code, exampleOf(code)])),
      },
    },
  };
}

/** An example of the error with this code, as OpenAPI writes examples. */
export function exampleOf(code: ErrorCode): { summary: string; value: object } {
  const { when, example } = errorMeanings[code];
  return {
    summary: when,
    value: { error_message: example, error_code: code, error_id: exampleId },
  };
}
