// Statistics of handoffs: what is asked for, what is counted, and how an answer is read.

import { timeText } from './address.js';
import { type AnswerMembers, answerMembers } from './answer.js';
import type { Reply } from './exchange.js';

export interface StatsFilter {
  /** From this time on; left out: a day before `to`. */
  readonly from?: Date | undefined;
  /** Before this time, at most 31 days after `from`; left out: now. */
  readonly to?: Date | undefined;
  /** Seconds, a multiple of 60 that gives at most 1,000 intervals; left out: about 60 intervals. */
  readonly interval?: number | undefined;
}

/** Look-ups that found nothing, counted where they were made. */
export interface LookUpsWithoutResult {
  readonly neverWritten: number;
  /** The state was written within the next ten minutes. */
  readonly early: number;
  readonly expired: number;
  readonly erased: number;
  /** Told to admin keys of the whole account; counted in `neverWritten` for others. */
  readonly otherProject: number;
}

/** Handoffs that were written in a span of time, by what became of them until now. */
export interface OutcomeCounts {
  /** The sum of the five below. */
  readonly written: number;
  /** Within the project's pickup deadline. */
  readonly pickedUp: number;
  /** Past it. */
  readonly late: number;
  readonly missed: number;
  /** Not read yet, and the deadline is to come. */
  readonly pending: number;
  /** Before the deadline, and nobody had read it. */
  readonly erased: number;
  /** From the first write to the pickup, late ones included; null where there was none. */
  readonly timeToPickupMs: { readonly p50: number; readonly p95: number } | null;
  readonly lookUpsWithoutResult: LookUpsWithoutResult;
}

export interface StatsInterval extends OutcomeCounts {
  readonly from: Date;
  readonly to: Date;
}

export interface Stats {
  readonly from: Date;
  readonly to: Date;
  readonly intervalSeconds: number;
  readonly total: OutcomeCounts;
  /** In their order, without gaps. */
  readonly intervals: readonly StatsInterval[];
  /** The body exactly as it came. */
  readonly bodyText: string;
}

export function statsParameters(filter: StatsFilter): Record<string, string | number | undefined> {
  return {
    from: timeText('from', filter.from),
    to: timeText('to', filter.to),
    interval: filter.interval,
  };
}

export function statsOf(reply: Reply): Stats {
  const members = answerMembers(reply);
  return {
    from: members.time('from'),
    to: members.time('to'),
    intervalSeconds: members.number('interval_seconds'),
    total: countsOf(members.members('total')),
    intervals: members.objects('intervals').map((interval) => ({
      from: interval.time('from'),
      to: interval.time('to'),
      ...countsOf(interval),
    })),
    bodyText: reply.bodyText,
  };
}

function countsOf(members: AnswerMembers): OutcomeCounts {
  const delays = members.optionalMembers('time_to_pickup_ms');
  const causes = members.members('look_ups_without_result');
  return {
    written: members.number('written'),
    pickedUp: members.number('picked_up'),
    late: members.number('late'),
    missed: members.number('missed'),
    pending: members.number('pending'),
    erased: members.number('erased'),
    timeToPickupMs:
      delays === undefined ? null : { p50: delays.number('p50'), p95: delays.number('p95') },
    lookUpsWithoutResult: {
      neverWritten: causes.number('never_written'),
      early: causes.number('early'),
      expired: causes.number('expired'),
      erased: causes.number('erased'),
      otherProject: causes.number('other_project'),
    },
  };
}
