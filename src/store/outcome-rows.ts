// What both stores make of outcomes: the names of what is kept, and counts from rows.

import type { HashName } from '../name-hash.js';
import { type ChangeNote, type OutcomeCounts, resultlessCauses } from '../outcome.js';
import { hidesNames } from '../project.js';
import { recordOf } from './stored-states.js';

/** Under which whoever listens to a project's events is woken; no name is like it. */
export function eventsKey(tenant: string): string {
  return `${tenant}\nevents`;
}

/** The id of a state that was changed or erased, as its row holds it, or held it. */
export function storedId(hashName: HashName, { tenant, id }: ChangeNote): string {
  return hidesNames(tenant) ? recordOf(hashName, tenant, id) : id;
}

/** The keyed hashes of every name that a write has made findable. */
export function hashesOfChange(hashName: HashName, { tenant, id, names }: ChangeNote): string[] {
  return [
    hashName(tenant, { kind: 'id', value: id }),
    ...names.map((value) => hashName(tenant, { kind: 'shared_id', value })),
  ];
}

/** What the statistics count, as rows name it. */
export type Outcome = 'picked_up' | 'late' | 'missed' | 'pending' | 'erased';

/** `bucket` is the place of the interval; null: the whole span. */
interface Bucketed {
  readonly bucket: number | null;
}

export interface OutcomeCountRow extends Bucketed {
  readonly outcome: Outcome;
  readonly count: number;
}

export interface DelayRow extends Bucketed {
  readonly p50: number;
  readonly p95: number;
}

export interface ResultlessCountRow extends Bucketed {
  readonly cause: string;
  readonly count: number;
}

/** The counts of one bucket, from the rows of all. */
export class CountedRows {
  readonly #outcomes = new Map<string, number>();
  readonly #delays = new Map<number | null, { p50: number; p95: number }>();
  readonly #resultless = new Map<string, number>();

  constructor(
    outcomes: readonly OutcomeCountRow[],
    delays: readonly DelayRow[],
    resultless: readonly ResultlessCountRow[],
  ) {
    for (const { bucket, outcome, count } of outcomes) {
      add(this.#outcomes, `${bucket} ${outcome}`, count);
      add(this.#outcomes, `null ${outcome}`, count);
    }
    for (const { bucket, p50, p95 } of delays) this.#delays.set(bucket, { p50, p95 });
    for (const { bucket, cause, count } of resultless) {
      // What is undecided was not written so far.
      const known = cause === 'undecided' ? 'never_written' : cause;
      add(this.#resultless, `${bucket} ${known}`, count);
      add(this.#resultless, `null ${known}`, count);
    }
  }

  of(bucket: number | null): OutcomeCounts {
    const count = (outcome: Outcome) => this.#outcomes.get(`${bucket} ${outcome}`) ?? 0;
    const counts = {
      pickedUp: count('picked_up'),
      late: count('late'),
      missed: count('missed'),
      pending: count('pending'),
      erased: count('erased'),
    };
    const written = Object.values(counts).reduce((sum, some) => sum + some, 0);
    const resultless = Object.fromEntries(
      resultlessCauses.map((cause) => [cause, this.#resultless.get(`${bucket} ${cause}`) ?? 0]),
    ) as OutcomeCounts['resultless'];
    return { written, ...counts, timeToPickupMs: this.#delays.get(bucket) ?? null, resultless };
  }
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
