// Statistics of outcomes, counted from the rows of states, live and ended, and of look-ups.

import type { Stats, StatsSpan } from '../../outcome.js';
import {
  CountedRows,
  type DelayRow,
  type OutcomeCountRow,
  type ResultlessCountRow,
} from '../outcome-rows.js';
import { databaseNow } from './clock.js';
import { type Session, statement } from './session.js';
import type { Clock } from './write.js';

type SpanValues = [tenant: string, from: number, to: number, interval: number];

/** Every handoff that was written in the span: its interval, its outcome, its time to pickup. */
const handoffs = `
  SELECT (written_at - $2) / $4 AS bucket, picked_up_at - written_at AS delay,
    CASE
      WHEN picked_up_at >= due_at THEN 'late'
      WHEN picked_up_at IS NOT NULL THEN 'picked_up'
      WHEN due_at <= time.now THEN 'missed'
      ELSE 'pending'
    END AS outcome
  FROM handoff_state, time
  WHERE tenant = $1 AND written_at >= $2 AND written_at < $3
  UNION ALL
  SELECT (written_at - $2) / $4, picked_up_at - written_at,
    CASE
      WHEN picked_up_at >= due_at THEN 'late'
      WHEN picked_up_at IS NOT NULL THEN 'picked_up'
      WHEN cause = 'erased' AND (due_at IS NULL OR ended_at < due_at) THEN 'erased'
      ELSE 'missed'
    END
  FROM tombstone
  WHERE tenant = $1 AND written_at >= $2 AND written_at < $3 AND name_hash = id_hash`;

/** Of one moment; the two kinds of rows stand in one answer. */
const outcomes = statement<
  [...SpanValues, now: number | null],
  Partial<OutcomeCountRow> & Partial<DelayRow> & { bucket: number | null }
>(
  'outcomes',
  `WITH time AS MATERIALIZED (SELECT coalesce($5::bigint, ${databaseNow}) AS now),
     handoff AS MATERIALIZED (${handoffs})
   SELECT bucket, outcome, count(*) AS count, NULL::bigint AS p50, NULL::bigint AS p95
   FROM handoff GROUP BY bucket, outcome
   UNION ALL
   SELECT bucket, NULL, NULL,
     percentile_disc(0.5) WITHIN GROUP (ORDER BY delay),
     percentile_disc(0.95) WITHIN GROUP (ORDER BY delay)
   FROM handoff WHERE delay IS NOT NULL GROUP BY GROUPING SETS (bucket, ())
   HAVING count(*) > 0`,
);

const resultless = statement<SpanValues, ResultlessCountRow>(
  'resultless',
  `SELECT (at - $2) / $4 AS bucket, cause, count(*) AS count FROM resultless_look_up
   WHERE tenant = $1 AND at >= $2 AND at < $3 GROUP BY 1, 2`,
);

export async function readStats(
  session: Session,
  clock: Clock,
  tenant: string,
  { from, to, intervalMs }: StatsSpan,
): Promise<Stats> {
  const span: SpanValues = [tenant, from, to, intervalMs];
  const rows = await session.all(outcomes, ...span, clock?.() ?? null);
  const looked = await session.all(resultless, ...span);
  const counted = new CountedRows(
    rows.filter((row): row is OutcomeCountRow => row.outcome !== null),
    rows.filter((row): row is DelayRow => row.outcome === null),
    looked,
  );
  const count = Math.ceil((to - from) / intervalMs);
  return {
    total: counted.of(null),
    intervals: Array.from({ length: count }, (_, bucket) => counted.of(bucket)),
  };
}
