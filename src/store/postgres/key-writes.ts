// Writes of API keys, each inside a transaction.

import { BatonError } from '../../error.js';
import type { ApiKey } from '../../key.js';
import { type KeyRow, keyColumns, keyOf, rowOfKey } from '../reference-rows.js';
import { type Session, statement } from './session.js';
import { raiseReferenceVersion } from './settings.js';
import type { Settled, Transaction } from './write.js';

export const lockKey = statement<[keyId: string], KeyRow & { successor_id: string | null }>(
  'lock_key',
  `SELECT ${keyColumns}, successor_id FROM api_key WHERE key_id = $1 FOR UPDATE`,
);
const insert = statement<unknown[]>(
  'insert_key',
  `INSERT INTO api_key (${keyColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
     $12)`,
);
const endKey = statement<[keyId: string, endsAt: number, successorId: string]>(
  'end_key',
  `UPDATE api_key SET expires_at = least($2::bigint, expires_at), successor_id = $3
   WHERE key_id = $1`,
);
export const revoke = statement<[keyId: string, revokedAt: number]>(
  'revoke_key',
  'UPDATE api_key SET revoked_at = coalesce(revoked_at, $2) WHERE key_id = $1',
);
const noteUse = statement<[keyId: string, usedAt: number]>(
  'note_key_use',
  'UPDATE api_key SET last_used_at = greatest($2::bigint, last_used_at) WHERE key_id = $1',
);

export async function insertKey(session: Session, key: ApiKey): Promise<void> {
  const row = rowOfKey(key);
  await session.run(
    insert,
    row.key_id,
    row.name,
    row.account_id,
    row.projects,
    row.permission,
    row.view,
    row.region,
    row.secret_hash,
    row.created_at,
    row.expires_at,
    row.revoked_at,
    row.last_used_at,
  );
}

export async function createKey(transaction: Transaction, key: ApiKey): Promise<void> {
  await insertKey(transaction, key);
  await raiseReferenceVersion(transaction);
}

/** Whether a key that a lost commit was to make is there. */
export async function settleNewKey(session: Session, keyId: string): Promise<Settled> {
  return (await session.first(lockKey, keyId)) === undefined ? 'undone' : 'done';
}

export async function rotateKey(
  transaction: Transaction,
  input: { keyId: string; successor: ApiKey; endsAt: number },
): Promise<void> {
  const key = await existing(transaction, input.keyId);
  if (key.revoked_at !== null) {
    throw new BatonError('conflict', 'This key is revoked; make a new key instead.');
  }
  if (key.successor_id !== null) {
    throw new BatonError('conflict', 'This key was rotated already; rotate its successor instead.');
  }
  await insertKey(transaction, input.successor);
  await transaction.run(endKey, input.keyId, input.endsAt, input.successor.keyId);
  await raiseReferenceVersion(transaction);
}

export async function revokeKey(
  transaction: Transaction,
  { keyId, revokedAt }: { keyId: string; revokedAt: number },
): Promise<ApiKey> {
  await existing(transaction, keyId);
  await transaction.run(revoke, keyId, revokedAt);
  await raiseReferenceVersion(transaction);
  return keyOf(await existing(transaction, keyId));
}

/** In the order of their ids: two nodes that note the same keys do not wait in a circle. */
export async function noteKeyUse(
  transaction: Transaction,
  usedAt: ReadonlyMap<string, number>,
): Promise<void> {
  const ids = [...usedAt.keys()].toSorted();
  for (const id of ids) await transaction.run(noteUse, id, usedAt.get(id)!);
}

async function existing(
  transaction: Transaction,
  keyId: string,
): Promise<KeyRow & { readonly successor_id: string | null }> {
  const row = await transaction.first(lockKey, keyId);
  if (row === undefined) throw new BatonError('not_found', 'There is no such key.');
  return row;
}
