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
import { type Session, statement } from './session.js';

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
  kept: KeptKey,
): Promise<Uint8Array> {
  const found = await wrappedKey(session, kept);
  if (found !== undefined) return unwrapKept(masterKeys, kept, found);
  const { key, wrapped } = makeKept(masterKeys, kept, await wrappedHashKey(session));
  await writeSetting(session, kept.name, Buffer.from(wrapped).toString('base64'));
  return key;
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
