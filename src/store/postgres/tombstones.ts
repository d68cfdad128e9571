// How states end: content and names go, keyed hashes stay for a while.

import type { HandoffName, MissingCause } from '../../handoff.js';
import { limits } from '../../limits.js';
import type { HashName } from '../../name-hash.js';
import { isUndecided, namesOf, type StateRow, stateColumns } from '../handoff-rows.js';
import { hashOfStored } from '../stored-states.js';
import { statementNow } from './clock.js';
import { addEvents, hideEvents, type NewEvent } from './event-writes.js';
import { dropTombstones, tombstone, tombstones } from './handoff-statements.js';
import { type Session, statement } from './session.js';
import type { Clock, Transaction } from './write.js';

/** Rows a purge takes in one transaction, so that writes go on between. */
export const purgedRowsMax = 200;

const bigints = '::bigint[]';
const texts = '::text[]';
const buryAliases = statement<[tenant: string, aliases: string[], ids: string[]]>(
  'bury_aliases',
  `DELETE FROM handoff_alias WHERE tenant = $1
     AND alias = ANY ($2${texts})
     AND (alias, id) IN (SELECT * FROM unnest($2${texts}, $3${texts}))`,
);
const buryStates = statement<[tenant: string, ids: string[]]>(
  'bury_states',
  `DELETE FROM handoff_state WHERE tenant = $1 AND id = ANY ($2${texts})`,
);
const buryPastNames = statement<[tenant: string, ids: string[]]>(
  'bury_past_names',
  `DELETE FROM past_name WHERE tenant = $1 AND id = ANY ($2${texts})`,
);
/** Those that are bound to these states. */
const dropLinksTo = statement<[tenant: string, ids: string[]]>(
  'drop_links_to',
  `DELETE FROM link WHERE tenant = $1 AND name = ANY ($2${texts}) AND written_at IS NOT NULL`,
);
/** Those that wait for these names of one kind. */
export const dropLinksFor = statement<
  [tenant: string, kind: HandoffName['kind'], names: readonly string[]]
>(
  'drop_links_for',
  `DELETE FROM link WHERE tenant = $1 AND kind = $2 AND name = ANY ($3${texts})
     AND written_at IS NULL`,
);
const writeTombstones = statement<
  [tenant: string, cause: string, writeId: string, ...columns: unknown[][]]
>(
  'write_tombstones',
  `INSERT INTO tombstone (tenant, cause, write_id, name_hash, id_hash, version, written_at,
     updated_at, expires_at, picked_up_at, ended_at, due_at)
   SELECT $1, $2, $3, * FROM unnest($4${texts}, $5${texts}, $6${bigints}, $7${bigints},
     $8${bigints}, $9${bigints}, $10${bigints}, $11${bigints}, $12${bigints})
   ON CONFLICT (tenant, name_hash) DO UPDATE SET
     cause = excluded.cause, write_id = excluded.write_id, id_hash = excluded.id_hash,
     version = excluded.version, written_at = excluded.written_at,
     updated_at = excluded.updated_at, expires_at = excluded.expires_at,
     picked_up_at = excluded.picked_up_at, ended_at = excluded.ended_at,
     due_at = excluded.due_at`,
);

