// Outcomes: whether each handoff arrived, and why look-ups found nothing (design 4.5).

import type { Answer } from './handoff.js';

/** Which life of which state a look-up found. */
export interface PickupRecord {
  /** As rows hold it. */
  readonly id: string;
  readonly writtenAt: number;
  /** Set by whoever notes the pickup, so that it is noted once. */
  isPickedUp: boolean;
}

/** What a look-up found. */
export interface FoundAnswer extends Answer {
  readonly record: PickupRecord;
}
