// Look-ups of handoffs: those that come together are asked together, a statement a tenant.

import { type HandoffName, readyAnswer } from '../../handoff.js';
import { fromText } from '../sealed-text.js';
import type { LookUp } from '../store.js';
import { type FindDataKey, openContent, storedName } from '../stored-states.js';
import { databaseNow } from './clock.js';
import type { Database } from './database.js';
import type { Keeping } from './handoff-writes.js';
import { type Session, statement } from './session.js';
import { missingCauses } from './tombstones.js';
import type { Clock } from './write.js';

/** Statements under way at the same time; what comes meanwhile is asked by the next one. */
const statementsMax = 4;
/** Look-ups in one statement. */
const lookUpsMax = 50;

interface Pending {
  readonly name: HandoffName;
  readonly resolve: (found: LookUp) => void;
  readonly reject: (error: unknown) => void;
}

/** Look-ups of one tenant by one kind of name. */
interface Batch {
  readonly tenant: string;
  readonly kind: HandoffName['kind'];
  readonly pending: Pending[];
}

export class HandoffReads {
  readonly #database: Database;
  readonly #keeping: Keeping;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Batch>();
  #underWay = 0;

  constructor(database: Database, keeping: Keeping, clock: Clock) {
    this.#database = database;
    this.#keeping = keeping;
    this.#clock = clock;
  }

  lookUp(tenant: string, name: HandoffName): Promise<LookUp> {
    return new Promise((resolve, reject) => {
      const key = `${tenant}\n${name.kind}`;
      let batch = this.#waiting.get(key);
      if (batch === undefined) {
        batch = { tenant, kind: name.kind, pending: [] };
        this.#waiting.set(key, batch);
        // What arrives in one turn of the event loop goes together.
        setImmediate(() => this.#send());
      }
      batch.pending.push({ name, resolve, reject });
    });
  }

  #send(): void {
    for (const [key, batch] of this.#waiting) {
      if (this.#underWay >= statementsMax) return;
      const pending = batch.pending.splice(0, lookUpsMax);
      if (batch.pending.length === 0) this.#waiting.delete(key);
      this.#underWay += 1;
      void this.#ask({ ...batch, pending }).finally(() => {
        this.#underWay -= 1;
        this.#send();
      });
    }
  }

  async #ask({ tenant, kind, pending }: Batch): Promise<void> {
    const names = [...new Set(pending.map(({ name }) => name.value))];
    try {
      const found = await this.#database.read((session) =>
        this.#lookUpAll(session, tenant, kind, names),
      );
      for (const { name, resolve } of pending) resolve(found.get(name.value)!);
    } catch (error) {
      for (const { reject } of pending) reject(error);
    }
  }

  async #lookUpAll(
    session: Session,
    tenant: string,
    kind: HandoffName['kind'],
    names: readonly string[],
  ): Promise<Map<string, LookUp>> {
    const now = this.#clock?.() ?? null;
    const { hashName, dataKeys } = this.#keeping;
    const stored = new Map(
      names.map((value) => [storedName(hashName, tenant, { kind, value }), value]),
    );
    const rows = await session.all(lookUps[kind], tenant, [...stored.keys()], now);
    const readable = rows.map((row) => ({ ...row, aliases: '[]', sealed: fromText(row.sealed) }));
    const findKey = await dataKeys.of(session, tenant, readable);

    const found = new Map(
      readable.map((row) => [stored.get(row.name)!, lookUpOf(tenant, row, findKey)]),
    );
    const others = names.filter((value) => !found.has(value)).map((value) => ({ kind, value }));
    if (others.length === 0) return found;
    const causes = await missingCauses(session, hashName, tenant, others);
    for (const [value, missing] of causes) found.set(value, { missing });
    return found;
  }
}

interface AnswerRow {
  /** The name that found it. */
  readonly name: string;
  readonly id: string;
  readonly shared_id: string | null;
  readonly version: number;
  readonly updated_at: number;
  readonly expires_at: number;
  readonly is_live: boolean;
  readonly sealed: string;
}

function lookUpOf(
  tenant: string,
  row: Omit<AnswerRow, 'sealed'> & Parameters<typeof openContent>[1],
  findKey: FindDataKey,
): LookUp {
  if (!row.is_live) return { missing: 'expired' };
  const { version, updated_at: updatedAt, expires_at: expiresAt } = row;
  const content = openContent(tenant, row, findKey);
  return { found: readyAnswer({ ...content, version, updatedAt, expiresAt }) };
}

const answerColumns = `s.id, s.shared_id, s.version, s.updated_at, s.expires_at, s.sealed,
  s.expires_at > coalesce($3::bigint, ${databaseNow}) AS is_live`;

type LookUpValues = [tenant: string, names: readonly string[], now: number | null];
const lookUps = {
  id: statement<LookUpValues, AnswerRow>(
    'look_up_ids',
    `SELECT s.id AS name, ${answerColumns} FROM handoff_state s
     WHERE s.tenant = $1 AND s.id = ANY ($2::text[])`,
  ),
  shared_id: statement<LookUpValues, AnswerRow>(
    'look_up_shared_ids',
    `SELECT a.alias AS name, ${answerColumns}
     FROM handoff_alias a JOIN handoff_state s ON s.tenant = a.tenant AND s.id = a.id
     WHERE a.tenant = $1 AND a.alias = ANY ($2::text[])`,
  ),
};
