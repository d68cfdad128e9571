// Shared ids and aliases: who holds them, who loses them, who claims them.

import type { HandoffName, HandoffState } from '../../handoff.js';
import type { HashName } from '../../name-hash.js';
import type { DataKey } from '../../sealing.js';
import { namesOf, type PickupColumns, type StateRow } from '../handoff-rows.js';
import { fromText, toText } from '../sealed-text.js';
import {
  contentAfter,
  contentOf,
  hashOfStored,
  openState,
  type StoredContent,
} from '../stored-states.js';
import { Conflict } from './failure.js';
import {
  claimAlias,
  dropAliases,
  dropTombstones,
  type LockedRow,
  lockStates,
  notePastNames,
  type StateValues,
  stateHead,
  updateState,
} from './handoff-statements.js';
import type { Keeping } from './handoff-writes.js';
import { bury } from './tombstones.js';
import type { Transaction } from './write.js';

/** What a write of one state needs to settle its names, all of them as rows hold them. */
export interface Names {
  readonly transaction: Transaction;
  readonly keeping: Keeping;
  readonly tenant: string;
  /** The state that is written. */
  readonly id: string;
  /** Every state that is locked for this write. */
  readonly rows: readonly LockedRow[];
  readonly hashOf: HashesOf;
  readonly dataKey: DataKey | undefined;
  /** Hashes of the names whose answers change; added to here. */
  readonly changed: Set<string>;
}

/** The keyed hashes of what rows hold, each made once: they cost more than a statement's values. */
export interface HashesOf {
  readonly id: (stored: string) => string;
  readonly name: (stored: string) => string;
}

export function hashesOf(hashName: HashName, tenant: string): HashesOf {
  const once = (kind: HandoffName['kind']) => {
    const known = new Map<string, string>();
    return (value: string) => {
      const hash = known.get(value) ?? hashOfStored(hashName, tenant, { kind, value });
      known.set(value, hash);
      return hash;
    };
  };
  return { id: once('id'), name: once('shared_id') };
}

/** The other states that held names which this one claims now drop them, and are sealed anew. */
export async function loseNames(names: Names, claimed: readonly string[]): Promise<void> {
  const { transaction, keeping, tenant, id, rows } = names;
  for (const loser of rows) {
    const lost = namesOf(loser).filter((name) => claimed.includes(name));
    if (loser.id === id || lost.length === 0) continue;
    if (loser.expires_at <= transaction.now) {
      // What has expired changes no more, purged or not.
      await bury(transaction, keeping.hashName, tenant, [loser], 'expired');
      await transaction.run(dropTombstones, tenant, lost.map(names.hashOf.name));
      continue;
    }
    await writeLoser(names, loser, lost);
  }
}

async function writeLoser(names: Names, loser: LockedRow, lost: readonly string[]): Promise<void> {
  const { transaction, keeping, tenant, changed } = names;
  const { hashName } = keeping;
  const [row] = await transaction.all(lockStates, tenant, [loser.id], []);
  const readable = opened(row!);
  const findKey = await keeping.dataKeys.of(transaction, tenant, [readable]);
  // A version goes by for each name.
  const version = loser.version + lost.length;
  const times = { writtenAt: loser.written_at, expiresAt: loser.expires_at };
  const state = { ...times, version, updatedAt: transaction.now };
  const loss = { tenant, row: readable, lost, findKey, ...state };
  const content = contentAfter(hashName, loss, names.dataKey);
  const { write_id: writeId } = loser;
  await Promise.all([
    transaction.run(updateState, ...rowValues(tenant, state, content, loser, writeId)),
    noteLoss(names, loser.id, lost),
  ]);
  for (const key of keysOf(names.hashOf, loser)) changed.add(key);
}

/** A row with its content as it was sealed. */
export function opened<Row extends { readonly sealed: string }>(row: Row) {
  return { ...row, sealed: fromText(row.sealed) };
}

/** The whole state of a row. Throws where its content does not open. */
export async function openedState(
  transaction: Transaction,
  { dataKeys }: Keeping,
  tenant: string,
  row: StateRow & { readonly sealed: string },
): Promise<HandoffState> {
  const readable = opened(row);
  return openState(tenant, readable, await dataKeys.of(transaction, tenant, [readable]));
}

/** A state as its row holds it. */
export function stateValues(
  { keeping, tenant, dataKey }: Names,
  state: HandoffState,
  pickup: PickupColumns,
  writeId: string,
): StateValues {
  const content = contentOf(keeping.hashName, tenant, state, dataKey);
  return rowValues(tenant, state, content, pickup, writeId);
}

function rowValues(
  tenant: string,
  state: Pick<HandoffState, 'version' | 'writtenAt' | 'updatedAt' | 'expiresAt'>,
  content: StoredContent,
  pickup: PickupColumns,
  writeId: string,
): StateValues {
  return [
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
    writeId,
    toText(content.sealed),
  ];
}

/** What the state held before and holds no more. */
export async function dropNames(
  names: Names,
  before: StateRow | undefined,
  claimed: readonly string[],
): Promise<void> {
  if (before === undefined) return;
  const { transaction, tenant, id, hashOf, changed } = names;
  for (const key of keysOf(hashOf, before)) changed.add(key);
  const dropped = namesOf(before).filter((name) => !claimed.includes(name));
  if (dropped.length === 0) return;
  await Promise.all([
    transaction.run(dropAliases, tenant, id, dropped),
    noteLoss(names, id, dropped),
  ]);
}

async function noteLoss(names: Names, id: string, lost: readonly string[]): Promise<void> {
  const { transaction, tenant, hashOf } = names;
  await transaction.run(notePastNames, tenant, lost.map(hashOf.name), id);
}

/** Names that the state did not hold before; in one order, for two claims of the same ones. */
export async function claimNames(
  names: Names,
  before: StateRow | undefined,
  claimed: readonly string[],
): Promise<void> {
  const { transaction, tenant, id, hashOf, changed } = names;
  changed.add(hashOf.id(id));
  const held = before === undefined ? [] : namesOf(before);
  const gained = claimed.filter((name) => !held.includes(name)).toSorted();
  for (const name of gained) changed.add(hashOf.name(name));
  const claims = await Promise.all(
    gained.map((name) => transaction.first(claimAlias, tenant, name, id)),
  );
  for (const [place, name] of gained.entries()) {
    await checkHolder(names, name, claims[place]!.previous_id);
  }
}

/** Throws a conflict where a name that was claimed is missed by one that is not locked. */
export async function checkHolder(
  { transaction, tenant, id, rows }: Names,
  name: string,
  loser: string | null,
): Promise<void> {
  const isKnown = loser === null || loser === id || rows.some((row) => row.id === loser);
  if (isKnown) return;
  // Somebody else claimed it a moment ago, and would not know that it was lost.
  // Where no state has it, its row in the index was all that was left of a damaged one.
  const owner = await transaction.first(stateHead, tenant, loser);
  if (owner !== undefined && namesOf(owner).includes(name)) throw new Conflict();
}

/** The hashes of every name that finds the state. */
export function keysOf(hashOf: HashesOf, row: StateRow): string[] {
  return [hashOf.id(row.id), ...namesOf(row).map(hashOf.name)];
}
