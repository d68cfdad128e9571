// Erasures of handoffs, inside a transaction: content and names go, a receipt stays.

import { type HandoffName, missingError, type Preconditions } from '../../handoff.js';
import { limits } from '../../limits.js';
import type { Project } from '../../project.js';
import { stateColumns } from '../handoff-rows.js';
import type { ErasedState } from '../store.js';
import { hashOfStored, shownHash, shownId, storedName } from '../stored-states.js';
import { Conflict } from './failure.js';
import { type LockedRow, lockStates } from './handoff-statements.js';
import { type Changed, type Keeping, liveState, lookedFor } from './handoff-writes.js';
import { hashesOf, keysOf, opened } from './names.js';
import { statement } from './session.js';
import { bury, dropLinksFor } from './tombstones.js';
import type { Transaction } from './write.js';

type SealedRow = LockedRow & { readonly sealed: string };

interface Erasing {
  readonly project: Project;
  /** The key that asks; null: the command line. */
  readonly erasedBy: string | null;
}

const writeReceipts = statement<
  [tenant: string, erasedAt: number, receiptIds: string[], records: string[], receipts: string[]]
>(
  'write_receipts',
  `INSERT INTO receipt (tenant, erased_at, receipt_id, record, receipt)
   SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::text[])`,
);

/** Live states that have the name now, or had it. */
const everNamedText = (columns: string) => `
  SELECT ${columns} FROM handoff_state
  WHERE tenant = $1 AND expires_at > $4 AND id = ANY (ARRAY(
    SELECT id FROM handoff_alias WHERE tenant = $1 AND alias = $2
    UNION SELECT id FROM past_name WHERE tenant = $1 AND name_hash = $3))
  ORDER BY id LIMIT $5`;
type EverNamedValues = [tenant: string, alias: string, hash: string, now: number, limit: number];
const lockEverNamed = statement<EverNamedValues, SealedRow>(
  'lock_ever_named',
  `${everNamedText(`${stateColumns}, write_id, sealed`)} FOR UPDATE`,
);
const everNamed = statement<EverNamedValues, { readonly id: string }>(
  'ever_named',
  everNamedText('id'),
);

export async function erase(
  transaction: Transaction,
  keeping: Keeping,
  input: Erasing & { name: HandoffName; conditions: Preconditions },
): Promise<Changed<ErasedState>> {
  const { project, name, conditions } = input;
  const { tenant } = project;
  const { hashName } = keeping;
  await transaction.begun;
  await keeping.dataKeys.checkProject(transaction, tenant);
  const search = lookedFor(hashName, tenant, name);
  const rows = await transaction.all(lockStates, tenant, search.ids, search.names);
  const row = await liveState(transaction, { keeping, tenant, name, conditions, rows });

  const [output] = await eraseRows(transaction, keeping, input, [row]);
  const changed = new Set(keysOf(hashesOf(hashName, tenant), row));
  return { output: output!, changed, id: row.id, versionBefore: row.version };
}

export async function eraseNamed(
  transaction: Transaction,
  keeping: Keeping,
  input: Erasing & { alias: string },
): Promise<Changed<ErasedState[]>> {
  const { tenant } = input.project;
  const { hashName } = keeping;
  await transaction.begun;
  await keeping.dataKeys.checkProject(transaction, tenant);
  const name = { kind: 'shared_id', value: input.alias } as const;
  const search: EverNamedValues = [
    tenant,
    storedName(hashName, tenant, name),
    hashName(tenant, name),
    transaction.now,
    limits.erasedTogetherMax,
  ];
  const rows = await transaction.all(lockEverNamed, ...search);
  // The name may have moved to another state while these were being locked.
  const locked = new Set(rows.map(({ id }) => id));
  const found = await transaction.all(everNamed, ...search);
  if (found.some(({ id }) => !locked.has(id))) throw new Conflict();
  const [first] = rows;
  if (first === undefined) throw missingError('not_found');

  const output = await eraseRows(transaction, keeping, input, rows);
  await transaction.run(dropLinksFor, tenant, 'shared_id', [storedName(hashName, tenant, name)]);
  const hashOf = hashesOf(hashName, tenant);
  const changed = new Set(rows.flatMap((row) => keysOf(hashOf, row)));
  return { output, changed, id: first.id, versionBefore: first.version };
}

async function eraseRows(
  transaction: Transaction,
  { hashName, dataKeys, signer }: Keeping,
  { project, erasedBy }: Erasing,
  rows: readonly SealedRow[],
): Promise<ErasedState[]> {
  const { tenant } = project;
  const { now } = transaction;
  const readable = rows.map(opened);
  const findKey = await dataKeys.of(transaction, tenant, readable);
  const ids = readable.map((row) => shownId(tenant, row, findKey));

  await bury(transaction, hashName, tenant, rows, 'erased');
  const records = rows.map(({ id }) => hashOfStored(hashName, tenant, { kind: 'id', value: id }));
  const signed = records.map((record) =>
    signer.sign({
      what: 'handoff_state',
      project,
      record: shownHash + record,
      erasedAt: now,
      keyId: erasedBy,
    }),
  );
  const receiptIds = signed.map(({ receiptId }) => receiptId);
  const receipts = signed.map(({ receipt }) => receipt);
  await transaction.run(writeReceipts, tenant, now, receiptIds, records, receipts);
  return ids.map((id, place) => ({ id, erasedAt: now, receipt: receipts[place]! }));
}
