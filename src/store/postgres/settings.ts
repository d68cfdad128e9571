// The settings that a store keeps of itself: its region, and the wrapped keys of its own.

import { randomBytes } from 'node:crypto';
import type { MasterKeys } from '../../master-key.js';
import { newSigningKey } from '../../receipt.js';
import { type Session, statement } from './session.js';

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

const read = statement<[name: string], { value: string }>(
  'read_setting',
  'SELECT value FROM setting WHERE name = $1',
);
const write = statement<[name: string, value: string]>(
  'write_setting',
  'INSERT INTO setting (name, value) VALUES ($1, $2)',
);
const raise = statement<[]>(
  'raise_reference_version',
  "UPDATE setting SET value = (value::bigint + 1)::text WHERE name = 'reference_version'",
);

export async function readSetting(session: Session, name: string): Promise<string | undefined> {
  const row = await session.first(read, name);
  return row?.value;
}

export async function writeSetting(session: Session, name: string, value: string): Promise<void> {
  await session.run(write, name, value);
}

/** Tells every node that a project or a key has changed. */
export async function raiseReferenceVersion(session: Session): Promise<void> {
  await session.run(raise);
}

/** The key of the name hashes, made at first, and always wrapped by the master key. */
export function openHashKey(session: Session, masterKeys: MasterKeys): Promise<Uint8Array> {
  return openKey(session, masterKeys, hashKey);
}

/** The key that authenticates the audit, likewise; opened after that of the name hashes. */
export function openAuditKey(session: Session, masterKeys: MasterKeys): Promise<Uint8Array> {
  return openKey(session, masterKeys, auditKey);
}

/** The key that signs receipts, likewise. */
export function openSigningKey(session: Session, masterKeys: MasterKeys): Promise<Uint8Array> {
  return openKey(session, masterKeys, signingKey);
}

async function openKey(
  session: Session,
  masterKeys: MasterKeys,
  { name, purpose, make }: KeptKey,
): Promise<Uint8Array> {
  const wrapped = await readSetting(session, name);
  if (wrapped === undefined) {
    const made = make();
    // As the older one is: by a master key that every node knows.
    const like = await wrappedHashKey(session);
    const kept =
      like === undefined
        ? masterKeys.wrap(purpose, made)
        : masterKeys.wrapLike(like, purpose, made);
    await writeSetting(session, name, Buffer.from(kept).toString('base64'));
    return made;
  }
  const key = masterKeys.unwrap(purpose, Buffer.from(wrapped, 'base64'));
  if (key !== undefined) return key;
  throw new Error(
    'This master key is not the one of this store; give the right one with --master-key-file, ' +
      'BATON_MASTER_KEY or BATON_MASTER_KEY_COMMAND.',
  );
}

/** Whether this master key is the one of this store. */
export async function opensHashKey(session: Session, masterKeys: MasterKeys): Promise<boolean> {
  const wrapped = await readSetting(session, hashKey.name);
  if (wrapped === undefined) return true;
  return masterKeys.unwrap(hashKey.purpose, Buffer.from(wrapped, 'base64')) !== undefined;
}

const change = statement<[name: string, value: string]>(
  'change_setting',
  'UPDATE setting SET value = $2 WHERE name = $1',
);

/** The key of the name hashes as it is kept; undefined where there is none yet. */
export function wrappedHashKey(session: Session): Promise<Uint8Array | undefined> {
  return wrappedKey(session, hashKey);
}

/** The kept keys as they are kept. */
export async function wrappedKeptKeys(session: Session): Promise<Uint8Array[]> {
  const wrapped: Uint8Array[] = [];
  for (const kept of keptKeys) {
    const value = await wrappedKey(session, kept);
    if (value !== undefined) wrapped.push(value);
  }
  return wrapped;
}

async function wrappedKey(session: Session, { name }: KeptKey): Promise<Uint8Array | undefined> {
  const wrapped = await readSetting(session, name);
  return wrapped === undefined ? undefined : Buffer.from(wrapped, 'base64');
}

const lock = statement<[name: string], { value: string }>(
  'lock_setting',
  'SELECT value FROM setting WHERE name = $1 FOR SHARE',
);

/**
 * The key of the name hashes as it is kept, unchanged for as long as the transaction lasts; by the
 * master key that wraps it new data keys are wrapped too.
 */
export async function lockWrappedHashKey(session: Session): Promise<Uint8Array> {
  const row = (await session.first(lock, hashKey.name))!;
  return Buffer.from(row.value, 'base64');
}

/** Wraps the kept keys by the current master key; how many were not, before. */
export async function rewrapKeptKeys(session: Session, masterKeys: MasterKeys): Promise<number> {
  let count = 0;
  for (const kept of keptKeys) {
    const wrapped = (await readSetting(session, kept.name))!;
    if (masterKeys.isCurrent(Buffer.from(wrapped, 'base64'))) continue;
    const key = await openKey(session, masterKeys, kept);
    const rewrapped = Buffer.from(masterKeys.wrap(kept.purpose, key)).toString('base64');
    await session.run(change, kept.name, rewrapped);
    count += 1;
  }
  return count;
}
