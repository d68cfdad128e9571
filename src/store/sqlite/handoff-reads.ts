// Look-ups and lists of handoffs, on the main thread, from memory where memory may be trusted.

import { type HandoffName, type ListedHandoff, readyAnswer } from '../../handoff.js';
import { limits } from '../../limits.js';
import type { HashName } from '../../name-hash.js';
import type { HandoffFilter, LookUp, Page, PageRequest } from '../store.js';
import { nameKey } from '../watchers.js';
import { AnswerCache } from './answer-cache.js';
import { type Connection, prepare } from './database.js';
import { aliasesOf, type SealedRow, type StateRow, stateColumns, stateOf } from './handoff-rows.js';
import type { TombstoneRow } from './handoff-statements.js';
import { missingCause } from './handoff-writes.js';

export class HandoffReads {
  readonly #statements;
  readonly #isSettled: () => boolean;
  readonly #answers = new AnswerCache(limits.answerCacheBytesMax);

  /** `isSettled`: whether every visible commit has been told to `forget` already. */
  constructor(db: Connection, hashName: HashName, isSettled: () => boolean) {
    this.#statements = prepareReads(db, hashName);
    this.#isSettled = isSettled;
  }

  /** From memory where memory may be trusted, else from the database. */
  lookUp(tenant: string, name: HandoffName, now: number): LookUp {
    const key = nameKey(tenant, name);
    if (this.#isSettled()) {
      const ready = this.#answers.get(key);
      if (ready !== undefined && ready.expiresAt > now) return { found: ready };
    }
    const row = this.#statements[name.kind].get(tenant, name.value);
    if (row === undefined) return { missing: missingCause(this.#statements, tenant, name) };
    if (row.expires_at <= now) return { missing: 'expired' };
    const answer = readyAnswer(stateOf(row));
    this.#answers.set(key, answer);
    return { found: answer };
  }

  /** Names whose answers have changed; from here on memory may be trusted for them again. */
  forget(keys: readonly string[]): void {
    for (const key of keys) this.#answers.delete(key);
  }

  list(tenant: string, filter: HandoffFilter, page: PageRequest, now: number): Page<ListedHandoff> {
    const ids = filter.id === undefined ? null : this.#idsNamed(tenant, 'id', filter.id);
    const sharedIds =
      filter.sharedId === undefined ? null : this.#idsNamed(tenant, 'shared_id', filter.sharedId);
    const rows = this.#statements.list.all({
      tenant,
      now,
      limit: page.limit + 1,
      status: filter.status ?? null,
      id: ids?.[0] ?? null,
      id_hash: ids?.[1] ?? null,
      shared: sharedIds?.[0] ?? null,
      shared_hash: sharedIds?.[1] ?? null,
      from: filter.from ?? Number.MIN_SAFE_INTEGER,
      to: filter.to ?? Number.MAX_SAFE_INTEGER,
      after_at: page.after?.at ?? Number.MAX_SAFE_INTEGER,
      after_id: page.after?.id ?? '',
    });
    const items = rows.slice(0, page.limit).map(listedOf);
    const last = items.at(-1);
    const next =
      rows.length > page.limit && last !== undefined ? { at: last.writtenAt, id: last.id } : null;
    return { items, next };
  }

  get cached(): { answers: number; bytes: number } {
    return { answers: this.#answers.size, bytes: this.#answers.bytes };
  }

  #idsNamed(tenant: string, kind: HandoffName['kind'], value: string): [string, string] {
    return [value, this.#statements.hashName(tenant, { kind, value })];
  }
}

interface ListedRow extends StateRow {
  readonly status: ListedHandoff['status'];
}

function listedOf(row: ListedRow): ListedHandoff {
  return {
    id: row.id,
    sharedId: row.shared_id,
    aliases: aliasesOf(row),
    version: row.version,
    writtenAt: row.written_at,
    updatedAt: row.updated_at,
    expiresAt: row.expires_at,
    status: row.status,
    pickedUpAt: row.picked_up_at,
  };
}

function prepareReads(db: Connection, hashName: HashName) {
  return {
    hashName,
    id: prepare<[string, string], SealedRow>(
      db,
      `SELECT ${stateColumns}, sealed FROM handoff_state WHERE tenant = ? AND id = ?`,
    ),
    shared_id: prepare<[string, string], SealedRow>(
      db,
      `SELECT ${qualified('s', `${stateColumns}, sealed`)}
       FROM handoff_alias a JOIN handoff_state s ON s.tenant = a.tenant AND s.id = a.id
       WHERE a.tenant = ? AND a.alias = ?`,
    ),
    tombstone: prepare<[string, string], TombstoneRow>(
      db,
      'SELECT * FROM tombstone WHERE tenant = ? AND name_hash = ?',
    ),
    list: prepare<[Record<string, string | number | null>], ListedRow>(db, listSql),
  };
}

function qualified(table: string, columns: string): string {
  return columns.replaceAll(/\w+/g, (column) => `${table}.${column}`);
}

// Live and ended states, newest first, each half read along its index and merged.
const listSql = `
  SELECT * FROM (
    SELECT * FROM (
      SELECT ${stateColumns}, CASE WHEN expires_at <= @now THEN 'expired' ELSE 'pending' END AS status
      FROM handoff_state AS state
      WHERE tenant = @tenant
        AND written_at >= @from AND written_at < @to
        AND (written_at, id) < (@after_at, @after_id)
        AND (@status IS NULL OR status = @status)
        AND (@id IS NULL OR id = @id)
        AND (@shared IS NULL OR id = (
          SELECT a.id FROM handoff_alias a WHERE a.tenant = @tenant AND a.alias = @shared))
      ORDER BY written_at DESC, id DESC LIMIT @limit
    )
    UNION ALL
    SELECT * FROM (
      SELECT 'hash:' || name_hash AS id, NULL AS shared_id, '[]' AS aliases, version,
             written_at, updated_at, expires_at, picked_up_at, cause AS status
      FROM tombstone AS ended
      WHERE tenant = @tenant AND name_hash = id_hash
        AND written_at >= @from AND written_at < @to
        AND (written_at, 'hash:' || name_hash) < (@after_at, @after_id)
        AND (@status IS NULL OR cause = @status)
        AND (@id IS NULL OR name_hash = @id_hash OR 'hash:' || name_hash = @id)
        AND (@shared IS NULL OR EXISTS (
          SELECT 1 FROM tombstone AS named
          WHERE named.tenant = @tenant AND named.name_hash = @shared_hash
            AND named.id_hash = ended.name_hash
            AND named.written_at = ended.written_at AND named.ended_at = ended.ended_at))
      ORDER BY written_at DESC, name_hash DESC LIMIT @limit
    )
  ) ORDER BY written_at DESC, id DESC LIMIT @limit`;
