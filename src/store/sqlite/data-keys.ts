// The data keys of projects as SQLite keeps them, and those that were unwrapped already.

import type { MasterKeys } from '../../master-key.js';
import type { MasterKeyRing } from '../../master-key-source.js';
import { projectOutOfReach } from '../../project.js';
import type { DataKey } from '../../sealing.js';
import {
  countWrappers,
  type DataKeyRow,
  newWrappedDataKey,
  rewrapDataKey,
  rewrappedMax,
  sealsMax,
  sealsReserved,
  unwrapDataKey,
  type WrapperCounts,
} from '../data-keys.js';
import type { FindDataKey } from '../stored-states.js';
import { type Connection, prepare } from './database.js';

export class DataKeys {
  readonly #statements;
  readonly #masterKeys: MasterKeyRing;
  readonly #unwrapped = new Map<string, DataKey>();

  constructor(db: Connection, masterKeys: MasterKeyRing) {
    this.#statements = prepareDataKeyStatements(db);
    this.#masterKeys = masterKeys;
  }

  /** Keys may have been destroyed: from here on only those that are still there are known. */
  forget(): void {
    this.#unwrapped.clear();
  }

  /** Throws where the project has no key of this number, `forbidden` where it was erased. */
  get(tenant: string, number: number): DataKey {
    const key = this.#find(tenant, number);
    if (key === undefined) throw new Error(`Tenant ${tenant} has no data key ${number}.`);
    return key;
  }

  /** Finds the keys of one project. */
  of(tenant: string): FindDataKey {
    return (number) => this.#find(tenant, number)?.key;
  }

  /** Throws `forbidden` where the project was erased. */
  checkProject(tenant: string): void {
    if (this.#statements.project.get(tenant) === undefined) throw projectOutOfReach();
  }

  #find(tenant: string, number: number): DataKey | undefined {
    const name = `${tenant}\n${number}`;
    const known = this.#unwrapped.get(name);
    if (known !== undefined) return known;
    const row = this.#statements.byNumber.get(tenant, number);
    if (row === undefined) {
      this.checkProject(tenant);
      return undefined;
    }
    const key = unwrapDataKey(this.#masterKeys, tenant, row);
    this.#unwrapped.set(name, key);
    return key;
  }
}

export type DataKeyStatements = ReturnType<typeof prepareDataKeyStatements>;

export function prepareDataKeyStatements(db: Connection) {
  return {
    project: prepare<[string]>(db, 'SELECT 1 FROM project WHERE tenant = ?'),
    byNumber: prepare<[string, number], DataKeyRow>(
      db,
      'SELECT number, wrapped, seals FROM data_key WHERE tenant = ? AND number = ?',
    ),
    newest: prepare<[string], DataKeyRow>(
      db,
      `SELECT number, wrapped, seals FROM data_key WHERE tenant = ?
       ORDER BY number DESC LIMIT 1`,
    ),
    insert: prepare<[string, number, Uint8Array, number, number]>(
      db,
      'INSERT INTO data_key (tenant, number, wrapped, seals, created_at) VALUES (?, ?, ?, ?, ?)',
    ),
    count: prepare<[number, string, number]>(
      db,
      'UPDATE data_key SET seals = seals + ? WHERE tenant = ? AND number = ?',
    ),
    /** Those that another master key wraps than the one with this id. */
    notWrappedBy: prepare<[Uint8Array, number], DataKeyRow & { readonly tenant: string }>(
      db,
      `SELECT tenant, number, wrapped, seals FROM data_key WHERE substr(wrapped, 2, 8) <> ?
       ORDER BY tenant, number LIMIT ?`,
    ),
    countNotWrappedBy: prepare<[Uint8Array], { count: number }>(
      db,
      'SELECT count(*) AS count FROM data_key WHERE substr(wrapped, 2, 8) <> ?',
    ),
    rewrap: prepare<[Uint8Array, string, number]>(
      db,
      'UPDATE data_key SET wrapped = ? WHERE tenant = ? AND number = ?',
    ),
  };
}

/**
 * Counts the next seals of a project; gives the number of the key to seal with. Throws
 * `forbidden` where the project was erased.
 */
export function reserveSeals(
  statements: DataKeyStatements,
  masterKeys: MasterKeyRing,
  { tenant, now, wrappedHashKey }: { tenant: string; now: number; wrappedHashKey: Uint8Array },
): number {
  if (statements.project.get(tenant) === undefined) throw projectOutOfReach();
  const newest = statements.newest.get(tenant);
  if (newest !== undefined && newest.seals < sealsMax) {
    statements.count.run(sealsReserved, tenant, newest.number);
    return newest.number;
  }
  const number = 1 + (newest?.number ?? 0);
  const wrapped = newWrappedDataKey(masterKeys, tenant, wrappedHashKey);
  statements.insert.run(tenant, number, wrapped, sealsReserved, now);
  return number;
}

/** Wraps some data keys by the current master key; how many were not, before. */
export function rewrapDataKeys(statements: DataKeyStatements, masterKeys: MasterKeyRing): number {
  const current = masterKeys.keys.ids[0]!;
  const { count } = statements.countNotWrappedBy.get(current)!;
  for (const row of statements.notWrappedBy.all(current, rewrappedMax)) {
    statements.rewrap.run(rewrapDataKey(masterKeys, row.tenant, row), row.tenant, row.number);
  }
  return count;
}

/** How the data keys are wrapped, and these other keys. */
export function wrapperCounts(
  db: Connection,
  masterKeys: MasterKeys,
  others: readonly Uint8Array[] = [],
): WrapperCounts {
  const rows = prepare<[], { wrapper: Uint8Array; count: number }>(
    db,
    'SELECT substr(wrapped, 1, 9) AS wrapper, count(*) AS count FROM data_key GROUP BY 1',
  ).all();
  return countWrappers(masterKeys, [...rows, ...others.map((wrapper) => ({ wrapper, count: 1 }))]);
}
