// What happened to handoffs, gathered in memory and told to the store in batches: pickups, look-ups
// that found nothing, writes. It costs a look-up next to nothing, and holds nothing up.

import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { HandoffName, MissingCause } from '../handoff.js';
import { limits } from '../limits.js';
import type { ChangeNote, PickupNote, PickupRecord, ResultlessNote } from '../outcome.js';
import type { Project } from '../project.js';
import type { Store } from '../store/store.js';
import { type LostKind, OutcomeCounters } from './outcome-counters.js';

/** From the first note to the write; the rest of the 50 ms is for the commit. */
const flushAfterMs = 30;
const retryMs = 1_000;
/** Notes of each kind that are told together. */
const toldTogetherMax = 1_000;
/** The log tells of lost notes once in so long. */
const lossToldEveryMs = 60_000;

type OutcomeStore = Pick<Store, 'recordOutcomes' | 'decideOutcomes'>;

export class OutcomeLog {
  readonly counters = new OutcomeCounters();
  readonly #store: OutcomeStore;
  readonly #log: Logger;
  readonly #elapsedMs: () => number;
  #pickups: PickupNote[] = [];
  #resultless: ResultlessNote[] = [];
  #changes: ChangeNote[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #isFailing = false;
  #isClosed = false;
  #lossToldAt = -Infinity;

  /** `elapsedMs`: milliseconds of a clock that never goes back. */
  constructor(store: OutcomeStore, log: Logger, elapsedMs: () => number) {
    this.#store = store;
    this.#log = log;
    this.#elapsedMs = elapsedMs;
  }

  get waiting(): number {
    return this.#pickups.length + this.#resultless.length + this.#changes.length;
  }

  /** A reader was given the state; does nothing where somebody had it before. */
  notePickup(tenant: string, record: PickupRecord, at: number): void {
    if (record.isPickedUp) return;
    const { id, writtenAt } = record;
    const note = { tenant, id, writtenAt, at };
    record.isPickedUp = this.#note('pickup', this.#pickups, note);
  }

  /** A look-up was answered that there is nothing. */
  noteNothingFound(
    { tenant, accountId }: Pick<Project, 'tenant' | 'accountId'>,
    lookUp: { readonly name: HandoffName; readonly keyId: string; readonly cause: MissingCause },
    at: number,
  ): void {
    const lookUpId = randomBytes(12).toString('base64url');
    if (lookUp.cause !== 'not_found') this.counters.countResultless(lookUp.cause, 1);
    const note = { tenant, accountId, lookUpId, ...lookUp, at };
    this.#note('without_result', this.#resultless, note);
  }

  /** A write or an erasure was acknowledged. */
  noteChange(change: ChangeNote): void {
    if (change.kind === 'written') this.counters.written += 1;
    this.#note('change', this.#changes, change);
  }

  /** Decides what has come to its time. */
  async decide(): Promise<void> {
    for (;;) {
      const decided = await this.#store.decideOutcomes();
      this.counters.missed += decided.missed;
      this.counters.countResultless('never_written', decided.neverWritten);
      if (this.#isClosed || decided.missed + decided.neverWritten === 0) return;
    }
  }

  /** Resolves when what was noted before is written, or could not be. */
  async flush(): Promise<void> {
    await this.#writing;
    await this.#write();
  }

  /** Writes what is left, as far as that can be done in `waitMs`. */
  async close(waitMs: number): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const end = new Promise((resolve) => setTimeout(resolve, waitMs).unref());
    await Promise.race([this.#writeAll(), end]);
    if (this.waiting > 0) this.#log.error({ outcomes: this.waiting }, 'outcomes are lost');
  }

  async #writeAll(): Promise<void> {
    while (this.waiting > 0) {
      await this.flush();
      if (this.#isFailing) return;
    }
  }

  /** Whether there was room for it: of its kind, so that no kind crowds out another. */
  #note<Note>(kind: LostKind, notes: Note[], note: Note): boolean {
    if (notes.length >= limits.outcomesWaitingMax) {
      this.counters.lost[kind] += 1;
      this.#tellLoss();
      return false;
    }
    notes.push(note);
    this.#schedule(flushAfterMs);
    return true;
  }

  #tellLoss(): void {
    const now = this.#elapsedMs();
    if (now < this.#lossToldAt + lossToldEveryMs) return;
    this.#lossToldAt = now;
    const told = { lost_since_start: this.counters.lost, waiting: this.waiting };
    this.#log.error(told, 'too many outcomes wait for the store: more are not counted');
  }

  #schedule(ms: number): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#write();
    }, ms);
  }

  /** One write at a time; what comes meanwhile goes with the next one. */
  #write(): Promise<void> {
    this.#writing ??= this.#writeSome().finally(() => {
      this.#writing = undefined;
      if (this.waiting > 0) this.#schedule(this.#isFailing ? retryMs : flushAfterMs);
    });
    return this.#writing;
  }

  async #writeSome(): Promise<void> {
    if (this.waiting === 0) return;
    const notes = {
      pickups: this.#pickups.slice(0, toldTogetherMax),
      resultless: this.#resultless.slice(0, toldTogetherMax),
      changes: this.#changes.slice(0, toldTogetherMax),
    };
    try {
      const recorded = await this.#store.recordOutcomes(notes);
      this.#pickups.splice(0, notes.pickups.length);
      this.#resultless.splice(0, notes.resultless.length);
      this.#changes.splice(0, notes.changes.length);
      for (const pickup of recorded.pickups) this.counters.countPickup(pickup);
      this.counters.countResultless('early', recorded.early);
      this.counters.countResultless('other_project', recorded.otherProject);
      this.#tell(undefined);
    } catch (error) {
      this.#tell(error);
    }
  }

  /** Once a change. */
  #tell(error: unknown): void {
    if ((error !== undefined) === this.#isFailing) return;
    this.#isFailing = error !== undefined;
    if (this.#isFailing) this.#log.error({ err: error }, 'outcomes cannot be written');
    else this.#log.info('outcomes are written again');
  }
}
