// What a backup is made of and what it fills, as each store gives it.

import type { BackupTable } from './tables.js';

export type StoreKind = 'sqlite' | 'postgres';

/** A value as a backup holds it: see `ValueKind`. */
export type Value = string | number | null;

/** The values of a row, in the order of its table's columns. */
export type Row = readonly Value[];

/** The kind of a store, and its schema version or the newest that this version of Baton knows. */
export interface StoreSchema {
  readonly storeKind: StoreKind;
  readonly schemaVersion: number;
}

/** One moment of a store: every write that was acknowledged before it was opened, none in part. */
export interface Snapshot extends StoreSchema {
  readonly region: string;
  count(table: BackupTable): Promise<number>;
  /** Every row, some at a time. */
  rows(table: BackupTable): AsyncIterable<readonly Row[]>;
}

/** An empty store that is being filled: all of it is kept, or nothing. */
export interface EmptyStore {
  /** `table` may have fewer columns than the store's: the others take their defaults. */
  insert(table: BackupTable, rows: readonly Row[]): Promise<void>;
}
