// PUTs of one project in one transaction, one or several: what they meet is locked together, and
// states that are new are inserted together.

import {
  type Answer,
  checkPreconditions,
  expiry,
  type HandoffState,
  type HandoffWrite,
  keptAliases,
  type Preconditions,
  readyAnswer,
} from '../../handoff.js';
import type { Project } from '../../project.js';
import { namesOf, pickupAfter, type StateRow } from '../handoff-rows.js';
import { storedName, storedNames } from '../stored-states.js';
import { Conflict, databaseAway } from './failure.js';
import { claimAliases, insertStates, type LockedRow, lockHeads } from './handoff-statements.js';
import {
  type Changed,
  endNow,
  type Keeping,
  type KeyNumber,
  namesFor,
  revive,
  writeState,
} from './handoff-writes.js';
import {
  checkHolder,
  type HashesOf,
  hashesOf,
  loseNames,
  type Names,
  stateValues,
} from './names.js';
import type { Transaction } from './write.js';

export interface PutInput {
  readonly project: Project;
  readonly write: HandoffWrite;
  readonly conditions: Preconditions;
  readonly keyNumber: KeyNumber;
}

export interface PutOutput {
  readonly created: boolean;
  readonly answer: Answer;
}

/** What a PUT names, as rows hold it. */
interface Asked extends PutInput {
  readonly id: string;
  readonly claimed: readonly string[];
  readonly aliases: string[];
}

/** What PUTs have met. */
interface Met {
  readonly rows: readonly LockedRow[];
  /** The versions of states that had ended. */
  readonly ended: ReadonlyMap<string, number>;
  readonly hashOf: HashesOf;
}

/** A PUT that is ready to be written. */
interface Ready {
  readonly asked: Asked;
  readonly names: Names;
  readonly state: HandoffState;
  readonly live: LockedRow | undefined;
  readonly versionBefore: number;
}

/**
 * Of one project. Several must be without conditions, and no two of them of the same id or name.
 * Where one is refused, all are; so are those that meet the same state: each can be written alone.
 */
export async function put(
  transaction: Transaction,
  keeping: Keeping,
  inputs: readonly PutInput[],
): Promise<Changed<PutOutput>[]> {
  const { hashName } = keeping;
  const { tenant } = inputs[0]!.project;
  const asked = inputs.map((input): Asked => {
    const { id, sharedId, aliases: given } = input.write;
    const aliases = keptAliases(given, sharedId);
    const claimed = storedNames(hashName, tenant, { sharedId, aliases });
    return {
      ...input,
      id: storedName(hashName, tenant, { kind: 'id', value: id }),
      aliases,
      claimed,
    };
  });
  const ids = asked.map(({ id }) => id);
  const claimed = asked.flatMap((one) => one.claimed);
  const hashOf = hashesOf(hashName, tenant);
  const [rows, ended] = await Promise.all([
    transaction.all(lockHeads, tenant, ids, claimed),
    revive(transaction, tenant, [...ids.map(hashOf.id), ...claimed.map(hashOf.name)]),
    transaction.begun,
  ]);
  if (!areApart(asked, rows)) throw databaseAway();

  const met = { rows, ended, hashOf };
  const ready = await allOf(asked.map((one) => prepare(transaction, keeping, one, met)));
  const fresh = ready.filter(({ live }) => live === undefined);
  const alone = fresh.length > 1 ? ready.filter(({ live }) => live !== undefined) : ready;
  await allOf([
    ...(fresh.length > 1 ? [insertTogether(fresh)] : []),
    ...alone.map(({ names, asked: { project }, state, live }) =>
      writeState(names, project, state, live),
    ),
  ]);
  return ready.map(({ names, state, live, versionBefore }) => {
    const output = { created: live === undefined, answer: readyAnswer(state) };
    return { output, changed: names.changed, id: names.id, versionBefore };
  });
}

/** Whether none of the states is met by two: each is written as it was found. */
function areApart(asked: readonly Asked[], rows: readonly StateRow[]): boolean {
  if (asked.length === 1) return true;
  return rows.every((row) => {
    const held = namesOf(row);
    const meets = ({ id, claimed }: Asked) =>
      id === row.id || claimed.some((name) => held.includes(name));
    return asked.filter(meets).length <= 1;
  });
}

/** Also where one fails, all are awaited, so that none asks anything after the transaction's end. */
async function allOf<Result>(works: readonly Promise<Result>[]): Promise<Result[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

async function prepare(
  transaction: Transaction,
  keeping: Keeping,
  asked: Asked,
  { rows, ended, hashOf }: Met,
): Promise<Ready> {
  const { id, claimed, aliases, project, write, conditions, keyNumber } = asked;
  const { tenant, retentionSeconds } = project;
  const { now } = transaction;
  const found = rows.find((row) => row.id === id);
  const live = found !== undefined && found.expires_at > now ? found : undefined;
  const expiresAt = expiry(now, write.ttlSeconds, retentionSeconds);
  checkPreconditions(conditions, live?.version);

  const names = await namesFor(transaction, keeping, { tenant, id, rows, hashOf, keyNumber });
  if (found !== undefined && live === undefined) await endNow(names, found, claimed);
  await loseNames(names, claimed);
  const versionBefore = found?.version ?? ended.get(hashOf.id(id)) ?? 0;
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
  return { asked, names, state, live, versionBefore };
}

/** States that are not there, and their names: in one order, for two groups of the same ones. */
async function insertTogether(fresh: readonly Ready[]): Promise<void> {
  const { transaction, tenant } = fresh[0]!.names;
  const values = fresh
    .map(({ names, asked: { project }, state }) =>
      stateValues(names, state, pickupAfter(undefined, state, project), transaction.writeId),
    )
    .toSorted(([, one], [, other]) => (one < other ? -1 : 1));
  const columns = values[0]!.slice(1).map((_, at) => values.map((row) => row[at + 1]));
  const claims = fresh
    .flatMap(({ names, asked }) => asked.claimed.map((name) => ({ name, names })))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  for (const { names } of fresh) names.changed.add(names.hashOf.id(names.id));
  for (const { name, names } of claims) names.changed.add(names.hashOf.name(name));

  const [written, held] = await Promise.all([
    transaction.run(insertStates, tenant, ...columns),
    claims.length === 0
      ? []
      : transaction.all(
          claimAliases,
          tenant,
          claims.map(({ name }) => name),
          claims.map(({ names }) => names.id),
        ),
  ]);
  // A new row may meet another one that was not there a moment ago: all begin again.
  if (written < fresh.length) throw new Conflict();
  const previous = new Map(held.map(({ alias, previous_id }) => [alias, previous_id]));
  for (const { name, names } of claims) await checkHolder(names, name, previous.get(name) ?? null);
}
