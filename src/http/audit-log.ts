// The audit as requests meet it: entries gathered in memory, written together, and what happens to
// requests while they cannot be written.

import type { Logger } from 'pino';
import type { AuditAction, AuditNote } from '../audit.js';
import type { AuditMode } from '../config-values.js';
import { BatonError, shuttingDown } from '../error.js';
import { limits } from '../limits.js';
import type { Store } from '../store/store.js';

/** From the first entry to the write; the rest of the 50 ms is for the commit. */
const flushAfterMs = 30;
/** Older entries hold requests back. In strict mode an answer waits so long for its entry. */
const lateMs = { fast: 1_000, strict: 800, off: 0 };
const retryMs = 100;
const writtenTogetherMax = 5_000;

/** What must be possible while the audit is late: it takes data away and gives none. */
const urgent: ReadonlySet<AuditAction> = new Set<AuditAction>([
  'erase',
  'erase_named',
  'project_erase',
  'key_revoke',
  'sign_out',
]);

/** Entries that came one after the other, whose answers may go out together. */
interface Batch {
  readonly notes: AuditNote[];
  /** By `performance.now()`. */
  readonly since: number;
  /** In strict mode, what the answers wait for. */
  readonly written: Promise<void> | undefined;
  readonly settle: (error?: BatonError) => void;
}

export class AuditLog {
  readonly mode: AuditMode;
  readonly #store: Pick<Store, 'appendAudit'>;
  readonly #log: Logger;
  /** Entries of writes that failed, whose answers are out. */
  #backlog: AuditNote[] = [];
  #waiting: Batch | undefined;
  #underWay: readonly AuditNote[] = [];
  #waitingCount = 0;
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Runs from the beginning of a write to the next that succeeds. */
  #lateTimer: NodeJS.Timeout | undefined;
  #isLate = false;
  #told: 'slow' | 'failed' | undefined;
  #isClosed = false;

  constructor(mode: AuditMode, store: Pick<Store, 'appendAudit'>, log: Logger) {
    this.mode = mode;
    this.#store = store;
    this.#log = log;
  }

  /** Entries that are not durable yet. */
  get waiting(): number {
    return this.#waitingCount;
  }

  /** Throws `unavailable` where an entry of this action might not be kept. */
  check(action: AuditAction): void {
    if (this.#isFull) throw this.#refusalOfFull();
    if (this.#holdsBack(action)) throw auditAway();
  }

  /**
   * Keeps an entry. Undefined: its answer may go out now; a promise: as soon as that resolves, and
   * without any data where it rejects.
   */
  note(note: AuditNote): Promise<void> | undefined {
    if (this.mode === 'off') return undefined;
    if (this.#isClosed) return Promise.reject(shuttingDown());
    if (this.#isFull) return Promise.reject(this.#refusalOfFull());
    this.#waiting ??= this.#newBatch();
    this.#waiting.notes.push(note);
    this.#waitingCount += 1;
    const isHeldBack = this.mode === 'fast' && this.#holdsBack(note.action);
    return isHeldBack ? Promise.reject(auditAway()) : this.#waiting.written;
  }

  /** Writes what is left, as far as that can be done in `waitMs`; nothing is kept from then on. */
  async close(waitMs: number): Promise<void> {
    const deadline = performance.now() + waitMs;
    while (this.waiting > 0 && performance.now() < deadline) {
      this.#flush();
      const pause = new Promise((resolve) => setTimeout(resolve, retryMs));
      await (this.#told === 'failed' ? pause : Promise.race([this.#writing, pause]));
    }
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#lateTimer);
    if (this.waiting > 0) this.#log.error({ entries: this.waiting }, 'audit entries are lost');
  }

  get #isFull(): boolean {
    return this.#waitingCount >= limits.auditWaitingMax;
  }

  #refusalOfFull(): BatonError {
    this.#tellSlow(`${limits.auditWaitingMax} entries wait, as many as there is room for.`);
    return auditAway();
  }

  /** The log has said why. */
  #holdsBack(action: AuditAction): boolean {
    return this.#isLate && !urgent.has(action);
  }

  #newBatch(): Batch {
    const since = performance.now();
    if (this.mode === 'fast') {
      this.#timer ??= setTimeout(() => this.#flush(), flushAfterMs);
      return { notes: [], since, written: undefined, settle: () => {} };
    }
    if (this.#writing === undefined) setImmediate(() => this.#flush());
    const { promise, resolve, reject } = deferred();
    const late = setTimeout(() => this.#giveUp(batch), lateMs.strict);
    const settle = (error?: BatonError) => {
      clearTimeout(late);
      if (error === undefined) resolve();
      else reject(error);
    };
    const batch: Batch = { notes: [], since, written: promise, settle };
    return batch;
  }

  /** Answers those that have waited long enough with 503, which their entries say, if they can. */
  #giveUp(batch: Batch): void {
    const isWaiting = batch === this.#waiting;
    if (isWaiting) markUnavailable(batch.notes);
    const what = isWaiting ? 'for the write of those before them' : 'for their write';
    this.#tellSlow(`Entries have waited ${lateMs.strict} ms ${what}.`);
    batch.settle(auditAway());
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#writing !== undefined || this.waiting === 0) return;
    const batch = this.#waiting;
    this.#underWay = [...this.#backlog, ...(batch?.notes ?? [])];
    this.#backlog = [];
    this.#waiting = undefined;
    this.#lateTimer ??= setTimeout(() => {
      this.#isLate = true;
      this.#tellSlow(`No write has succeeded for ${lateMs[this.mode]} ms.`);
    }, lateMs[this.mode]);
    this.#writing = this.#write(batch);
  }

