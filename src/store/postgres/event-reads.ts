// Reads of events.

import type { HandoffEvent } from '../../outcome.js';
import { type Session, statement } from './session.js';

type EventRow = Omit<HandoffEvent, 'late'> & { readonly late: number };

const after = statement<[tenant: string, after: number, limit: number], EventRow>(
  'events_after',
  'SELECT seq, kind, id, at, late FROM event WHERE tenant = $1 AND seq > $2 ORDER BY seq LIMIT $3',
);
const first = statement<[tenant: string], { seq: number }>(
  'first_event',
  'SELECT seq FROM event WHERE tenant = $1 ORDER BY seq LIMIT 1',
);
const last = statement<[tenant: string], { seq: number }>(
  'last_event',
  'SELECT seq FROM event_counter WHERE tenant = $1',
);

export async function listEvents(
  session: Session,
  tenant: string,
  afterSeq: number,
  limit: number,
): Promise<HandoffEvent[]> {
  const rows = await session.all(after, tenant, afterSeq, limit);
  return rows.map((row) => ({ ...row, late: row.late === 1 }));
}

export async function firstEvent(session: Session, tenant: string): Promise<number> {
  return (await session.first(first, tenant))?.seq ?? 0;
}

export async function lastEvent(session: Session, tenant: string): Promise<number> {
  return (await session.first(last, tenant))?.seq ?? 0;
}
