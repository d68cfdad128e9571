// Writes of handoffs: each runs inside the writer's transaction and says which names it changed.
// Everything that may be refused is refused before the first row is touched.

import {
  type Answer,
  checkPatch,
  checkPreconditions,
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
import type { Project } from '../../project.js';
import {
  namesOf,
  type PickupColumns,
  pickupAfter,
  type SealedRow,
  type StateRow,
} from '../handoff-rows.js';
import {
  checkFoundBy,
  contentAfter,
  contentOf,
  hashOfStored,
  openState,
  type StoredContent,
  storedName,
  storedNames,
} from '../stored-states.js';
import { nameKey } from '../watchers.js';
import { type HandoffStatements, idOf } from './handoff-statements.js';
import { bury, missingCause } from './tombstones.js';

/** What a write gives, and the keys (`nameKey`) of all the names whose answers it changed. */
export interface Changed<Output> {
  readonly output: Output;
  readonly changed: readonly string[];
  /** Whether something went of which no byte is to stay in the files. */
  readonly hasErased?: boolean;
}

/** What of a written state its writer could not know: it has the rest, and makes the answer. */
export interface Written {
  readonly created: boolean;
  readonly version: number;
  readonly expiresAt: number;
}

export type Tenancy = Pick<Project, 'tenant' | 'retentionSeconds' | 'pickupDeadlineSeconds'>;

export interface Sealing {
  readonly now: number;
  /** Of the key that the write seals with. */
  readonly keyNumber: number;
}

export function put(
  statements: HandoffStatements,
  input: Sealing & { project: Tenancy; write: HandoffWrite; conditions: Preconditions },
): Changed<Written> {
  const { project, write, conditions, now } = input;
  const { tenant } = project;
  const expiresAt = expiry(now, write.ttlSeconds, project.retentionSeconds);
  const aliases = keptAliases(write.aliases, write.sharedId);
  const id = storedName(statements.hashName, tenant, { kind: 'id', value: write.id });
  const found = statements.stateHead.get(tenant, id);
  const live = found !== undefined && found.expires_at > now ? found : undefined;
  checkPreconditions(conditions, live?.version);

  const changed = new Set<string>();
  if (found !== undefined && live === undefined) bury(statements, tenant, found, 'expired', now);
  const state: HandoffState = {
    id: write.id,
    sharedId: write.sharedId,
    aliases,
    dataText: write.dataText,
    version: 1 + (live?.version ?? revivedVersion(statements, tenant, id)),
    writtenAt: live?.written_at ?? now,
    updatedAt: now,
    expiresAt,
  };
  const { keyNumber } = input;
  writeState(statements, { project, state, before: live, changed, now, keyNumber });
  const output = { created: live === undefined, version: state.version, expiresAt };
  return { output, changed: [...changed] };
}

export function patch(
  statements: HandoffStatements,
  input: {
    project: Tenancy;
    name: HandoffName;
    patch: HandoffPatch;
    conditions: Preconditions;
  } & Sealing,
): Changed<Answer> {
  const { project, name, conditions, now } = input;
  const { tenant } = project;
  checkPatch(input.patch, now, project.retentionSeconds);
  const row = liveState(statements, tenant, name, conditions, now);
  const before = openState(tenant, row, statements.dataKeys.of(tenant));
  const state = patchedState(before, input.patch, now, project.retentionSeconds);

  const changed = new Set<string>();
  const { keyNumber } = input;
  writeState(statements, { project, state, before: row, changed, now, keyNumber });
  return { output: readyAnswer(state), changed: [...changed] };
}

/** The row that a name finds, or throws why it finds none, or that a precondition fails. */
export function liveState(
  statements: HandoffStatements,
  tenant: string,
  name: HandoffName,
  conditions: Preconditions,
  now: number,
): SealedRow {
  const id = idOf(statements, tenant, name);
  const row = id === undefined ? undefined : statements.state.get(tenant, id);
  const live = row !== undefined && row.expires_at > now ? row : undefined;
  checkPreconditions(conditions, live?.version);
  if (live !== undefined) {
    const value = storedName(statements.hashName, tenant, name);
    checkFoundBy(tenant, { kind: name.kind, value }, live);
    return live;
  }
  throw missingError(row === undefined ? missingCause(statements, tenant, name) : 'expired');
}

/** The version of the ended state that had this id, which has ended no more; 0 if none had it. */
function revivedVersion(statements: HandoffStatements, tenant: string, id: string): number {
  const hash = hashOfStored(statements.hashName, tenant, { kind: 'id', value: id });
  const ended = statements.tombstone.get(tenant, hash);
  if (ended === undefined) return 0;
  statements.dropTombstone.run(tenant, hash);
  return ended.version;
}

function writeState(
  statements: HandoffStatements,
  write: {
    project: Tenancy;
    state: HandoffState;
    before: StateRow | undefined;
    changed: Set<string>;
    now: number;
    keyNumber: number;
  },
): void {
  const { state, before, changed, now, keyNumber } = write;
  const { tenant } = write.project;
  const { hashName, dataKeys } = statements;
  const names = storedNames(hashName, tenant, state);
  const content = contentOf(hashName, tenant, state, dataKeys.get(tenant, keyNumber));
  const { id } = content;
  for (const key of before === undefined ? [] : keysOf(tenant, before)) changed.add(key);
  changed.add(nameKey(tenant, { kind: 'id', value: id }));

  for (const name of before === undefined ? [] : namesOf(before)) {
    if (names.includes(name)) continue;
    statements.dropAlias.run(tenant, name);
    noteLoss(statements, tenant, id, name);
  }
  for (const name of names) {
    claim(statements, { tenant, id, name, changed, now, keyNumber });
    changed.add(nameKey(tenant, { kind: 'shared_id', value: name }));
  }
  writeRow(statements, tenant, state, content, pickupAfter(before, state, write.project));
}

function writeRow(
  statements: HandoffStatements,
  tenant: string,
  state: Pick<HandoffState, 'version' | 'writtenAt' | 'updatedAt' | 'expiresAt'>,
  content: StoredContent,
  pickup: PickupColumns,
): void {
  statements.writeState.run(
    tenant,
    content.id,
    content.shared_id,
    content.aliases,
    state.version,
    state.writtenAt,
    state.updatedAt,
    state.expiresAt,
    pickup.picked_up_at,
    pickup.due_at,
    pickup.missed_at,
    content.sealed,
  );
}

/** A name that a state gains, as rows hold it, and the state's id. */
interface Claim extends Pick<Sealing, 'now' | 'keyNumber'> {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly changed: Set<string>;
}

/** Gives a name to the state with this id, whoever had it before. */
function claim(statements: HandoffStatements, gain: Claim): void {
  const { tenant, id, name } = gain;
  if (statements.newAlias.run(tenant, name, id).changes === 0) {
    const owner = statements.owner.get(tenant, name)!.id;
    if (owner !== id) {
      takeOver(statements, { ...gain, id: owner });
      statements.claimAlias.run(tenant, name, id);
    }
  }
  // Last, since the one that had the name may have expired, and ends only now.
  const hash = hashOfStored(statements.hashName, tenant, { kind: 'shared_id', value: name });
  statements.dropTombstone.run(tenant, hash);
}

/** The state that held a name which another one claims now drops it, and is sealed anew. */
function takeOver(statements: HandoffStatements, loss: Claim): void {
  const { tenant, id, name, changed, now } = loss;
  const { hashName, dataKeys } = statements;
  const loser = statements.state.get(tenant, id);
  if (loser === undefined) return;
  if (loser.expires_at <= now) {
    // What has expired changes no more, purged or not.
    bury(statements, tenant, loser, 'expired', now);
    return;
  }
  const state = { ...timesOf(loser), version: loser.version + 1, updatedAt: now };
  const findKey = dataKeys.of(tenant);
  const left = { tenant, row: loser, lost: [name], findKey, ...state };
  const content = contentAfter(hashName, left, dataKeys.get(tenant, loss.keyNumber));
  writeRow(statements, tenant, state, content, loser);
  noteLoss(statements, tenant, id, name);
  for (const key of keysOf(tenant, loser)) changed.add(key);
}

function timesOf(row: StateRow): Pick<HandoffState, 'writtenAt' | 'expiresAt'> {
  return { writtenAt: row.written_at, expiresAt: row.expires_at };
}

/** Keeps the hash of a name that a live state lost: by it the state can still be erased. */
function noteLoss(statements: HandoffStatements, tenant: string, id: string, name: string): void {
  const hash = hashOfStored(statements.hashName, tenant, { kind: 'shared_id', value: name });
  statements.notePastName.run(tenant, hash, id);
}

/** The keys (`nameKey`) of every name that finds the state. */
export function keysOf(tenant: string, row: StateRow): string[] {
  const names = namesOf(row).map((value) => nameKey(tenant, { kind: 'shared_id', value }));
  return [nameKey(tenant, { kind: 'id', value: row.id }), ...names];
}
