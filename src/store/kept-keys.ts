// The keys that a store makes once and keeps for itself, wrapped by the master key.

import { randomBytes } from 'node:crypto';
import type { MasterKeys } from '../master-key.js';
import { newSigningKey } from '../receipt.js';

export interface KeptKey {
  /** Of the setting that holds it. */
  readonly name: string;
  readonly purpose: string;
  readonly make: () => Uint8Array;
}

export const hashKey: KeptKey = {
  name: 'name_hash_key',
  purpose: 'baton name hash key',
  make: () => randomBytes(32),
};
export const auditKey: KeptKey = {
  name: 'audit_key',
  purpose: 'baton audit key',
  make: () => randomBytes(32),
};
export const signingKey: KeptKey = {
  name: 'receipt_signing_key',
  purpose: 'baton receipt signing key',
  make: newSigningKey,
};

/** That of the name hashes first: it decides by which master key new data keys are wrapped. */
export const keptKeys = [hashKey, auditKey, signingKey];

/** A new one, wrapped as the store's oldest is: by a master key that every process knows. */
export function makeKept(
  masterKeys: MasterKeys,
  { purpose, make }: KeptKey,
  oldest: Uint8Array | undefined,
): { readonly key: Uint8Array; readonly wrapped: Uint8Array } {
  const key = make();
  const wrapped =
    oldest === undefined
      ? masterKeys.wrap(purpose, key)
      : masterKeys.wrapLike(oldest, purpose, key);
  return { key, wrapped };
}

/** Throws, with the cure, where none of the master keys wrapped it. */
export function unwrapKept(
  masterKeys: MasterKeys,
  { purpose }: KeptKey,
  wrapped: Uint8Array,
): Uint8Array {
  const key = masterKeys.unwrap(purpose, wrapped);
  if (key !== undefined) return key;
  throw new Error(
    'This master key is not the one of this store; give the right one with --master-key-file, ' +
      'BATON_MASTER_KEY or BATON_MASTER_KEY_COMMAND.',
  );
}
