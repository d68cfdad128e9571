// Writes of handoffs: each runs inside the writer's transaction and says which names it changed.
// Everything that may be refused is refused before the first row is touched.

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
import type { Project } from '../../project.js';
import { nameKey } from '../watchers.js';
import { aliasesOf, type SealedRow, type StateRow, seal, stateOf } from './handoff-rows.js';
import { type HandoffStatements, idOf } from './handoff-statements.js';
import { bury, missingCause } from './tombstones.js';

/** What a write gives, and the keys (`nameKey`) of all the names whose answers it changed. */
export interface Changed<Output> {
  readonly output: Output;
  readonly changed: readonly string[];
}

/** What of a written state its writer could not know: it has the rest, and makes the answer. */
export interface Written {
  readonly created: boolean;
  readonly version: number;
  readonly expiresAt: number;
}

export type Tenancy = Pick<Project, 'tenant' | 'retentionSeconds'>;

export function put(
  statements: HandoffStatements,
  input: { project: Tenancy; write: HandoffWrite; conditions: Preconditions; now: number },
): Changed<Written> {
  const { project, write, conditions, now } = input;
  const { tenant } = project;
  const expiresAt = expiry(now, write.ttlSeconds, project.retentionSeconds);
  const aliases = keptAliases(write.aliases, write.sharedId);
  const found = statements.stateHead.get(tenant, write.id);
  const live = found !== undefined && found.expires_at > now ? found : undefined;
  checkPreconditions(conditions, live?.version);

  const changed = new Set<string>();
  if (found !== undefined && live === undefined) bury(statements, tenant, found, 'expired', now);
  const state: HandoffState = {
    id: write.id,
    sharedId: write.sharedId,
    aliases,
    dataText: write.dataText,
    version: 1 + (live?.version ?? revivedVersion(statements, tenant, write.id)),
    writtenAt: live?.written_at ?? now,
    updatedAt: now,
    expiresAt,
  };
  writeState(statements, { tenant, state, before: live, changed, now });
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
    now: number;
  },
): Changed<Answer> {
  const { project, name, conditions, now } = input;
  const { tenant } = project;
  checkPatch(input.patch, now, project.retentionSeconds);
  const row = liveState(statements, tenant, name, conditions, now);
  const state = patchedState(stateOf(row), input.patch, now, project.retentionSeconds);

  const changed = new Set<string>();
  writeState(statements, { tenant, state, before: row, changed, now });
  return { output: readyAnswer(state), changed: [...changed] };
}

export function erase(
  statements: HandoffStatements,
  input: { project: Tenancy; name: HandoffName; conditions: Preconditions; now: number },
): Changed<{ id: string; erasedAt: number }> {
  const { project, name, conditions, now } = input;
  const { tenant } = project;
  const row = liveState(statements, tenant, name, conditions, now);

  bury(statements, tenant, row, 'erased', now);
  return { output: { id: row.id, erasedAt: now }, changed: keysOf(tenant, row) };
}

function liveState(
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
  if (live !== undefined) return live;
  throw missingError(row === undefined ? missingCause(statements, tenant, name) : 'expired');
}

/** The version of the ended state that had this id, which has ended no more; 0 if none had it. */
function revivedVersion(statements: HandoffStatements, tenant: string, id: string): number {
  const hash = statements.hashName(tenant, { kind: 'id', value: id });
  return statements.takeTombstone.get(tenant, hash)?.version ?? 0;
}

function writeState(
  statements: HandoffStatements,
  write: {
    tenant: string;
    state: HandoffState;
    before: StateRow | undefined;
    changed: Set<string>;
    now: number;
  },
): void {
  const { tenant, state, before, changed, now } = write;
  const names = claimedNames(state);
  for (const key of before === undefined ? [] : keysOf(tenant, before)) changed.add(key);
  changed.add(nameKey(tenant, { kind: 'id', value: state.id }));

  for (const name of before === undefined ? [] : namesOf(before)) {
    if (!names.includes(name)) statements.dropAlias.run(tenant, name);
  }
  for (const name of names) {
    claim(statements, { tenant, id: state.id, name, changed, now });
    changed.add(nameKey(tenant, { kind: 'shared_id', value: name }));
  }

  statements.writeState.run(
    tenant,
    state.id,
    state.sharedId,
    JSON.stringify(state.aliases),
    state.version,
    state.writtenAt,
    state.updatedAt,
    state.expiresAt,
    before?.picked_up_at ?? null,
    seal(state.dataText),
  );
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
  const hash = statements.hashName(tenant, { kind: 'shared_id', value: name });
  statements.dropTombstone.run(tenant, hash);
}

interface Claim {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly changed: Set<string>;
  readonly now: number;
}

/** The state that held a name which another one claims now drops it. */
function takeOver(statements: HandoffStatements, loss: Claim): void {
  const { tenant, id, name, changed, now } = loss;
  const loser = statements.stateHead.get(tenant, id);
  if (loser === undefined) return;
  if (loser.expires_at <= now) {
    // What has expired changes no more, purged or not.
    bury(statements, tenant, loser, 'expired', now);
    return;
  }
  const sharedId = loser.shared_id === name ? null : loser.shared_id;
  const aliases = aliasesOf(loser).filter((alias) => alias !== name);
  statements.writeNames.run(sharedId, JSON.stringify(aliases), now, tenant, id);
  for (const key of keysOf(tenant, loser)) changed.add(key);
}

function namesOf(row: StateRow): string[] {
  return claimedNames({ sharedId: row.shared_id, aliases: aliasesOf(row) });
}

function keysOf(tenant: string, row: StateRow): string[] {
  const names = namesOf(row).map((value) => nameKey(tenant, { kind: 'shared_id', value }));
  return [nameKey(tenant, { kind: 'id', value: row.id }), ...names];
}