/** Replaces states by their tombstones: one row for each id, one for each other name. */
export async function bury(
  transaction: Transaction,
  hashName: HashName,
  tenant: string,
  rows: readonly StateRow[],
  cause: 'expired' | 'erased',
): Promise<void> {
  const aliases: [alias: string, id: string][] = [];
  const lines: unknown[][] = [];
  for (const row of rows) {
    const names = namesOf(row);
    const idHash = hashOfStored(hashName, tenant, { kind: 'id', value: row.id });
    const hashes = names.map((value) =>
      hashOfStored(hashName, tenant, { kind: 'shared_id', value }),
    );
    for (const hash of [idHash, ...hashes]) {
      lines.push([
        hash,
        idHash,
        row.version,
        row.written_at,
        row.updated_at,
        row.expires_at,
        row.picked_up_at,
        cause === 'expired' ? row.expires_at : transaction.now,
        row.due_at,
      ]);
    }
    for (const alias of names) aliases.push([alias, row.id]);
  }
  const columns = lines[0]!.map((_, index) => lines.map((line) => line[index]));
  await transaction.run(writeTombstones, tenant, cause, transaction.writeId, ...columns);
  if (aliases.length > 0) {
    const names = aliases.map(([alias]) => alias);
    const ids = aliases.map(([, id]) => id);
    await transaction.run(buryAliases, tenant, names, ids);
  }
  const ids = rows.map(({ id }) => id);
  await transaction.run(dropLinksTo, tenant, ids);
  // What was asked for by a name that is gone: the name must not stay with the link.
  if (cause === 'erased') {
    const sharedIds = aliases.map(([alias]) => alias);
    await transaction.run(dropLinksFor, tenant, 'id', ids);
    await transaction.run(dropLinksFor, tenant, 'shared_id', sharedIds);
  }
  if (cause === 'expired') {
    const missed = rows.filter(isUndecided).map((row): NewEvent => {
      return { tenant, kind: 'missed', stored: row.id, at: row.due_at!, late: false };
    });
    await addEvents(transaction, hashName, missed);
  }
  await hideEvents(transaction, hashName, tenant, ids);
  await transaction.run(buryPastNames, tenant, ids);
  await transaction.run(buryStates, tenant, ids);
}

const tenants = statement<[], { tenant: string }>('tenants', 'SELECT tenant FROM project');

/** In another order each time: a project with much to purge does not hold up the others. */
export async function tenantsToPurge(session: Session): Promise<string[]> {
  const rows = await session.all(tenants);
  return rows
    .map(({ tenant }) => ({ tenant, at: Math.random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ tenant }) => tenant);
}

const anythingToPurge = statement<
  [
    tenant: string,
    now: number | null,
    lifeMs: number,
    receiptMs: number,
    resultlessMs: number,
    eventMs: number,
  ],
  unknown
>(
  'anything_to_purge',
  `(SELECT 1 FROM handoff_state WHERE tenant = $1 AND expires_at <= coalesce($2, ${statementNow})
    ORDER BY expires_at LIMIT 1)
   UNION ALL
   (SELECT 1 FROM tombstone WHERE tenant = $1 AND ended_at <= coalesce($2, ${statementNow}) - $3
    ORDER BY ended_at LIMIT 1)
   UNION ALL
   (SELECT 1 FROM receipt WHERE tenant = $1 AND erased_at <= coalesce($2, ${statementNow}) - $4
    ORDER BY erased_at LIMIT 1)
   UNION ALL
   (SELECT 1 FROM link WHERE tenant = $1 AND expires_at <= coalesce($2, ${statementNow})
    ORDER BY expires_at LIMIT 1)
   UNION ALL
   (SELECT 1 FROM resultless_look_up WHERE tenant = $1
      AND at <= coalesce($2, ${statementNow}) - $5 ORDER BY at LIMIT 1)
   UNION ALL
   (SELECT 1 FROM event WHERE tenant = $1 AND at <= coalesce($2, ${statementNow}) - $6
    ORDER BY at LIMIT 1)`,
);

/**
 * Asked first: most tenants have nothing to purge, and need no transaction. In the order of the
 * indexes, since a plan for any time may take it that a third of all has expired, and read it all.
 */
export async function hasToPurge(session: Session, tenant: string, clock: Clock): Promise<boolean> {
  const lifeMs = limits.tombstoneSeconds * 1000;
  const receiptMs = limits.receiptSeconds * 1000;
  const now = clock?.() ?? null;
  const found = await session.first(
    anythingToPurge,
    tenant,
    now,
    lifeMs,
    receiptMs,
    limits.resultlessSeconds * 1000,
    limits.eventSeconds * 1000,
  );
  return found !== undefined;
}

/** What another node or a write holds is left to it. */
const expired = statement<[tenant: string, now: number, limit: number], StateRow>(
  'expired',
  `SELECT ${stateColumns} FROM handoff_state WHERE tenant = $1 AND expires_at <= $2
   ORDER BY expires_at LIMIT $3 FOR UPDATE SKIP LOCKED`,
);
/** In the order of the index: a plan that was made for an empty table reads along it for good. */
const oldTombstones = statement<
  [tenant: string, oldest: number, limit: number],
  { name_hash: string }
>(
  'old_tombstones',
  `SELECT name_hash FROM tombstone WHERE tenant = $1 AND ended_at <= $2
   ORDER BY ended_at LIMIT $3 FOR UPDATE SKIP LOCKED`,
);

