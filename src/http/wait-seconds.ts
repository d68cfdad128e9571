// How long a look-up may wait: `?wait=N`, which wins, or `Prefer: wait=N` (RFC 7240).

import { invalidRequest } from '../error.js';
import { limits } from '../limits.js';
import { preferencesOf } from './preferences.js';

const max = limits.waitSecondsMax;

/** Whole seconds, 0 to `limits.waitSecondsMax`; undefined where no wait is asked for. */
export function waitSecondsOf(
  parameter: string | undefined,
  prefer: string | string[] | undefined,
): number | undefined {
  if (parameter !== undefined) {
    if (Number(parameter) <= max) return Number(parameter);
    throw invalidRequest(`wait: found more than ${max} seconds; give 0 to ${max}.`);
  }
  const digits = /^(?:"([0-9]+)"|([0-9]+))$/.exec(preferencesOf(prefer).get('wait') ?? '');
  // A malformed one is ignored, as RFC 7240 asks.
  return digits === null ? undefined : Math.min(Number(digits[1] ?? digits[2]), max);
}