  async #write(batch: Batch | undefined): Promise<void> {
    let error: unknown;
    try {
      while (this.#underWay.length > 0) {
        const some = this.#underWay.slice(0, writtenTogetherMax);
        await this.#store.appendAudit(some);
        this.#underWay = this.#underWay.slice(some.length);
        this.#waitingCount -= some.length;
      }
      batch?.settle();
    } catch (failure) {
      error = failure;
      if (this.mode === 'strict') markUnavailable(batch?.notes ?? []);
      batch?.settle(auditAway());
    }
    this.#backlog = [...this.#underWay];
    this.#underWay = [];
    this.#writing = undefined;
    if (error === undefined) this.#tellWell();
    else this.#tellFailed(error);
    this.#goOn(error === undefined);
  }

  #goOn(isWell: boolean): void {
    if (isWell) {
      clearTimeout(this.#lateTimer);
      this.#lateTimer = undefined;
      this.#isLate = false;
      if (this.#waiting === undefined) return;
      const dueMs = this.mode === 'fast' ? this.#waiting.since + flushAfterMs : 0;
      const leftMs = dueMs - performance.now();
      // Its timer may have ended during the write that was under way.
      if (leftMs > 0) this.#timer ??= setTimeout(() => this.#flush(), leftMs);
      else this.#flush();
    } else if (!this.#isClosed) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#flush(), retryMs);
    }
  }

  // No answer is held back before the log has said why, once until a write succeeds.

  #tellSlow(reason: string): void {
    if (this.#told !== undefined) return;
    this.#told = 'slow';
    this.#log.error({ reason, entries: this.waiting }, 'the audit cannot be written in time');
  }

  #tellFailed(error: unknown): void {
    if (this.#told === 'failed') return;
    this.#told = 'failed';
    this.#log.error({ err: error, entries: this.waiting }, 'the audit cannot be written');
  }

  #tellWell(): void {
    if (this.#told === undefined) return;
    this.#told = undefined;
    this.#log.info('the audit is written again');
  }
}

function deferred(): {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
} {
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<void>((onDone, onFailed) => {
    resolve = onDone;
    reject = onFailed;
  });
  // Nobody may be left to wait for it.
  promise.catch(() => {});
  return { promise, resolve, reject };
}

function markUnavailable(notes: readonly AuditNote[]): void {
  for (const note of notes) {
    note.status = 503;
    note.cause = 'unavailable';
  }
}

function auditAway(): BatonError {
  return new BatonError('unavailable', 'The audit cannot be written in time; try again.', {
    retryAfterSeconds: 1,
  });
}
