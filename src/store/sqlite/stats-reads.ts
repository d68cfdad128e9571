// Statistics of outcomes, counted from the rows of states, live and ended, and of look-ups.

import type { Stats, StatsSpan } from '../../outcome.js';
import {
  CountedRows,
  type DelayRow,
  type OutcomeCountRow,
  type ResultlessCountRow,
} from '../outcome-rows.js';
import { type Connection, prepare } from './database.js';

interface SpanValues {
  readonly tenant: string;
  readonly from: number;
  readonly to: number;
  readonly interval: number;
  readonly now: number;
}

export class StatsReads {
  readonly #db: Connection;
  readonly #statements;

  constructor(db: Connection) {
    this.#db = db;
    this.#statements = {
      outcomes: prepare<[SpanValues], OutcomeCountRow>(
        db,
        `WITH handoff AS (${handoffs})
         SELECT bucket, outcome, count(*) AS count FROM handoff GROUP BY bucket, outcome`,
      ),
      delays: prepare<[SpanValues], DelayRow>(
        db,
        `WITH handoff AS (${handoffs}) ${delaysBy('bucket')} UNION ALL ${delaysBy('NULL')}`,
      ),
      resultless: prepare<[Omit<SpanValues, 'now'>], ResultlessCountRow>(
        db,
        `SELECT ${placeOf('at')} AS bucket, cause, count(*) AS count
         FROM resultless_look_up WHERE tenant = @tenant AND at >= @from AND at < @to
         GROUP BY 1, 2`,
      ),
    };
  }

  stats(tenant: string, { from, to, intervalMs }: StatsSpan, now: number): Stats {
    const span = { tenant, from, to, interval: intervalMs };
    const values = { ...span, now };
    // Of one moment: what is picked up meanwhile is not to be counted twice.
    const read = this.#db.transaction(
      () =>
        new CountedRows(
          this.#statements.outcomes.all(values),
          this.#statements.delays.all(values),
          this.#statements.resultless.all(span),
        ),
    );
    const counted = read();
    const count = Math.ceil((to - from) / intervalMs);
    return {
      total: counted.of(null),
      intervals: Array.from({ length: count }, (_, bucket) => counted.of(bucket)),
    };
  }
}

/** Every handoff that was written in the span: its interval, its outcome, its time to pickup. */
const handoffs = `
  SELECT ${placeOf('written_at')} AS bucket, picked_up_at - written_at AS delay,
    CASE
      WHEN picked_up_at IS NOT NULL THEN iif(picked_up_at >= due_at, 'late', 'picked_up')
      WHEN due_at <= @now THEN 'missed'
      ELSE 'pending'
    END AS outcome
  FROM handoff_state INDEXED BY handoff_state_by_outcome
  WHERE tenant = @tenant AND written_at >= @from AND written_at < @to
  UNION ALL
  SELECT ${placeOf('written_at')}, picked_up_at - written_at,
    CASE
      WHEN picked_up_at IS NOT NULL THEN iif(picked_up_at >= due_at, 'late', 'picked_up')
      WHEN cause = 'erased' AND (due_at IS NULL OR ended_at < due_at) THEN 'erased'
      ELSE 'missed'
    END
  FROM tombstone INDEXED BY tombstone_by_time
  WHERE tenant = @tenant AND written_at >= @from AND written_at < @to AND name_hash = id_hash`;

/** By the nearest rank: the smallest time that at least so many of a hundred did not exceed. */
function delaysBy(bucket: 'bucket' | 'NULL'): string {
  const partition = bucket === 'bucket' ? 'PARTITION BY bucket' : '';
  return `
    SELECT ${bucket} AS bucket,
      min(iif(place * 100 >= count * 50, delay, NULL)) AS p50,
      min(iif(place * 100 >= count * 95, delay, NULL)) AS p95
    FROM (
      SELECT bucket, delay, row_number() OVER (${partition} ORDER BY delay) AS place,
        count(*) OVER (${partition}) AS count
      FROM handoff WHERE delay IS NOT NULL)
    ${bucket === 'bucket' ? 'GROUP BY bucket' : 'HAVING count(*) > 0'}`;
}

/** The interval of a time; numbers beyond 32 bits come as floating point, which divides with a rest. */
function placeOf(time: 'at' | 'written_at'): string {
  return `CAST((${time} - @from) / @interval AS INTEGER)`;
}
