// The settings that a store keeps of itself: its region, and the wrapped keys of its own.

import type { MasterKeys } from '../../master-key.js';
import {
  auditKey,
  hashKey,
  type KeptKey,
  keptKeys,
  makeKept,
  signingKey,
  unwrapKept,
} from '../kept-keys.js';
import { type Connection, prepare } from './database.js';

type Setting = string | number | Uint8Array;

export function readSetting(database: Connection, name: string): Setting | undefined {
  return prepare<[string], { value: Setting }>(
    database,
    'SELECT value FROM setting WHERE name = ?',
  ).get(name)?.value;
}

export function writeSetting(database: Connection, name: string, value: Setting): void {
  prepare<[string, Setting]>(database, 'INSERT INTO setting (name, value) VALUES (?, ?)').run(
    name,
    value,
  );
}

/** Whether a master key has been here: from then on no other will do. */
export function hasHashKey(database: Connection): boolean {
  return readSetting(database, hashKey.name) !== undefined;
}

/** The key of the name hashes, made at first, and always wrapped by the master key. */
export function openHashKey(database: Connection, masterKeys: MasterKeys): Uint8Array {
  return openKey(database, masterKeys, hashKey);
}

/** The key that authenticates the audit, likewise; opened after that of the name hashes. */
export function openAuditKey(database: Connection, masterKeys: MasterKeys): Uint8Array {
  return openKey(database, masterKeys, auditKey);
}

/** The key that signs receipts, likewise. */
export function openSigningKey(database: Connection, masterKeys: MasterKeys): Uint8Array {
  return openKey(database, masterKeys, signingKey);
}

function openKey(database: Connection, masterKeys: MasterKeys, kept: KeptKey): Uint8Array {
  const found = readSetting(database, kept.name) as Uint8Array | undefined;
  if (found !== undefined) return unwrapKept(masterKeys, kept, found);
  const oldest = readSetting(database, hashKey.name) as Uint8Array | undefined;
  const { key, wrapped } = makeKept(masterKeys, kept, oldest);
  writeSetting(database, kept.name, wrapped);
  return key;
}

/** Whether this master key is the one of this store. */
export function opensHashKey(database: Connection, masterKeys: MasterKeys): boolean {
  const wrapped = readSetting(database, hashKey.name);
  if (wrapped === undefined) return true;
  return masterKeys.unwrap(hashKey.purpose, wrapped as Uint8Array) !== undefined;
}

/**
 * The key of the name hashes as it is kept; by the master key that wraps it new data keys are
 * wrapped too.
 */
export function wrappedHashKey(database: Connection): Uint8Array {
  return readSetting(database, hashKey.name) as Uint8Array;
}

/** The kept keys as they are kept. */
export function wrappedKeptKeys(database: Connection): Uint8Array[] {
  const kept = keptKeys.map(({ name }) => readSetting(database, name));
  return kept.filter((wrapped) => wrapped !== undefined) as Uint8Array[];
}

/** Wraps the kept keys by the current master key; how many were not, before. */
export function rewrapKeptKeys(database: Connection, masterKeys: MasterKeys): number {
  const update = prepare<[Uint8Array, string]>(
    database,
    'UPDATE setting SET value = ? WHERE name = ?',
  );
  const old = keptKeys.filter(
    ({ name }) => !masterKeys.isCurrent(readSetting(database, name) as Uint8Array),
  );
  for (const kept of old) {
    const key = openKey(database, masterKeys, kept);
    update.run(masterKeys.wrap(kept.purpose, key), kept.name);
  }
  return old.length;
}
