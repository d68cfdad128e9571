// A time as people read it, with the exact one at hand.

import type { JSX } from 'preact';
import { exactTime, relativeTime, shortTime } from '../data/times.js';

export function Time({ iso, now }: { iso: string; now?: number }): JSX.Element {
  return (
    <time dateTime={iso} title={exactTime(iso)}>
      {now === undefined ? shortTime(iso) : relativeTime(iso, Math.max(now, Date.now()))}
    </time>
  );
}
