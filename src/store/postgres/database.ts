// The database as the store asks it: whichever host is the primary now, found again when it is lost.

import { randomBytes } from 'node:crypto';
import type { DatabaseAddress } from '../../database-url.js';
import { shuttingDown } from '../../error.js';
import { hangUp } from './client.js';
import { asBatonError, databaseAway, isConflict, isLost } from './failure.js';
import { type Candidate, findPrimary } from './find-primary.js';
import { isBeating, type News, Primary } from './primary.js';
import type { Session } from './session.js';
import { Signal, within } from './signal.js';

/** How long a request tries before it is told to come again. */
const requestMs = 2_500;
const beatEveryMs = 1_000;
/** After this without an answer to a heartbeat another primary is looked for. */
const beatLateMs = 1_500;
const searchEveryMs = 200;
const retryMs = 20;

export interface DatabaseOptions {
  readonly address: DatabaseAddress;
  readonly poolSize: number;
  /** Told each time when the primary is lost or found, with what each host said. */
  readonly onWarning: (message: string) => void;
  readonly onNews: (news: News) => void;
}

export class Database {
  readonly nodeId = randomBytes(9).toString('base64url');
  readonly #options: DatabaseOptions;
  #primary: Primary | undefined;
  #timelineMax = 0;
  #lostAt = performance.now();
  #lastTold: string | undefined;
  #isClosing = false;
  /** The primary, or the trust in it, has changed. */
  readonly #changed = new Signal();
  #watching: Promise<void> = Promise.resolve();

  constructor(options: DatabaseOptions) {
    this.#options = options;
  }

  /**
   * Begins to look for the primary. Rejects with `unavailable` where none is trusted in time; one
   * that has just followed another is given the time until it may be used.
   */
  async start(): Promise<void> {
    this.#watching = this.#watch();
    const startedAt = performance.now();
    await this.#trusted(() => Math.max(startedAt, this.#primary?.usedFrom ?? 0) + requestMs);
  }

  get connectionsUsed(): number {
    return this.#primary?.connectionsUsed ?? 0;
  }

  get connectionsAwaited(): number {
    return this.#primary?.connectionsAwaited ?? 0;
  }

  get isReady(): boolean {
    return this.#primary?.isTrusted ?? false;
  }

  /** What was last found wrong, for the error of a start that fails. */
  get lastTold(): string {
    return this.#lastTold ?? 'no write is acknowledged';
  }

  deadline(): number {
    return performance.now() + requestMs;
  }

  /** The primary, trusted. Rejects with `unavailable` where there is none in time. */
  async primary(deadline: number): Promise<Primary> {
    if (performance.now() >= deadline) throw databaseAway();
    // Who asks long after the loss is not kept waiting: there may be very many of them.
    return this.#trusted(() => Math.min(deadline, this.#trustEndedAt() + requestMs));
  }

  /** Does work that changes nothing, again where its connection is lost. */
  read<Result>(
    work: (session: Session) => Promise<Result>,
    deadline = this.deadline(),
  ): Promise<Result> {
    return this.retry(deadline, async (primary) => {
      const result = await primary.use(deadline, work);
      // An answer that was long under way may be an old one by now.
      return primary.isTrusted ? { result } : undefined;
    });
  }

  /** Repeats work that was lost or in conflict and left no trace, until it has a result. */
  async retry<Result>(
    deadline: number,
    work: (primary: Primary) => Promise<{ result: Result } | undefined>,
  ): Promise<Result> {
    for (;;) {
      const primary = await this.primary(deadline);
      try {
        const done = await work(primary);
        if (done !== undefined) return done.result;
      } catch (error) {
        const isOver = performance.now() + retryMs > deadline;
        if (isOver || !(isLost(error) || isConflict(error))) throw asBatonError(error);
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * retryMs));
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#changed.notify();
    // Beside each other: each takes its time where the database hangs.
    await Promise.all([this.#watching, this.#primary?.close()]);
    await this.#primary?.close();
  }

  async #trusted(deadline: () => number): Promise<Primary> {
    for (;;) {
      if (this.#isClosing) throw shuttingDown();
      const primary = this.#primary;
      if (primary?.isTrusted) return primary;
      const leftMs = deadline() - performance.now();
      if (leftMs <= 0) throw databaseAway();
      await this.#changed.wait(leftMs);
    }
  }

  async #watch(): Promise<void> {
    while (!this.#isClosing) {
      const primary = this.#primary ?? (await this.#search());
      const pauseMs = primary === undefined ? searchEveryMs : await this.#beat(primary);
      if (!this.#isClosing && pauseMs > 0) await this.#changed.wait(pauseMs);
    }
  }

  /** A heartbeat and what follows from it; gives how long to pause. */
  async #beat(primary: Primary): Promise<number> {
    const beaten = primary.beat().then(
      () => 'beaten' as const,
      (error: unknown) => error as Error,
    );
    const outcome = await within(beaten, beatLateMs);
    if (outcome === 'beaten') {
      this.#tell(undefined);
      this.#changed.notify();
      return beatEveryMs;
    }
    if (outcome === undefined && !primary.isLost) {
      if (this.#timelineMax > 0) await this.#searchAnother();
      return 0;
    }
    this.#drop(primary, outcome?.message ?? 'the connection broke');
    return 0;
  }

  async #search(): Promise<Primary | undefined> {
    const { address } = this.#options;
    const { primary: candidate, failures } = await findPrimary(address, this.#timelineMax);
    if (candidate !== undefined) return this.#follow(candidate);
    this.#tell(failures.map(({ told }) => told).join('; '));
    return undefined;
  }

  /**
   * While a heartbeat is late: another may have taken over, or only the connection hangs, as it
   * does for long where packets got lost. One that waits for its standby is given time.
   */
  async #searchAnother(): Promise<void> {
    const { primary: candidate } = await findPrimary(this.#options.address, this.#timelineMax);
    if (candidate === undefined) return;
    const isSame = candidate.timeline === this.#timelineMax;
    if (isSame && (await isBeating(candidate.client, this.nodeId))) hangUp(candidate.client);
    else this.#follow(candidate);
  }

  #follow(candidate: Candidate): Primary {
    this.#primary?.close().catch(() => {});
    this.#timelineMax = candidate.timeline;
    this.#primary = new Primary(candidate, {
      ...this.#options,
      nodeId: this.nodeId,
      onLost: () => this.#changed.notify(),
    });
    return this.#primary;
  }

  #drop(primary: Primary, reason: string): void {
    this.#lostAt = performance.now();
    this.#primary = undefined;
    this.#tell(`${primary.host.host}:${primary.host.port} is lost: ${reason}`);
    primary.close().catch(() => {});
  }

  #trustEndedAt(): number {
    return this.#primary === undefined
      ? this.#lostAt
      : Math.max(this.#lostAt, this.#primary.trustedUntil);
  }

  /** Once a change: `undefined` means that all is well. */
  #tell(what: string | undefined): void {
    if (what === this.#lastTold) return;
    this.#lastTold = what;
    if (what === undefined) this.#options.onWarning('The database answers again.');
    else this.#options.onWarning(`The database has no primary that can be trusted: ${what}`);
  }
}
