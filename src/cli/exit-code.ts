// Exit codes, which programs rely on (design 3.2), and the one that each failure ends in.

import { BatonClientError } from '@baton/client';
import { BatonError, statusOfCode } from '../error.js';
import { UsageError } from '../read-config.js';

export const exitCodes = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  notFound: 3,
  refused: 4,
  unreachable: 5,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return exitCodes.wrongUsage;
  if (error instanceof BatonError) return exitCodeOfStatus(statusOfCode[error.code]);
  if (!(error instanceof BatonClientError)) return exitCodes.failed;
  if (error.code === 'network' || error.code === 'timeout') return exitCodes.unreachable;
  return exitCodeOfStatus(error.status);
}

function exitCodeOfStatus(status: number | undefined): ExitCode {
  switch (status) {
    case 401:
    case 403:
      return exitCodes.refused;
    case 404:
      return exitCodes.notFound;
    case 503:
      return exitCodes.unreachable;
    default:
      return exitCodes.failed;
  }
}
