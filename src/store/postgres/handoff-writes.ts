// Writes of handoffs: each runs inside a transaction and says which names it changed. Everything
// that may be refused is refused before the first row is touched.

import {
  type Answer,
  checkPatch,
  checkPreconditions,
  claimedNames,
  expiry,
  type HandoffName,
  type HandoffPatch,
  type HandoffState,
  type HandoffWrite,
  keptAliases,
  missingError,
  type Preconditions,
  patchedState,
  readyAnswer,
} from '../../handoff.js';
import type { HashName } from '../../name-hash.js';
import type { Project } from '../../project.js';
import { type StateRow, seal, stateOf } from '../handoff-rows.js';
import { Conflict } from './failure.js';
import {
  dropTombstones,
  holder,
  insertState,
  type LockedRow,
  lockHeads,
  lockStates,
  type StateValues,
  tombstone,
  updateState,
} from './handoff-statements.js';
import { claimNames, dropNames, keysOf, loseNames, namesOf } from './names.js';
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

export async function put(
  transaction: Transaction,
  hashName: HashName,
  input: { project: Project; write: HandoffWrite; conditions: Preconditions },
): Promise<Changed<{ created: boolean; answer: Answer }>> {
  const { project, write, conditions } = input;
  const { tenant } = project;
  const { now } = transaction;
  const expiresAt = expiry(now, write.ttlSeconds, project.retentionSeconds);
  const aliases = keptAliases(write.aliases, write.sharedId);
  const claimed = claimedNames({ sharedId: write.sharedId, aliases });
  const rows = await transaction.all(lockHeads, tenant, [write.id], claimed);
  const found = rows.find(({ id }) => id === write.id);
  const live = found !== undefined && found.expires_at > now ? found : undefined;
  checkPreconditions(conditions, live?.version);

  const names = { transaction, hashName, tenant, id: write.id, rows, changed: new Set<string>() };
  if (found !== undefined && live === undefined) {
    await bury(transaction, hashName, tenant, [found], 'expired');
  }
  await loseNames(names, claimed);
  const versionBefore = live?.version ?? (await endedVersion(names, claimed));
  const state: HandoffState = {
    id: write.id,
    sharedId: write.sharedId,
    aliases,
    dataText: write.dataText,
    version: 1 + versionBefore,
    writtenAt: live?.written_at ?? now,
    updatedAt: now,
    expiresAt,
  };
  await writeState(names, state, live);
  const output = { created: live === undefined, answer: readyAnswer(state) };
  return { output, changed: names.changed, id: write.id, versionBefore };
}

export async function patch(
  transaction: Transaction,
  hashName: HashName,
  input: {
    project: Project;
    name: HandoffName;
    patch: HandoffPatch;
    conditions: Preconditions;
  },
): Promise<Changed<Answer>> {
  const { project, name, conditions } = input;
  const { tenant, retentionSeconds } = project;
  const { now } = transaction;
  checkPatch(input.patch, now, retentionSeconds);
  const wanted = [input.patch.sharedId ?? [], input.patch.aliases ?? []].flat();
  const rows = await transaction.all(lockStates, tenant, ...lookedFor(name, wanted));
  const row = await liveState(transaction, { hashName, tenant, name, conditions, rows });
  const state = patchedState(stateOf(row), input.patch, now, retentionSeconds);

  const names = { transaction, hashName, tenant, id: row.id, rows, changed: new Set<string>() };
  await loseNames(names, claimedNames(state));
  await writeState(names, state, row);
  const output = readyAnswer(state);
  return { output, changed: names.changed, id: row.id, versionBefore: row.version };
}

export async function erase(
  transaction: Transaction,
  hashName: HashName,
  input: { project: Project; name: HandoffName; conditions: Preconditions },
): Promise<Changed<{ id: string; erasedAt: number }>> {
  const { project, name, conditions } = input;
  const { tenant } = project;
  const rows = await transaction.all(lockHeads, tenant, ...lookedFor(name, []));
  const row = await liveState(transaction, { hashName, tenant, name, conditions, rows });

  await bury(transaction, hashName, tenant, [row], 'erased');
  const output = { id: row.id, erasedAt: transaction.now };
  const changed = new Set(keysOf(hashName, tenant, row));
  return { output, changed, id: row.id, versionBefore: row.version };
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
  const hash = hashName(tenant, { kind: 'id', value: id });
  const ended = await transaction.first(tombstone, tenant, hash);
  const { writeId } = transaction;
  if (row?.write_id === writeId || ended?.write_id === writeId) return 'done';
  const version = row?.version ?? ended?.version ?? 0;
  return version === versionBefore ? 'undone' : 'unknown';
}

function lookedFor(name: HandoffName, wanted: readonly string[]): [ids: string[], names: string[]] {
  return name.kind === 'id' ? [[name.value], [...wanted]] : [[], [name.value, ...wanted]];
}

async function liveState<Row extends LockedRow>(
  transaction: Transaction,
  search: {
    hashName: HashName;
    tenant: string;
    name: HandoffName;
    conditions: Preconditions;
    rows: readonly Row[];
  },
): Promise<Row> {
  const { hashName, tenant, name, conditions, rows } = search;
  const isNamed = (row: StateRow) =>
    name.kind === 'id' ? row.id === name.value : namesOf(row).includes(name.value);
  const row = rows.find(isNamed);
  if (row === undefined && name.kind === 'shared_id') {
    // It moved to another state while this one was being locked.
    if (await transaction.first(holder, tenant, name.value)) throw new Conflict();
  }
  const live = row !== undefined && row.expires_at > transaction.now ? row : undefined;
  checkPreconditions(conditions, live?.version);
  if (live !== undefined) return live;
  throw missingError(
    row === undefined ? await missingCause(transaction, hashName, tenant, name) : 'expired',
  );
}

type Names = Parameters<typeof claimNames>[0];

/** The version of the ended state of this id; from here on it and these names have not ended. */
async function endedVersion(names: Names, claimed: readonly string[]): Promise<number> {
  const { transaction, hashName, tenant, id } = names;
  const idHash = hashName(tenant, { kind: 'id', value: id });
  const hashes = claimed.map((value) => hashName(tenant, { kind: 'shared_id', value }));
  const dropped = await transaction.all(dropTombstones, tenant, [idHash, ...hashes]);
  return dropped.find(({ name_hash }) => name_hash === idHash)?.version ?? 0;
}

async function writeState(
  names: Names,
  state: HandoffState,
  before: LockedRow | undefined,
): Promise<void> {
  const { transaction, tenant } = names;
  const values: StateValues = [
    tenant,
    state.id,
    state.sharedId,
    JSON.stringify(state.aliases),
    state.version,
    state.writtenAt,
    state.updatedAt,
    state.expiresAt,
    before?.picked_up_at ?? null,
    transaction.writeId,
    seal(state.dataText),
  ];
  // A new row may meet another one that was not there a moment ago: both begin again.
  const written = await transaction.run(
    before === undefined ? insertState : updateState,
    ...values,
  );
  if (written === 0) throw new Conflict();
  await dropNames(names, before, claimedNames(state));
  await claimNames(names, before, claimedNames(state));
}
