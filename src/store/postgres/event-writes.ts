// Writes of events: numbered in the order of their commits, by the id that the list shows.

import type { HashName } from '../../name-hash.js';
import type { EventKind } from '../../outcome.js';
import { hidesNames } from '../../project.js';
import { hashOfStored, shownHash } from '../stored-states.js';
import { statement } from './session.js';
import type { Transaction } from './write.js';

export interface NewEvent {
  readonly tenant: string;
  readonly kind: EventKind;
  /** The state's id as its row holds it, or held it. */
  readonly stored: string;
  readonly at: number;
  readonly late: boolean;
}

const texts = '::text[]';
const bigints = '::bigint[]';

/** Whoever comes next waits here for the commit: so the numbers are in its order. */
const takeNumbers = statement<[tenant: string, count: number], { seq: number }>(
  'take_event_numbers',
  `INSERT INTO event_counter (tenant, seq) VALUES ($1, $2)
   ON CONFLICT (tenant) DO UPDATE SET seq = event_counter.seq + excluded.seq RETURNING seq`,
);

/** The name of a state that has ended meanwhile is not to come back. */
const insertEvents = statement<
  [
    tenant: string,
    before: number,
    kinds: readonly string[],
    stored: readonly string[],
    hidden: readonly string[],
    times: readonly number[],
    late: readonly number[],
    isHiding: boolean,
  ]
>(
  'insert_events',
  `INSERT INTO event (tenant, seq, kind, id, at, late)
   SELECT $1::text, $2::bigint + new.place, new.kind,
     -- With a LIMIT, and not as a join: those read all of the tenant by a plan for empty tables.
     CASE WHEN NOT $8::boolean AND (
         SELECT true FROM handoff_state WHERE tenant = $1::text AND id = new.stored LIMIT 1)
       THEN new.stored ELSE new.hidden END,
     new.at, new.late
   FROM unnest($3${texts}, $4${texts}, $5${texts}, $6${bigints}, $7${bigints})
     WITH ORDINALITY AS new (kind, stored, hidden, at, late, place)`,
);

const hideIds = statement<[tenant: string, ids: readonly string[], hidden: readonly string[]]>(
  'hide_events',
  // Not as a join, which a plan made for an empty table does by reading all of the tenant.
  `UPDATE event SET id = ($3${texts})[array_position($2${texts}, id)]
   WHERE tenant = $1 AND id = ANY ($2${texts})`,
);

/** The projects that they are of. */
export async function addEvents(
  transaction: Transaction,
  hashName: HashName,
  events: readonly NewEvent[],
): Promise<ReadonlySet<string>> {
  const tenants = new Set(events.map(({ tenant }) => tenant));
  for (const tenant of [...tenants].toSorted()) {
    const own = events.filter((event) => event.tenant === tenant);
    const numbers = await transaction.first(takeNumbers, tenant, own.length);
    await transaction.run(
      insertEvents,
      tenant,
      numbers!.seq - own.length,
      own.map(({ kind }) => kind),
      own.map(({ stored }) => stored),
      own.map(({ stored }) => hiddenId(hashName, tenant, stored)),
      own.map(({ at }) => at),
      own.map(({ late }) => (late ? 1 : 0)),
      hidesNames(tenant),
    );
  }
  return tenants;
}

/** Events keep no name that has ended; `ids` as rows hold them. */
export async function hideEvents(
  transaction: Transaction,
  hashName: HashName,
  tenant: string,
  ids: readonly string[],
): Promise<void> {
  if (hidesNames(tenant)) return;
  const hidden = ids.map((id) => hiddenId(hashName, tenant, id));
  await transaction.run(hideIds, tenant, ids, hidden);
}

function hiddenId(hashName: HashName, tenant: string, stored: string): string {
  return shownHash + hashOfStored(hashName, tenant, { kind: 'id', value: stored });
}
