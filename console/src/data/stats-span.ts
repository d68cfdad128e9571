// The spans that the overview looks at, cut into intervals that stay where they are while time goes on.

import type { SpanName } from './time-range.js';

const minute = 60_000;

const intervals: Readonly<Record<SpanName, { milliseconds: number; count: number }>> = {
  hour: { milliseconds: minute, count: 60 },
  day: { milliseconds: 30 * minute, count: 48 },
  week: { milliseconds: 180 * minute, count: 56 },
};

/** What the API is asked for: the last interval is the one that `now` is in. */
export function statsSpan(
  name: SpanName,
  now: number,
): { from: string; to: string; interval: number } {
  const { milliseconds, count } = intervals[name];
  const to = (Math.floor(now / milliseconds) + 1) * milliseconds;
  return {
    from: new Date(to - count * milliseconds).toISOString(),
    to: new Date(to).toISOString(),
    interval: milliseconds / 1_000,
  };
}
