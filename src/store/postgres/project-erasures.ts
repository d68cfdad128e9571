// Erasures of projects: one write ends a project, and the purge removes what it has left.

import { BatonError } from '../../error.js';
import { limits } from '../../limits.js';
import type { ReceiptSigner } from '../../receipt.js';
import { tablesOfProject } from '../project-rules.js';
import { strayRowsMs } from '../receipt-rows.js';
import { type KeyRow, keyColumns, keyOf } from '../reference-rows.js';
import type { ErasedProject } from '../store.js';
import { statementNow } from './clock.js';
import { revoke } from './key-writes.js';
import { referenceLock } from './locks.js';
import { byTenant } from './project-writes.js';
import { type Session, statement } from './session.js';
import { raiseReferenceVersion } from './settings.js';
import type { Clock, Settled, Transaction } from './write.js';

const dropDataKeys = statement<[tenant: string]>(
  'drop_data_keys',
  'DELETE FROM data_key WHERE tenant = $1',
);
const dropProject = statement<[tenant: string]>(
  'drop_project',
  'DELETE FROM project WHERE tenant = $1',
);
const noteEnd = statement<
  [
    tenant: string,
    accountId: string,
    projectId: string,
    receiptId: string,
    erasedAt: number,
    receipt: string,
  ]
>(
  'note_end',
  `INSERT INTO ended_project (tenant, account_id, project_id, receipt_id, erased_at, receipt)
   VALUES ($1, $2, $3, $4, $5, $6)`,
);
const keysThatName = statement<[accountId: string, projectId: string], KeyRow>(
  'keys_that_name',
  `SELECT ${keyColumns} FROM api_key
   WHERE account_id = $1 AND projects::jsonb @> to_jsonb($2::text) ORDER BY key_id FOR UPDATE`,
);
const narrowKey = statement<[keyId: string, projects: string]>(
  'narrow_key',
  'UPDATE api_key SET projects = $2 WHERE key_id = $1',
);
const findEnd = statement<[tenant: string], unknown>(
  'find_end',
  'SELECT 1 FROM ended_project WHERE tenant = $1',
);

export async function eraseProject(
  transaction: Transaction,
  { tenant, erasedBy, signer }: { tenant: string; erasedBy: string | null; signer: ReceiptSigner },
): Promise<ErasedProject> {
  await transaction.begun;
  await transaction.first(referenceLock);
  const row = await transaction.first(byTenant, tenant);
  if (row === undefined) throw new BatonError('not_found', 'There is no such project any more.');
  const { now } = transaction;
  const { account_id: accountId, project_id: projectId } = row;
  const { receiptId, receipt } = signer.sign({
    what: 'project',
    project: { accountId, projectId },
    record: null,
    erasedAt: now,
    keyId: erasedBy,
  });

  // The project first: who makes a data key for it holds its row.
  await transaction.run(dropProject, tenant);
  await transaction.run(dropDataKeys, tenant);
  for (const key of (await transaction.all(keysThatName, accountId, projectId)).map(keyOf)) {
    const others = key.projects!.filter((project) => project !== projectId);
    if (others.length === 0) await transaction.run(revoke, key.keyId, now);
    else await transaction.run(narrowKey, key.keyId, JSON.stringify(others));
  }
  await transaction.run(noteEnd, tenant, accountId, projectId, receiptId, now, receipt);
  await raiseReferenceVersion(transaction);
  return { projectId, erasedAt: now, receipt };
}

/** Whether an erasure whose commit got no answer was carried out. */
export async function settleErasure(session: Session, tenant: string): Promise<Settled> {
  await session.first(referenceLock);
  return (await session.first(findEnd, tenant)) === undefined ? 'undone' : 'done';
}

/**
 * A row or more for each of so many values of its column; in the order of the index, since a plan that
 * was made for an empty table would read all of it.
 */
const takeRows = tablesOfProject.map(([table, column]) =>
  statement<[tenant: string, limit: number]>(
    `empty_${table}`,
    `DELETE FROM ${table} WHERE tenant = $1 AND ${column} = ANY (ARRAY(
       SELECT ${column} FROM ${table} WHERE tenant = $1 ORDER BY ${column} LIMIT $2))`,
  ),
);
const notEmpty = statement<[now: number | null, lifeMs: number], { tenant: string }>(
  'not_empty',
  `SELECT tenant FROM ended_project
   WHERE emptied_at IS NULL OR erased_at <= coalesce($1, ${statementNow}) - $2`,
);
const noteEmptied = statement<[tenant: string, now: number, erasedBefore: number]>(
  'note_emptied',
  'UPDATE ended_project SET emptied_at = $2 WHERE tenant = $1 AND erased_at <= $3',
);
const dropOldEnd = statement<[tenant: string, erasedBefore: number]>(
  'drop_old_end',
  'DELETE FROM ended_project WHERE tenant = $1 AND erased_at <= $2',
);

/** Erased projects that are not known to be empty, or whose receipts are past their life. */
export async function tenantsToEmpty(session: Session, clock: Clock): Promise<string[]> {
  const rows = await session.all(notEmpty, clock?.() ?? null, limits.receiptSeconds * 1000);
  return rows.map(({ tenant }) => tenant);
}

/** Takes up to so many rows, about, of a project that was erased; how many. */
export async function emptyEnded(
  transaction: Transaction,
  tenant: string,
  rowsMax: number,
): Promise<number> {
  await transaction.begun;
  const { now } = transaction;
  let taken = 0;
  for (const take of takeRows) {
    if (taken < rowsMax) taken += await transaction.run(take, tenant, rowsMax - taken);
  }
  if (taken > 0) return taken;
  await transaction.run(noteEmptied, tenant, now, now - strayRowsMs);
  await transaction.run(dropOldEnd, tenant, now - limits.receiptSeconds * 1000);
  return 0;
}