const dropOldReceipts = statement<[tenant: string, oldest: number, limit: number]>(
  'drop_old_receipts',
  `DELETE FROM receipt WHERE tenant = $1 AND receipt_id = ANY (ARRAY(
     SELECT receipt_id FROM receipt WHERE tenant = $1 AND erased_at <= $2
     ORDER BY erased_at LIMIT $3 FOR UPDATE SKIP LOCKED))`,
);

const dropOldLinks = statement<[tenant: string, now: number, limit: number]>(
  'drop_old_links',
  `DELETE FROM link WHERE tenant = $1 AND link_hash = ANY (ARRAY(
     SELECT link_hash FROM link WHERE tenant = $1 AND expires_at <= $2
     ORDER BY expires_at LIMIT $3 FOR UPDATE SKIP LOCKED))`,
);
const dropOldResultless = statement<[tenant: string, oldest: number, limit: number]>(
  'drop_old_resultless',
  `DELETE FROM resultless_look_up WHERE tenant = $1 AND look_up_id = ANY (ARRAY(
     SELECT look_up_id FROM resultless_look_up WHERE tenant = $1 AND at <= $2
     ORDER BY at LIMIT $3 FOR UPDATE SKIP LOCKED))`,
);
const dropOldEvents = statement<[tenant: string, oldest: number, limit: number]>(
  'drop_old_events',
  `DELETE FROM event WHERE tenant = $1 AND seq = ANY (ARRAY(
     SELECT seq FROM event WHERE tenant = $1 AND at <= $2
     ORDER BY at LIMIT $3 FOR UPDATE SKIP LOCKED))`,
);

/** Buries what has expired, drops what is old, some rows at a time; how many. */
export async function purge(
  transaction: Transaction,
  hashName: HashName,
  tenant: string,
): Promise<number> {
  await transaction.begun;
  const { now } = transaction;
  const rows = await transaction.all(expired, tenant, now, purgedRowsMax);
  if (rows.length > 0) await bury(transaction, hashName, tenant, rows, 'expired');
  if (rows.length === purgedRowsMax) return rows.length;

  const oldest = now - limits.tombstoneSeconds * 1000;
  const oldReceipts = now - limits.receiptSeconds * 1000;
  const old = await transaction.all(oldTombstones, tenant, oldest, purgedRowsMax - rows.length);
  const hashes = old.map(({ name_hash }) => name_hash);
  if (hashes.length > 0) await transaction.run(dropTombstones, tenant, hashes);
  const taken = rows.length + hashes.length;
  const left = purgedRowsMax - taken;
  const receipts = await transaction.run(dropOldReceipts, tenant, oldReceipts, left);
  const links = await transaction.run(dropOldLinks, tenant, now, left - receipts);
  const more = await purgeOutcomes(transaction, tenant, left - receipts - links);
  return taken + receipts + links + more;
}

async function purgeOutcomes(
  transaction: Transaction,
  tenant: string,
  rowsMax: number,
): Promise<number> {
  const { now } = transaction;
  const oldLookUps = now - limits.resultlessSeconds * 1000;
  const oldEvents = now - limits.eventSeconds * 1000;
  const lookUps = await transaction.run(dropOldResultless, tenant, oldLookUps, rowsMax);
  return lookUps + (await transaction.run(dropOldEvents, tenant, oldEvents, rowsMax - lookUps));
}

/** Why nothing is found by a name. */
export async function missingCause(
  session: Session,
  hashName: HashName,
  tenant: string,
  name: HandoffName,
): Promise<MissingCause> {
  const found = await session.first(tombstone, tenant, hashName(tenant, name));
  return found?.cause ?? 'not_found';
}

/** The same of many names, as rows hold them, at once, since very many readers may wait for what is not there. */
export async function missingCauses(
  session: Session,
  hashName: HashName,
  tenant: string,
  names: readonly HandoffName[],
): Promise<Map<string, MissingCause>> {
  const hashes = names.map((name) => hashOfStored(hashName, tenant, name));
  const rows = await session.all(tombstones, tenant, hashes);
  const causes = new Map(rows.map((row) => [row.name_hash, row.cause]));
  return new Map(names.map(({ value }, at) => [value, causes.get(hashes[at]!) ?? 'not_found']));
}
