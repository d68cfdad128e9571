// How long a look-up may wait: `?wait=N`, which wins, or `Prefer: wait=N` (RFC 7240).

import { invalidRequest } from '../error.js';
import { limits } from '../limits.js';

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
  if (prefer === undefined) return undefined;
  const seconds = preferredWait([prefer].flat().join(','));
  return seconds === undefined ? undefined : Math.min(seconds, max);
}

/** The first `wait` preference counts; a malformed one is ignored, as RFC 7240 asks. */
function preferredWait(header: string): number | undefined {
  for (const preference of header.split(',')) {
    const [name, value] = preference.split(';', 1)[0]!.split('=', 2);
    if (name!.trim().toLowerCase() !== 'wait') continue;
    const digits = /^\s*(?:"([0-9]+)"|([0-9]+))\s*$/.exec(value ?? '');
    return digits === null ? undefined : Number(digits[1] ?? digits[2]);
  }
  return undefined;
}
