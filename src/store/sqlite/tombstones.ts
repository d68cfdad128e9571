// How states end: content and names go, keyed hashes stay for a while.

import type { HandoffName, MissingCause } from '../../handoff.js';
import { limits } from '../../limits.js';
import { hidesNames } from '../../project.js';
import { isUndecided, namesOf, type StateRow, stateColumns } from '../handoff-rows.js';
import { hashOfStored, shownHash } from '../stored-states.js';
import { type Connection, prepare } from './database.js';
import { addEvents } from './event-writes.js';
import type { HandoffStatements } from './handoff-statements.js';
import { emptyEnded, prepareEmptying } from './project-erasures.js';
import type { SessionStatements } from './sessions.js';

/** Rows a purge takes in one transaction, of all projects together, so that writes go on between. */
const purgedRowsMax = 200;

export type PurgeStatements = HandoffStatements &
  ReturnType<typeof preparePurgeStatements> & {
    readonly sessions: Pick<SessionStatements, 'dropExpired'>;
  };

export function preparePurgeStatements(db: Connection) {
  return {
    expired: prepare<[string, number, number], StateRow>(
      db,
      `SELECT ${stateColumns} FROM handoff_state INDEXED BY handoff_state_by_expiry
       WHERE tenant = ? AND expires_at <= ? LIMIT ?`,
    ),
    dropOldTombstones: prepare<[string, string, number, number]>(
      db,
      `DELETE FROM tombstone WHERE tenant = ? AND name_hash IN (
         SELECT name_hash FROM tombstone WHERE tenant = ? AND ended_at <= ? LIMIT ?)`,
    ),
    dropOldReceipts: prepare<[string, string, number, number]>(
      db,
      `DELETE FROM receipt WHERE tenant = ? AND receipt_id IN (
         SELECT receipt_id FROM receipt WHERE tenant = ? AND erased_at <= ? LIMIT ?)`,
    ),
    dropOldLinks: prepare<[string, string, number, number]>(
      db,
      `DELETE FROM link WHERE tenant = ? AND link_hash IN (
         SELECT link_hash FROM link WHERE tenant = ? AND expires_at <= ? LIMIT ?)`,
    ),
    dropOldResultless: prepare<[string, string, number, number]>(
      db,
      `DELETE FROM resultless_look_up WHERE tenant = ? AND look_up_id IN (
         SELECT look_up_id FROM resultless_look_up WHERE tenant = ? AND at <= ? LIMIT ?)`,
    ),
    dropOldEvents: prepare<[string, string, number, number]>(
      db,
      `DELETE FROM event WHERE tenant = ? AND seq IN (
         SELECT seq FROM event WHERE tenant = ? AND at <= ? LIMIT ?)`,
    ),
    ...prepareEmptying(db),
    tenants: prepare<[], { tenant: string }>(db, 'SELECT tenant FROM project ORDER BY random()'),
  };
}

/** Replaces a state by its tombstone: one row for the id, one for each other name. */
export function bury(
  statements: HandoffStatements,
  tenant: string,
  row: StateRow,
  cause: 'expired' | 'erased',
  now: number,
): void {
  const aliases = namesOf(row);
  const names: HandoffName[] = [
    { kind: 'id', value: row.id },
    ...aliases.map((value) => ({ kind: 'shared_id', value }) as const),
  ];
  const { hashName } = statements;
  const idHash = hashOfStored(hashName, tenant, { kind: 'id', value: row.id });
  for (const name of names) {
    statements.writeTombstone.run({
      tenant,
      name_hash: hashOfStored(hashName, tenant, name),
      id_hash: idHash,
      cause,
      version: row.version,
      written_at: row.written_at,
      updated_at: row.updated_at,
      expires_at: row.expires_at,
      picked_up_at: row.picked_up_at,
      ended_at: cause === 'expired' ? row.expires_at : now,
      due_at: row.due_at,
    });
  }
  if (cause === 'expired' && isUndecided(row)) {
    const at = row.due_at!;
    addEvents(statements, tenant, [{ kind: 'missed', stored: row.id, at, late: false }]);
  }
  if (!hidesNames(tenant)) {
    statements.hideEvents.run(shownHash + idHash, tenant, row.written_at, row.id);
  }
  for (const alias of aliases) statements.dropAlias.run(tenant, alias);
  statements.dropLinksTo.run(tenant, row.id);
  // What was asked for by a name that is gone: the name must not stay with the link.
  if (cause === 'erased')
    for (const { kind, value } of names) statements.dropLinksFor.run(tenant, kind, value);
  statements.dropPastNames.run(tenant, row.id);
  statements.dropState.run(tenant, row.id);
}

/**
 * Buries what has expired, drops old tombstones, receipts, sessions and what erased projects have
 * left, some rows at a time; how many rows it took.
 */
export function purge(
  statements: PurgeStatements,
  { now }: { now: number },
): { output: number; changed: string[]; hasErased: boolean } {
  const oldest = now - limits.tombstoneSeconds * 1000;
  const oldestReceipt = now - limits.receiptSeconds * 1000;
  const oldestResultless = now - limits.resultlessSeconds * 1000;
  const oldestEvent = now - limits.eventSeconds * 1000;
  const emptied = emptyEnded(statements, now, purgedRowsMax);
  let left = Math.max(0, purgedRowsMax - emptied);
  left -= statements.sessions.dropExpired.run(now, left).changes;
  // In another order each time: a project with much to purge does not hold up the others.
  for (const { tenant } of left === 0 ? [] : statements.tenants.all()) {
    const expired = statements.expired.all(tenant, now, left);
    for (const row of expired) bury(statements, tenant, row, 'expired', now);
    left -= expired.length;
    left -= statements.dropOldTombstones.run(tenant, tenant, oldest, left).changes;
    left -= statements.dropOldReceipts.run(tenant, tenant, oldestReceipt, left).changes;
    left -= statements.dropOldLinks.run(tenant, tenant, now, left).changes;
    left -= statements.dropOldResultless.run(tenant, tenant, oldestResultless, left).changes;
    left -= statements.dropOldEvents.run(tenant, tenant, oldestEvent, left).changes;
    if (left === 0) break;
  }
  return { output: purgedRowsMax - left, changed: [], hasErased: emptied > 0 };
}

/** Why nothing is found by a name. */
export function missingCause(
  statements: Pick<HandoffStatements, 'hashName' | 'tombstone'>,
  tenant: string,
  name: HandoffName,
): MissingCause {
  return statements.tombstone.get(tenant, statements.hashName(tenant, name))?.cause ?? 'not_found';
}
