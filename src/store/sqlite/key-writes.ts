// Writes of API keys, each inside the writer's transaction.

import { BatonError } from '../../error.js';
import type { ApiKey } from '../../key.js';
import { type KeyRow, keyColumns, keyOf, rowOfKey } from '../reference-rows.js';
import { type Connection, prepare } from './database.js';

export type KeyStatements = ReturnType<typeof prepareKeyStatements>;

export function prepareKeyStatements(db: Connection) {
  const insert = prepare<[KeyRow]>(
    db,
    `INSERT INTO api_key (${keyColumns})
     VALUES (@key_id, @name, @account_id, @projects, @permission, @view, @region,
             @secret_hash, @created_at, @expires_at, @revoked_at, @last_used_at)`,
  );
  return {
    key: prepare<[string], KeyRow>(db, `SELECT ${keyColumns} FROM api_key WHERE key_id = ?`),
    insertKey: (key: ApiKey) => insert.run(rowOfKey(key)),
    endKey: prepare<[number, string, string]>(
      db,
      `UPDATE api_key SET expires_at = min(?, coalesce(expires_at, 9e15)), successor_id = ?
       WHERE key_id = ?`,
    ),
    successor: prepare<[string], { successor_id: string | null }>(
      db,
      'SELECT successor_id FROM api_key WHERE key_id = ?',
    ),
    revokeKey: prepare<[number, string]>(
      db,
      'UPDATE api_key SET revoked_at = coalesce(revoked_at, ?) WHERE key_id = ?',
    ),
    noteUse: prepare<[number, string]>(
      db,
      'UPDATE api_key SET last_used_at = max(?, coalesce(last_used_at, 0)) WHERE key_id = ?',
    ),
    raiseReferenceVersion: prepare<[]>(
      db,
      "UPDATE setting SET value = value + 1 WHERE name = 'reference_version'",
    ),
  };
}

export function createKey(statements: KeyStatements, { key }: { key: ApiKey }): void {
  statements.insertKey(key);
  statements.raiseReferenceVersion.run();
}

export function rotateKey(
  statements: KeyStatements,
  input: { keyId: string; successor: ApiKey; endsAt: number },
): void {
  const key = existing(statements, input.keyId);
  if (key.revokedAt !== null) {
    throw new BatonError('conflict', 'This key is revoked; make a new key instead.');
  }
  if (statements.successor.get(input.keyId)?.successor_id) {
    throw new BatonError('conflict', 'This key was rotated already; rotate its successor instead.');
  }
  statements.insertKey(input.successor);
  statements.endKey.run(input.endsAt, input.successor.keyId, input.keyId);
  statements.raiseReferenceVersion.run();
}

export function revokeKey(
  statements: KeyStatements,
  { keyId, revokedAt }: { keyId: string; revokedAt: number },
): ApiKey {
  existing(statements, keyId);
  statements.revokeKey.run(revokedAt, keyId);
  statements.raiseReferenceVersion.run();
  return existing(statements, keyId);
}

export function noteKeyUse(
  statements: KeyStatements,
  { usedAt }: { usedAt: ReadonlyMap<string, number> },
): void {
  for (const [keyId, time] of usedAt) statements.noteUse.run(time, keyId);
}

function existing(statements: KeyStatements, keyId: string): ApiKey {
  const row = statements.key.get(keyId);
  if (row === undefined) throw new BatonError('not_found', 'There is no such key.');
  return keyOf(row);
}
