// The bar of an interval: a sign for each outcome, as long as there were handoffs.

import type { OutcomeCounts } from '@baton/client';

const barWidth = 24;
export const barLegend = '# IN TIME  + LATE  ! MISSED  . OTHER';

/** `most` handoffs fill the width; what there is, however little, has a sign. */
export function outcomeBar(counts: OutcomeCounts, most: number): string {
  const signs = [
    ['#', counts.pickedUp],
    ['+', counts.late],
    ['!', counts.missed],
    ['.', counts.pending + counts.erased],
  ] as const;
  return signs
    .map(([sign, count]) => sign.repeat(Math.ceil((barWidth * count) / Math.max(most, 1))))
    .join('');
}
