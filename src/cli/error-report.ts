// Says on standard error what a command failed with: sentences for people, JSON for programs.

import { BatonClientError } from '@baton/client';
import { BatonError } from '../error.js';
import { UsageError } from '../read-config.js';
import type { Terminal } from './terminal.js';

export function tellError(error: unknown, terminal: Terminal, asJson: boolean): void {
  if (asJson) terminal.tell(JSON.stringify(errorBody(error)));
  else if (error instanceof UsageError) terminal.tell(error.problems.join('\n'));
  else terminal.tell(sentenceOf(error));
}

/** The members that errors have on the wire too (design 3.3). */
function errorBody(error: unknown): Record<string, string | undefined> {
  if (error instanceof UsageError) {
    return { error_message: error.problems.join(' '), error_code: 'invalid_request' };
  }
  if (error instanceof BatonClientError) {
    const { message, code, requestId } = error;
    return { error_message: message, error_code: code, error_id: requestId };
  }
  const code = error instanceof BatonError ? error.code : 'internal';
  return { error_message: sentenceOf(error), error_code: code };
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof BatonClientError) {
    return error.requestId === undefined
      ? error.message
      : `${error.message} (request ${error.requestId})`;
  }
  // What is thrown on purpose is a plain error or Baton's own: anything else is a mistake of ours,
  // and its place is what helps to mend it.
  const isMeant = error instanceof BatonError || error.constructor === Error;
  return isMeant ? error.message : (error.stack ?? error.message);
}
