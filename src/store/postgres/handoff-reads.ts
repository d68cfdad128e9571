// Look-ups of handoffs: those that come together are asked together, a statement a tenant.

import { type HandoffName, readyAnswer } from '../../handoff.js';
import { foundAnswer } from '../../outcome.js';
import { fromText } from '../sealed-text.js';
import type { LookUp } from '../store.js';
import { checkFoundBy, type FindDataKey, openContent, storedName } from '../stored-states.js';
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
  /** The name that is asked for, as rows hold it. */
  readonly name: string;
  readonly deadline: number;
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
  #waiting = new Map<string, Batch>();
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
      const stored = storedName(this.#keeping.hashName, tenant, name);
      const deadline = this.#database.deadline();
      batch.pending.push({ name: stored, deadline, resolve, reject });
    });
  }

  #send(): void {
    for (const [key, batch] of this.#waiting) {
      if (this.#underWay >= statementsMax) return;
      const pending = batch.pending.splice(0, lookUpsMax);
      // Behind the others: a project that asks very much does not hold them up.
      this.#waiting.delete(key);
      if (batch.pending.length > 0) this.#waiting.set(key, batch);
      this.#underWay += 1;
      void this.#ask({ ...batch, pending }).finally(() => {
        this.#underWay -= 1;
        this.#send();
      });
    }
    // A map that entries come to and go from keeps old ones in memory for long.
    this.#waiting = new Map();
  }

  async #ask({ tenant, kind, pending }: Batch): Promise<void> {
    const names = [...new Set(pending.map(({ name }) => name))];
    try {
      const found = await this.#database.read(
        (session) => this.#lookUpAll(session, tenant, kind, names),
        // Of the one that has waited longest.
        pending[0]!.deadline,
      );
      for (const { name, resolve, reject } of pending) {
        const result = found.get(name)!;
        if (result instanceof Error) reject(result);
        else resolve(result);
      }
    } catch (error) {
      for (const { reject } of pending) reject(error);
    }
  }

  async #lookUpAll(
    session: Session,
    tenant: string,
    kind: HandoffName['kind'],
    names: readonly string[],
  ): Promise<Map<string, LookUp | Error>> {
    const now = this.#clock?.() ?? null;
    const { hashName, dataKeys } = this.#keeping;
    const rows = await session.lists(lookUps[kind], tenant, names, now);
    const readable = rows.map(rowOf);
    const findKey = await dataKeys.of(session, tenant, readable);

    const found = new Map<string, LookUp | Error>();
    for (const row of readable) found.set(row.name, lookUpOf(tenant, kind, row, findKey));
    const others = names.filter((value) => !found.has(value)).map((value) => ({ kind, value }));
    if (others.length === 0) return found;
    const causes = await missingCauses(session, hashName, tenant, others);
    for (const [value, missing] of causes) found.set(value, { missing });
    return found;
  }
}

/** What an answer is made of, by the name that found it. */
type AnswerRow = readonly [
  name: string,
  id: string,
  sharedId: string | null,
  aliases: string,
  version: number,
  writtenAt: number,
  updatedAt: number,
  expiresAt: number,
  sealed: string,
  pickedUpAt: number | null,
  isLive: boolean,
];

function rowOf(row: AnswerRow) {
  const [name, id, shared_id, aliases, version, written_at, updated_at, expires_at] = row;
  const times = { written_at, updated_at, expires_at };
  const sealed = fromText(row[8]);
  const picked_up_at = row[9];
  const isLive = row[10];
  return { name, id, shared_id, aliases, version, ...times, sealed, picked_up_at, isLive };
}

/** A broken one is the failure of those who ask for it, and not of those who ask at the same time. */
function lookUpOf(
  tenant: string,
  kind: HandoffName['kind'],
  row: ReturnType<typeof rowOf>,
  findKey: FindDataKey,
): LookUp | Error {
  if (!row.isLive) return { missing: 'expired' };
  const { version, updated_at: updatedAt, expires_at: expiresAt } = row;
  try {
    const content = openContent(tenant, row, findKey);
    checkFoundBy(tenant, { kind, value: row.name }, row);
    const answer = readyAnswer({ ...content, version, updatedAt, expiresAt });
    const record = {
      id: row.id,
      writtenAt: row.written_at,
      isPickedUp: row.picked_up_at !== null,
    };
    return { found: foundAnswer(answer, record) };
  } catch (error) {
    return error as Error;
  }
}

const answerColumns = `s.id, s.shared_id, s.aliases, s.version, s.written_at, s.updated_at,
  s.expires_at, s.sealed, s.picked_up_at,
  s.expires_at > coalesce($3::bigint, ${databaseNow}) AS is_live`;

type LookUpValues = [tenant: string, names: readonly string[], now: number | null];
const lookUps = {
  id: statement<LookUpValues, AnswerRow>(
    'look_up_ids',
    `SELECT s.id AS name, ${answerColumns} FROM handoff_state s
     WHERE s.tenant = $1 AND s.id = ANY ($2::text[])`,
  ),
  // Not as a plain join, which a plan made for empty tables does by reading all of the tenant.
  shared_id: statement<LookUpValues, AnswerRow>(
    'look_up_shared_ids',
    `SELECT a.alias AS name, ${answerColumns}
     FROM handoff_alias a CROSS JOIN LATERAL (
       SELECT * FROM handoff_state WHERE tenant = $1 AND id = a.id LIMIT 1) s
     WHERE a.tenant = $1 AND a.alias = ANY ($2::text[])`,
  ),
};
