// What the handoff list is narrowed to, as the address holds it and as the API is asked.

import { type HandoffStatus, handoffStatuses } from '@baton/client';
import { type TimeRange, timeRangeOf, timesOf } from './time-range.js';

export interface HandoffFilter {
  /** A whole id, shared id or alias. */
  readonly name: string;
  readonly status: HandoffStatus | undefined;
  readonly range: TimeRange;
}

export function handoffFilterOf(query: URLSearchParams): HandoffFilter {
  const status = query.get('status');
  return {
    name: query.get('q')?.trim() ?? '',
    status: handoffStatuses.find((it) => it === status),
    range: timeRangeOf(query),
  };
}

export function isNarrowed({ name, status, range }: HandoffFilter): boolean {
  return name !== '' || status !== undefined || range.kind !== 'all';
}

/** The query of the API without the name, which is asked for as an id and as a shared id. */
export function queryOfFilter({ status, range }: HandoffFilter, now: number) {
  return { status, ...timesOf(range, now) };
}
