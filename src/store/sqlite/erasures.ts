// Erasures of handoffs, inside the writer's transaction: content and names go, a receipt stays.

import { type HandoffName, missingError, type Preconditions } from '../../handoff.js';
import { limits } from '../../limits.js';
import type { Project } from '../../project.js';
import type { ReceiptSigner } from '../../receipt.js';
import { type SealedRow, stateColumns } from '../handoff-rows.js';
import type { ErasedState } from '../store.js';
import { hashOfStored, shownHash, shownId, storedName } from '../stored-states.js';
import { type Connection, prepare } from './database.js';
import type { HandoffStatements } from './handoff-statements.js';
import { type Changed, keysOf, liveState } from './handoff-writes.js';
import { bury } from './tombstones.js';

export type ErasureStatements = ReturnType<typeof prepareErasureStatements>;

/** What an erasure needs of its project. */
export type ErasingProject = Pick<Project, 'tenant' | 'accountId' | 'projectId'>;

export interface Erasing {
  readonly project: ErasingProject;
  readonly now: number;
  /** The key that asks; null: the command line. */
  readonly erasedBy: string | null;
}

export function prepareErasureStatements(
  db: Connection,
  handoffs: HandoffStatements,
  signer: ReceiptSigner,
) {
  return {
    ...handoffs,
    signer,
    writeReceipt: prepare<[string, string, string, number, string]>(
      db,
      'INSERT INTO receipt (tenant, receipt_id, record, erased_at, receipt) VALUES (?, ?, ?, ?, ?)',
    ),
    /** Live states that have the name now, or had it. */
    everNamed: prepare<[Record<string, string | number>], SealedRow>(
      db,
      `SELECT ${stateColumns}, sealed FROM handoff_state
       WHERE tenant = @tenant AND expires_at > @now AND id IN (
         SELECT id FROM handoff_alias WHERE tenant = @tenant AND alias = @alias
         UNION SELECT id FROM past_name WHERE tenant = @tenant AND name_hash = @hash)
       ORDER BY id LIMIT @limit`,
    ),
  };
}

export function erase(
  statements: ErasureStatements,
  input: Erasing & { name: HandoffName; conditions: Preconditions },
): Changed<ErasedState> {
  const { project, name, conditions, now } = input;
  const { tenant } = project;
  statements.dataKeys.checkProject(tenant);
  const row = liveState(statements, tenant, name, conditions, now);
  const output = eraseRow(statements, input, row);
  return { output, changed: keysOf(tenant, row), hasErased: true };
}

export function eraseNamed(
  statements: ErasureStatements,
  input: Erasing & { alias: string },
): Changed<ErasedState[]> {
  const { project, now } = input;
  const { tenant } = project;
  statements.dataKeys.checkProject(tenant);
  const { hashName } = statements;
  const name = { kind: 'shared_id', value: input.alias } as const;
  const alias = storedName(hashName, tenant, name);
  const rows = statements.everNamed.all({
    tenant,
    now,
    alias,
    hash: hashName(tenant, name),
    limit: limits.erasedTogetherMax,
  });
  if (rows.length === 0) throw missingError('not_found');

  const output = rows.map((row) => eraseRow(statements, input, row));
  statements.dropLinksFor.run(tenant, 'shared_id', alias);
  return { output, changed: rows.flatMap((row) => keysOf(tenant, row)), hasErased: true };
}

function eraseRow(statements: ErasureStatements, erasing: Erasing, row: SealedRow): ErasedState {
  const { project, now, erasedBy } = erasing;
  const { tenant } = project;
  const { hashName, signer } = statements;
  const id = shownId(tenant, row, statements.dataKeys.of(tenant));
  const record = hashOfStored(hashName, tenant, { kind: 'id', value: row.id });
  const { receiptId, receipt } = signer.sign({
    what: 'handoff_state',
    project,
    record: shownHash + record,
    erasedAt: now,
    keyId: erasedBy,
  });
  bury(statements, tenant, row, 'erased', now);
  statements.writeReceipt.run(tenant, receiptId, record, now, receipt);
  return { id, erasedAt: now, receipt };
}
