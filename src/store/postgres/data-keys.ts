// The data keys of projects as PostgreSQL keeps them, and those that were unwrapped already.

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
import type { Sealed } from '../handoff-rows.js';
import { type FindDataKey, keyNumberOfRow } from '../stored-states.js';
import { databaseNow } from './clock.js';
import { type Session, statement } from './session.js';
import { lockWrappedHashKey } from './settings.js';

const columns = 'number, wrapped, seals';
const byNumber = statement<[tenant: string, number: number], DataKeyRow>(
  'data_key',
  `SELECT ${columns} FROM data_key WHERE tenant = $1 AND number = $2`,
);
const newest = statement<[tenant: string], DataKeyRow>(
  'newest_data_key',
  `SELECT ${columns} FROM data_key WHERE tenant = $1 ORDER BY number DESC LIMIT 1 FOR UPDATE`,
);
const insert = statement<[tenant: string, number: number, wrapped: Uint8Array, seals: number]>(
  'insert_data_key',
  `INSERT INTO data_key (tenant, number, wrapped, seals, created_at)
   VALUES ($1, $2, $3, $4, ${databaseNow})`,
);
const count = statement<[tenant: string, number: number, seals: number]>(
  'count_seals',
  'UPDATE data_key SET seals = seals + $3 WHERE tenant = $1 AND number = $2',
);
const notWrappedBy = statement<
  [masterId: Uint8Array, limit: number],
  DataKeyRow & { readonly tenant: string }
>(
  'data_keys_not_wrapped_by',
  `SELECT tenant, ${columns} FROM data_key WHERE substr(wrapped, 2, 8) <> $1
   ORDER BY tenant, number LIMIT $2`,
);
const countNotWrappedBy = statement<[masterId: Uint8Array], { count: number }>(
  'count_data_keys_not_wrapped_by',
  'SELECT count(*) AS count FROM data_key WHERE substr(wrapped, 2, 8) <> $1',
);
const wrappers = statement<[], { wrapper: Uint8Array; count: number }>(
  'data_key_wrappers',
  'SELECT substr(wrapped, 1, 9) AS wrapper, count(*) AS count FROM data_key GROUP BY 1',
);
const rewrap = statement<[tenant: string, number: number, wrapped: Uint8Array, before: Uint8Array]>(
  'rewrap_data_key',
  'UPDATE data_key SET wrapped = $3 WHERE tenant = $1 AND number = $2 AND wrapped = $4',
);

const projectOf = statement<[tenant: string], unknown>(
  'project_of_data_key',
  'SELECT 1 FROM project WHERE tenant = $1',
);
/** Until the end of the transaction nobody erases it. */
const holdProject = statement<[tenant: string], unknown>(
  'hold_project',
  'SELECT 1 FROM project WHERE tenant = $1 FOR KEY SHARE',
);

/** Gives a key that was read, or throws where it does not unwrap. */
type Unwrap = () => DataKey;

export class DataKeys {
  readonly #masterKeys: MasterKeyRing;
  readonly #unwrapped = new Map<string, DataKey>();
  #forgotten = 0;

  constructor(masterKeys: MasterKeyRing) {
    this.#masterKeys = masterKeys;
  }

  /** Keys may have been destroyed: from here on only those that are still there are known. */
  forget(): void {
    this.#unwrapped.clear();
    this.#forgotten += 1;
  }

  /**
   * The key to seal with; without a number none, and what is written stays in clear. Throws where
   * the project has no key of this number, `forbidden` where it was erased.
   */
  async get(
    session: Session,
    tenant: string,
    number: number | undefined,
  ): Promise<DataKey | undefined> {
    const unwrap = await this.#keyOf(session, tenant, number);
    if (unwrap === undefined && number !== undefined) {
      throw new Error(`Tenant ${tenant} has no data key ${number}.`);
    }
    return unwrap?.();
  }

  /**
   * Finds the keys that these rows of one project need. Where one of them does not unwrap, to ask
   * for it throws, and for the others does not.
   */
  async of(
    session: Session,
    tenant: string,
    rows: readonly { readonly sealed: Sealed }[],
  ): Promise<FindDataKey> {
    const keys = new Map<number | undefined, Unwrap>();
    for (const number of new Set(rows.map(keyNumberOfRow))) {
      const unwrap = await this.#keyOf(session, tenant, number);
      if (unwrap !== undefined) keys.set(number, unwrap);
    }
    return (number) => keys.get(number)?.().key;
  }

  /** What is kept in clear needs no key, but its project. */
  async #keyOf(
    session: Session,
    tenant: string,
    number: number | undefined,
  ): Promise<Unwrap | undefined> {
    if (number !== undefined) return this.#load(session, tenant, number);
    await this.checkProject(session, tenant);
    return undefined;
  }

  /** Rejects with `forbidden` where the project was erased. */
  async checkProject(session: Session, tenant: string): Promise<void> {
    if ((await session.first(projectOf, tenant)) === undefined) throw projectOutOfReach();
  }

  async #load(session: Session, tenant: string, number: number): Promise<Unwrap | undefined> {
    const name = `${tenant}\n${number}`;
    let key = this.#unwrapped.get(name);
    if (key !== undefined) return () => key!;
    const forgotten = this.#forgotten;
    const row = await session.first(byNumber, tenant, number);
    if (row === undefined) {
      await this.checkProject(session, tenant);
      return undefined;
    }
    return () => {
      key ??= unwrapDataKey(this.#masterKeys, tenant, row);
      // It may have been destroyed since it was read.
      if (forgotten === this.#forgotten) this.#unwrapped.set(name, key);
      return key;
    };
  }
}

/**
 * Counts the next seals of a project; gives the number of the key to seal with. Rejects with
 * `forbidden` where the project was erased.
 */
export async function reserveSeals(
  session: Session,
  masterKeys: MasterKeyRing,
  tenant: string,
): Promise<number> {
  if ((await session.first(holdProject, tenant)) === undefined) throw projectOutOfReach();
  const row = await session.first(newest, tenant);
  if (row !== undefined && row.seals < sealsMax) {
    await session.run(count, tenant, row.number, sealsReserved);
    return row.number;
  }
  const number = 1 + (row?.number ?? 0);
  // A rotation that has begun is waited for, and one that begins waits.
  const wrapped = newWrappedDataKey(masterKeys, tenant, await lockWrappedHashKey(session));
  await session.run(insert, tenant, number, wrapped, sealsReserved);
  return number;
}

/** Wraps some data keys by the current master key; how many were not, before. */
export async function rewrapDataKeys(session: Session, masterKeys: MasterKeyRing): Promise<number> {
  const current = masterKeys.keys.ids[0]!;
  const counted = await session.first(countNotWrappedBy, current);
  for (const row of await session.all(notWrappedBy, current, rewrappedMax)) {
    const wrapped = rewrapDataKey(masterKeys, row.tenant, row);
    await session.run(rewrap, row.tenant, row.number, wrapped, row.wrapped);
  }
  return counted!.count;
}

/** How the data keys are wrapped, and these other keys. */
export async function wrapperCounts(
  session: Session,
  masterKeys: MasterKeys,
  others: readonly Uint8Array[] = [],
): Promise<WrapperCounts> {
  const rows = await session.all(wrappers);
  return countWrappers(masterKeys, [...rows, ...others.map((wrapper) => ({ wrapper, count: 1 }))]);
}
