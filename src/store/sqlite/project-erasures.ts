// Erasures of projects: one write ends a project, and the purge removes what it has left.

import { BatonError } from '../../error.js';
import { limits } from '../../limits.js';
import type { ReceiptSigner } from '../../receipt.js';
import { tablesOfProject } from '../project-rules.js';
import { strayRowsMs } from '../receipt-rows.js';
import { type KeyRow, keyColumns, keyOf } from '../reference-rows.js';
import type { ErasedProject } from '../store.js';
import type { DataKeys } from './data-keys.js';
import { type Connection, prepare } from './database.js';
import type { Changed } from './handoff-writes.js';
import type { ProjectStatements } from './project-writes.js';

type EndedProject = [
  tenant: string,
  accountId: string,
  projectId: string,
  receiptId: string,
  erasedAt: number,
  receipt: string,
];

export function prepareProjectErasure(
  db: Connection,
  references: ProjectStatements,
  signer: ReceiptSigner,
  dataKeys: DataKeys,
) {
  return {
    ...references,
    signer,
    dataKeys,
    dropDataKeys: prepare<[string]>(db, 'DELETE FROM data_key WHERE tenant = ?'),
    dropProject: prepare<[string]>(db, 'DELETE FROM project WHERE tenant = ?'),
    noteEnd: prepare<EndedProject>(
      db,
      `INSERT INTO ended_project (tenant, account_id, project_id, receipt_id, erased_at, receipt)
       VALUES (?, ?, ?, ?, ?, ?)`,
    ),
    keysThatName: prepare<[string, string], KeyRow>(
      db,
      `SELECT ${keyColumns} FROM api_key WHERE account_id = ? AND projects IS NOT NULL
         AND EXISTS (SELECT 1 FROM json_each(projects) WHERE value = ?)`,
    ),
    narrowKey: prepare<[string, string]>(db, 'UPDATE api_key SET projects = ? WHERE key_id = ?'),
  };
}

export function eraseProject(
  statements: ReturnType<typeof prepareProjectErasure>,
  { tenant, now, erasedBy }: { tenant: string; now: number; erasedBy: string | null },
): Changed<ErasedProject> {
  const row = statements.byTenant.get(tenant);
  if (row === undefined) throw new BatonError('not_found', 'There is no such project any more.');
  const { account_id: accountId, project_id: projectId } = row;
  const { receiptId, receipt } = statements.signer.sign({
    what: 'project',
    project: { accountId, projectId },
    record: null,
    erasedAt: now,
    keyId: erasedBy,
  });

  statements.dropDataKeys.run(tenant);
  statements.dataKeys.forget();
  statements.dropProject.run(tenant);
  for (const key of statements.keysThatName.all(accountId, projectId).map(keyOf)) {
    const others = key.projects!.filter((project) => project !== projectId);
    if (others.length === 0) statements.revokeKey.run(now, key.keyId);
    else statements.narrowKey.run(JSON.stringify(others), key.keyId);
  }
  statements.noteEnd.run(tenant, accountId, projectId, receiptId, now, receipt);
  statements.raiseReferenceVersion.run();
  return { output: { projectId, erasedAt: now, receipt }, changed: [], hasErased: true };
}

export function prepareEmptying(db: Connection) {
  return {
    notEmpty: prepare<[], { tenant: string; erased_at: number }>(
      db,
      'SELECT tenant, erased_at FROM ended_project WHERE emptied_at IS NULL',
    ),
    /** A row or more for each of so many values of its column. */
    takeRows: tablesOfProject.map(([table, column]) =>
      prepare<[string, string, number]>(
        db,
        `DELETE FROM ${table} WHERE tenant = ? AND ${column} IN (
           SELECT ${column} FROM ${table} WHERE tenant = ? LIMIT ?)`,
      ),
    ),
    noteEmptied: prepare<[number, string]>(
      db,
      'UPDATE ended_project SET emptied_at = ? WHERE tenant = ?',
    ),
    dropOldEnds: prepare<[number]>(
      db,
      'DELETE FROM ended_project WHERE emptied_at IS NOT NULL AND erased_at <= ?',
    ),
  };
}

/** Takes up to about so many rows of projects that were erased; how many. */
export function emptyEnded(
  statements: ReturnType<typeof prepareEmptying>,
  now: number,
  rowsMax: number,
): number {
  let taken = 0;
  for (const { tenant, erased_at: erasedAt } of statements.notEmpty.all()) {
    let takenHere = 0;
    for (const take of statements.takeRows) {
      const left = rowsMax - taken - takenHere;
      if (left > 0) takenHere += take.run(tenant, tenant, left).changes;
    }
    taken += takenHere;
    if (taken >= rowsMax) return taken;
    if (takenHere === 0 && now - erasedAt >= strayRowsMs) statements.noteEmptied.run(now, tenant);
  }
  statements.dropOldEnds.run(now - limits.receiptSeconds * 1000);
  return taken;
}
