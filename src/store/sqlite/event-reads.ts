// Reads of events, on the main thread.

import type { HandoffEvent } from '../../outcome.js';
import { type Connection, prepare } from './database.js';

type EventRow = Omit<HandoffEvent, 'late'> & { readonly late: number };

export class EventReads {
  readonly #statements;

  constructor(db: Connection) {
    this.#statements = {
      after: prepare<[string, number, number], EventRow>(
        db,
        'SELECT seq, kind, id, at, late FROM event WHERE tenant = ? AND seq > ? ORDER BY seq LIMIT ?',
      ),
      first: prepare<[string], { seq: number }>(
        db,
        'SELECT seq FROM event WHERE tenant = ? ORDER BY seq LIMIT 1',
      ),
      last: prepare<[string], { seq: number }>(
        db,
        'SELECT seq FROM event_counter WHERE tenant = ?',
      ),
    };
  }

  list(tenant: string, after: number, limit: number): HandoffEvent[] {
    const rows = this.#statements.after.all(tenant, after, limit);
    return rows.map((row) => ({ ...row, late: row.late === 1 }));
  }

  first(tenant: string): number {
    return this.#statements.first.get(tenant)?.seq ?? 0;
  }

  last(tenant: string): number {
    return this.#statements.last.get(tenant)?.seq ?? 0;
  }
}
