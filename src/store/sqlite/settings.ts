// The settings that a store keeps of itself: its region, and its wrapped key of name hashes.

import { randomBytes } from 'node:crypto';
import type { MasterKeys } from '../../master-key.js';
import { type Connection, prepare } from './database.js';

const hashKeyName = 'name_hash_key';
const hashKeyPurpose = 'baton name hash key';

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
  return readSetting(database, hashKeyName) !== undefined;
}

/** The key of the name hashes, made at first, and always wrapped by the master key. */
export function openHashKey(database: Connection, masterKeys: MasterKeys): Uint8Array {
  const wrapped = readSetting(database, hashKeyName);
  if (wrapped === undefined) {
    const made = randomBytes(32);
    writeSetting(database, hashKeyName, masterKeys.wrap(hashKeyPurpose, made));
    return made;
  }
  const key = masterKeys.unwrap(hashKeyPurpose, wrapped as Uint8Array);
  if (key !== undefined) return key;
  throw new Error(
    'This master key is not the one of this store; give the right one with --master-key-file, ' +
      'BATON_MASTER_KEY or BATON_MASTER_KEY_COMMAND.',
  );
}

/** Whether this master key is the one of this store. */
export function opensHashKey(database: Connection, masterKeys: MasterKeys): boolean {
  const wrapped = readSetting(database, hashKeyName);
  if (wrapped === undefined) return true;
  return masterKeys.unwrap(hashKeyPurpose, wrapped as Uint8Array) !== undefined;
}

/** It as it is kept; by the master key that wraps it new data keys are wrapped too. */
export function wrappedHashKey(database: Connection): Uint8Array {
  return readSetting(database, hashKeyName) as Uint8Array;
}

/** Wraps the key of the name hashes by the current master key; whether it had to. */
export function rewrapHashKey(database: Connection, masterKeys: MasterKeys): boolean {
  const wrapped = wrappedHashKey(database);
  if (masterKeys.isCurrent(wrapped)) return false;
  const key = openHashKey(database, masterKeys);
  prepare<[Uint8Array, string]>(database, 'UPDATE setting SET value = ? WHERE name = ?').run(
    masterKeys.wrap(hashKeyPurpose, key),
    hashKeyName,
  );
  return true;
}
