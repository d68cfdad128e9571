// Shared ids and aliases: who holds them, who loses them, who claims them.

import { claimedNames } from '../../handoff.js';
import type { HashName } from '../../name-hash.js';
import { aliasesOf, type StateRow } from '../handoff-rows.js';
import { Conflict } from './failure.js';
import {
  claimAlias,
  dropAliases,
  dropTombstones,
  type LockedRow,
  writeNames,
} from './handoff-statements.js';
import { bury } from './tombstones.js';
import type { Transaction } from './write.js';

/** What a write of one state needs to settle its names. */
interface Names {
  readonly transaction: Transaction;
  readonly hashName: HashName;
  readonly tenant: string;
  /** The state that is written. */
  readonly id: string;
  /** Every state that is locked for this write. */
  readonly rows: readonly LockedRow[];
  /** Hashes of the names whose answers change; added to here. */
  readonly changed: Set<string>;
}

/** The other states that held names which this one claims now drop them. */
export async function loseNames(names: Names, claimed: readonly string[]): Promise<void> {
  const { transaction, hashName, tenant, id, rows, changed } = names;
  for (const loser of rows) {
    const lost = namesOf(loser).filter((name) => claimed.includes(name)).length;
    if (loser.id === id || lost === 0) continue;
    if (loser.expires_at <= transaction.now) {
      // What has expired changes no more, purged or not.
      await bury(transaction, hashName, tenant, [loser], 'expired');
      continue;
    }
    const keeps = (name: string) => !claimed.includes(name);
    const sharedId = loser.shared_id !== null && keeps(loser.shared_id) ? loser.shared_id : null;
    const aliases = JSON.stringify(aliasesOf(loser).filter(keeps));
    const { now } = transaction;
    await transaction.run(writeNames, tenant, loser.id, sharedId, aliases, now, lost);
    for (const key of keysOf(hashName, tenant, loser)) changed.add(key);
  }
}

/** What the state held before and holds no more. */
export async function dropNames(
  names: Names,
  before: StateRow | undefined,
  claimed: readonly string[],
): Promise<void> {
  if (before === undefined) return;
  const { transaction, hashName, tenant, id, changed } = names;
  for (const key of keysOf(hashName, tenant, before)) changed.add(key);
  const dropped = namesOf(before).filter((name) => !claimed.includes(name));
  if (dropped.length > 0) await transaction.run(dropAliases, tenant, id, dropped);
}

/** Names that the state did not hold before; in one order, for two claims of the same ones. */
export async function claimNames(
  names: Names,
  before: StateRow | undefined,
  claimed: readonly string[],
): Promise<void> {
  const { transaction, hashName, tenant, id, rows, changed } = names;
  changed.add(hashName(tenant, { kind: 'id', value: id }));
  const held = before === undefined ? [] : namesOf(before);
  const gained = claimed.filter((name) => !held.includes(name)).toSorted();
  const hashes = gained.map((value) => hashName(tenant, { kind: 'shared_id', value }));
  for (const hash of hashes) changed.add(hash);
  // A name that is written again has not ended.
  if (before !== undefined && gained.length > 0) {
    await transaction.run(dropTombstones, tenant, hashes);
  }
  for (const name of gained) {
    const { previous_id: loser } = (await transaction.first(claimAlias, tenant, name, id))!;
    const isKnown = loser === null || loser === id || rows.some((row) => row.id === loser);
    // Somebody else claimed it a moment ago, and would not know that it was lost.
    if (!isKnown) throw new Conflict();
  }
}

export function namesOf(row: StateRow): string[] {
  return claimedNames({ sharedId: row.shared_id, aliases: aliasesOf(row) });
}

/** The hashes of every name that finds the state. */
export function keysOf(hashName: HashName, tenant: string, row: StateRow): string[] {
  const names = namesOf(row).map((value) => hashName(tenant, { kind: 'shared_id', value }));
  return [hashName(tenant, { kind: 'id', value: row.id }), ...names];
}
