// Statistics of a project's handoffs: what became of those that were written in a span of time.

import type { Static } from 'typebox';
import { invalidRequest } from '../error.js';
import { limits } from '../limits.js';
import type { OutcomeCounts, StatsSpan } from '../outcome.js';
import { endpoint } from './context.js';
import { errorAnswers } from './error-answers.js';
import { timeOf, timeText } from './paging.js';
import { ProjectPath } from './schemas.js';
import { StatsAnswer, StatsQuery } from './stats-schemas.js';

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** As many intervals as a chart shows well, where none is asked for. */
const intervalsWanted = 60;

export const readStats = endpoint({
  schema: {
    summary: 'Count outcomes',
    description:
      'Handoffs are counted where they were written, with what became of them until now: ' +
      '`written` = `picked_up` (in time) + `late` + `missed` + `pending` + `erased` (before anybody ' +
      'read it). Look-ups without result are counted where they were made; `other_project` is told ' +
      'to admin keys of the whole account, and is `never_written` for others. Without `from` and ' +
      '`to` the last 24 hours. Where too many wait for theirs: 503, look-ups go on.',
    tags: ['Handoff states'],
    params: ProjectPath,
    querystring: StatsQuery,
    response: { 200: StatsAnswer, ...errorAnswers('invalid_request') },
  },
  async handle(context, request) {
    const span = spanOf(request.query, context.now());
    const { total, intervals } = await context.store.stats(request.project.tenant, span);
    const seesOthers = request.key.projects === null;
    return {
      from: timeText(span.from),
      to: timeText(span.to),
      interval_seconds: span.intervalMs / 1000,
      total: countsAnswer(total, seesOthers),
      intervals: intervals.map((counts, place) => ({
        from: timeText(span.from + place * span.intervalMs),
        to: timeText(Math.min(span.to, span.from + (place + 1) * span.intervalMs)),
        ...countsAnswer(counts, seesOthers),
      })),
    };
  },
});

function spanOf(query: Static<typeof StatsQuery>, now: number): StatsSpan {
  const to = query.to === undefined ? nextMinute(now) : timeOf('to', query.to);
  const from = query.from === undefined ? to - dayMs : timeOf('from', query.from);
  const spanMs = to - from;
  if (spanMs <= 0 || spanMs > limits.statsSecondsMax * 1000) {
    throw invalidRequest(
      `from, to: found a span of ${Math.round(spanMs / 1000)} seconds; give a 'from' before 'to', ` +
        `at most ${limits.statsSecondsMax / 86_400} days apart.`,
    );
  }
  const intervalMs =
    query.interval === undefined ? intervalFor(spanMs) : intervalOf(query.interval);
  if (Math.ceil(spanMs / intervalMs) > limits.statsIntervalsMax) {
    throw invalidRequest(
      `interval: found one that gives ${Math.ceil(spanMs / intervalMs)} intervals; give a longer ` +
        `one, for at most ${limits.statsIntervalsMax}.`,
    );
  }
  return { from, to, intervalMs };
}

/** The last write may be from the next millisecond: clocks are not the same everywhere. */
function nextMinute(now: number): number {
  return (Math.floor(now / minuteMs) + 2) * minuteMs;
}

function intervalOf(text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds % 60 === 0) return seconds * 1000;
  throw invalidRequest(
    `interval: found ${seconds} seconds; give a multiple of 60 that is above 0.`,
  );
}

/** Whole minutes. */
function intervalFor(spanMs: number): number {
  return Math.max(1, Math.ceil(spanMs / intervalsWanted / minuteMs)) * minuteMs;
}

function countsAnswer(
  counts: OutcomeCounts,
  seesOthers: boolean,
): Static<typeof StatsAnswer>['total'] {
  const { never_written, other_project, ...causes } = counts.resultless;
  return {
    written: counts.written,
    picked_up: counts.pickedUp,
    late: counts.late,
    missed: counts.missed,
    pending: counts.pending,
    erased: counts.erased,
    time_to_pickup_ms: counts.timeToPickupMs,
    look_ups_without_result: {
      never_written: never_written + (seesOthers ? 0 : other_project),
      ...causes,
      other_project: seesOthers ? other_project : 0,
    },
  };
}
