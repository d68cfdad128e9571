// The settings that a store keeps of itself: its region, and the wrapped keys of its own.

import { randomBytes } from 'node:crypto';
import type { MasterKeys } from '../../master-key.js';
import { newSigningKey } from '../../receipt.js';
import { type Connection, prepare } from './database.js';

/** A key that the store makes once and keeps for itself, wrapped by the master key. */
interface KeptKey {
  readonly name: string;
  readonly purpose: string;
  readonly make: () => Uint8Array;
}

const hashKey: KeptKey = {
  name: 'name_hash_key',
  purpose: 'baton name hash key',
  make: () => randomBytes(32),
};
const auditKey: KeptKey = {
  name: 'audit_key',
  purpose: 'baton audit key',
  make: () => randomBytes(32),
};
const signingKey: KeptKey = {
  name: 'receipt_signing_key',
  purpose: 'baton receipt signing key',
  make: newSigningKey,
};

/** That of the name hashes first: it decides by which master key new data keys are wrapped. */
const keptKeys = [hashKey, auditKey, signingKey];

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
  const wrapped = readSetting(database, kept.name);
  if (wrapped === undefined) {
    const made = kept.make();
    // As the older one is: by a master key that every process knows.
    const like = readSetting(database, hashKey.name) as Uint8Array | undefined;
    const { purpose } = kept;
    const wrappedNow =
      like === undefined
        ? masterKeys.wrap(purpose, made)
        : masterKeys.wrapLike(like, purpose, made);
    writeSetting(database, kept.name, wrappedNow);
    return made;
  }
  const key = masterKeys.unwrap(kept.purpose, wrapped as Uint8Array);
  if (key !== undefined) return key;
  throw new Error(
    'This master key is not the one of this store; give the right one with --master-key-file, ' +
      'BATON_MASTER_KEY or BATON_MASTER_KEY_COMMAND.',
  );
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
