// Look-ups of handoffs, on the main thread, from memory where memory may be trusted.

import { type HandoffName, readyAnswer } from '../../handoff.js';
import { limits } from '../../limits.js';
import type { HashName } from '../../name-hash.js';
import { foundAnswer } from '../../outcome.js';
import type { Sealed } from '../handoff-rows.js';
import type { LookUp } from '../store.js';
import { checkFoundBy, openContent, storedName } from '../stored-states.js';
import { nameKey } from '../watchers.js';
import { AnswerCache } from './answer-cache.js';
import type { DataKeys } from './data-keys.js';
import { type Connection, prepare, prepareRaw } from './database.js';
import type { TombstoneRow } from './handoff-statements.js';
import { missingCause } from './tombstones.js';

export class HandoffReads {
  readonly #statements;
  readonly #isSettled: () => boolean;
  readonly #dataKeys: DataKeys;
  readonly #answers = new AnswerCache(limits.answerCacheBytesMax);

  /** `isSettled`: whether every visible commit has been told to `forget` already. */
  constructor(db: Connection, hashName: HashName, dataKeys: DataKeys, isSettled: () => boolean) {
    this.#statements = prepareReads(db, hashName);
    this.#dataKeys = dataKeys;
    this.#isSettled = isSettled;
  }

  /** From memory where memory may be trusted, else from the database. */
  lookUp(tenant: string, name: HandoffName, now: number): LookUp {
    const value = storedName(this.#statements.hashName, tenant, name);
    const key = nameKey(tenant, { kind: name.kind, value });
    if (this.#isSettled()) {
      const ready = this.#answers.get(key);
      if (ready !== undefined && ready.expiresAt > now) return { found: ready };
    }
    const row = this.#statements[name.kind].get(tenant, value);
    if (row === undefined) return { missing: missingCause(this.#statements, tenant, name) };
    const [rowNumber, id, shared_id, aliases, version, written_at, updatedAt, expiresAt] = row;
    if (expiresAt <= now) return { missing: 'expired' };
    const sealed = row[8];
    // What is kept in clear needs no key, but its project.
    if (typeof sealed === 'string') this.#dataKeys.checkProject(tenant);
    const times = { written_at, updated_at: updatedAt, expires_at: expiresAt };
    const stored = { id, shared_id, aliases, version, ...times, sealed };
    const content = openContent(tenant, stored, this.#dataKeys.of(tenant));
    checkFoundBy(tenant, { kind: name.kind, value }, stored);
    const record = { id, writtenAt: written_at, isPickedUp: row[9] !== null };
    const ready = readyAnswer({ ...content, version, updatedAt, expiresAt });
    const answer = foundAnswer(ready, record);
    this.#answers.offer(key, answer, rowNumber);
    return { found: answer };
  }

  /** Names whose answers have changed; from here on memory may be trusted for them again. */
  forget(keys: readonly string[]): void {
    for (const key of keys) this.#answers.delete(key);
  }

  /** A project may have been erased: no answer and no key of it may stay. */
  forgetAll(): void {
    this.#answers.clear();
    this.#dataKeys.forget();
  }

  get cached(): { answers: number; bytes: number } {
    return { answers: this.#answers.size, bytes: this.#answers.bytes };
  }
}

const answerColumns = `s.rowid, s.id, s.shared_id, s.aliases, s.version, s.written_at, s.updated_at,
  s.expires_at, s.sealed, s.picked_up_at`;

/** What an answer is made of; a list, since making an object of a row costs as much as reading it. */
type AnswerRow = readonly [
  rowNumber: number,
  id: string,
  sharedId: string | null,
  aliases: string,
  version: number,
  writtenAt: number,
  updatedAt: number,
  expiresAt: number,
  sealed: Sealed,
  pickedUpAt: number | null,
];

function prepareReads(db: Connection, hashName: HashName) {
  return {
    hashName,
    id: prepareRaw<[string, string], AnswerRow>(
      db,
      `SELECT ${answerColumns} FROM handoff_state s WHERE s.tenant = ? AND s.id = ?`,
    ),
    shared_id: prepareRaw<[string, string], AnswerRow>(
      db,
      `SELECT ${answerColumns}
       FROM handoff_alias a JOIN handoff_state s ON s.tenant = a.tenant AND s.id = a.id
       WHERE a.tenant = ? AND a.alias = ?`,
    ),
    tombstone: prepare<[string, string], TombstoneRow>(
      db,
      'SELECT * FROM tombstone WHERE tenant = ? AND name_hash = ?',
    ),
  };
}
