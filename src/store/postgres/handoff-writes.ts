// Writes of handoffs: each runs inside a transaction and says which names it changed. Everything
// that may be refused is refused before the first row is touched.

import {
  type Answer,
  checkPatch,
  checkPreconditions,
  type HandoffName,
  type HandoffPatch,
  type HandoffState,
  missingError,
  type Preconditions,
  patchedState,
  readyAnswer,
} from '../../handoff.js';
import type { HashName } from '../../name-hash.js';
import type { Project } from '../../project.js';
import type { ReceiptSigner } from '../../receipt.js';
import { namesOf, pickupAfter, type StateRow } from '../handoff-rows.js';
import { hashOfStored, storedName, storedNames } from '../stored-states.js';
import type { DataKeys } from './data-keys.js';
import { Conflict } from './failure.js';
import {
  dropTombstones,
  holder,
  insertState,
  type LockedRow,
  lockHeads,
  lockStates,
  tombstone,
  updateState,
} from './handoff-statements.js';
import {
  claimNames,
  dropNames,
  hashesOf,
  loseNames,
  type Names,
  openedState,
  stateValues,
} from './names.js';
import { bury, missingCause } from './tombstones.js';
import type { Settled, Transaction } from './write.js';

/** What a write gives, and the hashes of all the names whose answers it changed. */
export interface Changed<Output> {
  readonly output: Output;
  readonly changed: ReadonlySet<string>;
  /** The state that it wrote, and its version before: 0 where there never was one. */
  readonly id: string;
  readonly versionBefore: number;
}

/** What turns states into rows and back. */
export interface Keeping {
  readonly hashName: HashName;
  readonly dataKeys: DataKeys;
  /** Signs receipts of erasure. */
  readonly signer: ReceiptSigner;
}

/** The number of the key that a write seals with; undefined while not every node could read it. */
export type KeyNumber = number | undefined;

export async function patch(
  transaction: Transaction,
  keeping: Keeping,
  input: {
    project: Project;
    name: HandoffName;
    patch: HandoffPatch;
    conditions: Preconditions;
    keyNumber: KeyNumber;
  },
): Promise<Changed<Answer>> {
  const { project, name, conditions } = input;
  const { tenant, retentionSeconds } = project;
  await transaction.begun;
  const { now } = transaction;
  checkPatch(input.patch, now, retentionSeconds);
  const { sharedId = null, aliases } = input.patch;
  const wanted = storedNames(keeping.hashName, tenant, { sharedId, aliases: aliases ?? [] });
  const search = lookedFor(keeping.hashName, tenant, name);
  const rows = await transaction.all(lockStates, tenant, search.ids, [...search.names, ...wanted]);
  const row = await liveState(transaction, { keeping, tenant, name, conditions, rows });
  const before = await openedState(transaction, keeping, tenant, row);
  const state = patchedState(before, input.patch, now, retentionSeconds);

  const { keyNumber } = input;
  const hashOf = hashesOf(keeping.hashName, tenant);
  const names = await namesFor(transaction, keeping, {
    tenant,
    id: row.id,
    rows,
    hashOf,
    keyNumber,
  });
  await loseNames(names, storedNames(keeping.hashName, tenant, state));
  if (wanted.length > 0) await revive(transaction, tenant, wanted.map(hashOf.name));
  await writeState(names, project, state, row);
  const output = readyAnswer(state);
  return { output, changed: names.changed, id: row.id, versionBefore: row.version };
}

/** Whether a write whose commit got no answer stands in its row or in its tombstone. */
export async function settle(
  transaction: Transaction,
  hashName: HashName,
  tenant: string,
  { id, versionBefore }: Changed<unknown>,
): Promise<Settled> {
  // The row first, locked: that waits for the commit, if it is still under way.
  const [row] = await transaction.all(lockHeads, tenant, [id], []);
  const hash = hashOfStored(hashName, tenant, { kind: 'id', value: id });
  const ended = await transaction.first(tombstone, tenant, hash);
  const { writeId } = transaction;
  if (row?.write_id === writeId || ended?.write_id === writeId) return 'done';
  const version = row?.version ?? ended?.version ?? 0;
  return version === versionBefore ? 'undone' : 'unknown';
}

/** The ids and names that lead to the row that a name finds. */
export function lookedFor(
  hashName: HashName,
  tenant: string,
  name: HandoffName,
): { ids: string[]; names: string[] } {
  const stored = storedName(hashName, tenant, name);
  return name.kind === 'id' ? { ids: [stored], names: [] } : { ids: [], names: [stored] };
}

export async function namesFor(
  transaction: Transaction,
  keeping: Keeping,
  write: Pick<Names, 'tenant' | 'id' | 'rows' | 'hashOf'> & { keyNumber: KeyNumber },
): Promise<Names> {
  const { tenant, id, rows, hashOf, keyNumber } = write;
  const dataKey = await keeping.dataKeys.get(transaction, tenant, keyNumber);
  return { transaction, keeping, tenant, id, rows, hashOf, dataKey, changed: new Set<string>() };
}

/** The row that a name finds, or throws why it finds none, or that a precondition fails. */
export async function liveState<Row extends LockedRow>(
  transaction: Transaction,
  search: {
    keeping: Keeping;
    tenant: string;
    name: HandoffName;
    conditions: Preconditions;
    rows: readonly Row[];
  },
): Promise<Row> {
  const { tenant, name, conditions, rows } = search;
  const { hashName } = search.keeping;
  const stored = storedName(hashName, tenant, name);
  const isNamed = (row: StateRow) =>
    name.kind === 'id' ? row.id === stored : namesOf(row).includes(stored);
  const row = rows.find(isNamed);
  if (row === undefined && name.kind === 'shared_id') {
    // It moved to another state while this one was being locked.
    if (await transaction.first(holder, tenant, stored)) throw new Conflict();
  }
  const live = row !== undefined && row.expires_at > transaction.now ? row : undefined;
  checkPreconditions(conditions, live?.version);
  if (live !== undefined) return live;
  throw missingError(
    row === undefined ? await missingCause(transaction, hashName, tenant, name) : 'expired',
  );
}

/** Names that are written again have not ended; the versions of the states that had. */
export async function revive(
  transaction: Transaction,
  tenant: string,
  hashes: readonly string[],
): Promise<Map<string, number>> {
  const dropped = await transaction.all(dropTombstones, tenant, hashes);
  return new Map(dropped.map(({ name_hash, version }) => [name_hash, version]));
}

/** The state of this id has expired and is written anew; what it was called besides has ended. */
export async function endNow(
  names: Names,
  row: StateRow,
  claimed: readonly string[],
): Promise<void> {
  const { transaction, keeping, tenant, hashOf } = names;
  await bury(transaction, keeping.hashName, tenant, [row], 'expired');
  await revive(transaction, tenant, [hashOf.id(row.id), ...claimed.map(hashOf.name)]);
}

export async function writeState(
  names: Names,
  project: Project,
  state: HandoffState,
  before: LockedRow | undefined,
): Promise<void> {
  const { transaction, tenant } = names;
  const { hashName } = names.keeping;
  const values = stateValues(
    names,
    state,
    pickupAfter(before, state, project),
    transaction.writeId,
  );
  const claimed = storedNames(hashName, tenant, state);
  const [written] = await Promise.all([
    transaction.run(before === undefined ? insertState : updateState, ...values),
    dropNames(names, before, claimed),
    claimNames(names, before, claimed),
  ]);
  // A new row may meet another one that was not there a moment ago: both begin again.
  if (written === 0) throw new Conflict();
}
