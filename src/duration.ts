// Durations as people write them: 90d, 24h, 30m, 600s.

import { invalidRequest } from './error.js';

/** Seconds of each unit, the longest first. */
const units = new Map([
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
]);

/** Seconds, from `least` to `most`, out of a whole number and its unit. */
export function readDuration(least: number, most: number): (name: string, text: string) => number {
  return (name, text) => {
    const count = /^\d{1,12}/.exec(text)?.[0] ?? '';
    const seconds = Number(count) * (units.get(text.slice(count.length)) ?? Number.NaN);
    if (count !== '' && seconds >= least && seconds <= most) return seconds;
    throw invalidRequest(
      `${name}: found text of ${text.length} characters that does not fit; give a whole number ` +
        `with d, h, m or s, from ${durationText(least)} to ${durationText(most)}.`,
    );
  };
}

/** The shortest exact form: 604800 is 7d. */
export function durationText(seconds: number): string {
  for (const [unit, length] of units) {
    if (seconds > 0 && seconds % length === 0) return `${seconds / length}${unit}`;
  }
  return `${seconds}s`;
}
