// The main thread's side of the writer: gathers commands into groups, one group under way at a time.

import { Worker } from 'node:worker_threads';
import { BatonError, shuttingDown } from '../../error.js';
import { limits } from '../../limits.js';
import {
  type Command,
  type CommandName,
  type InputOf,
  type OutputOf,
  referring,
} from './commands.js';
import { groupWritesMax, WriteDelay } from './write-delay.js';
import type { Outcome, WriterAnswer, WriterData } from './writer-thread.js';

export interface WriterEvents {
  /** Names (`nameKey`) whose answers a committed write changed; told before any write resolves. */
  readonly onChanged: (keys: readonly string[]) => void;
  /** Wakes who waits for the same names, as the write resolves; how many. */
  readonly wake: (keys: readonly string[]) => number;
  readonly onReferenceChanged: () => void;
  /** The store can promise nothing more: the process must end. */
  readonly onFatal: (reason: string) => void;
}

interface Pending {
  readonly command: Command;
  readonly resolve: (output: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * How many readers are woken in one turn, about: each is answered after the writers of that turn,
 * and is to be answered soon after its own.
 */
const wokenTogetherMax = 16;

export class Writer {
  readonly #worker: Worker;
  readonly #events: WriterEvents;
  readonly #commitsBegun: Int32Array;
  readonly #delay = new WriteDelay();
  #commitsApplied = 0;
  #queue: Pending[] = [];
  #underWay: Pending[] = [];
  #sendScheduled = false;
  #closing: (() => void) | undefined;
  #ended: BatonError | undefined;
  storageFull = false;

  private constructor(worker: Worker, commitsBegun: Int32Array, events: WriterEvents) {
    this.#worker = worker;
    this.#commitsBegun = commitsBegun;
    this.#events = events;
  }

  /** Resolves when the writer has opened the database and found that it keeps what it is told. */
  static async start(
    data: Omit<WriterData, 'commitsBegun'>,
    events: WriterEvents,
  ): Promise<Writer> {
    const commitsBegun = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(new URL('./writer-thread.js', import.meta.url), {
      workerData: { ...data, commitsBegun } satisfies WriterData,
      resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 },
    });
    const writer = new Writer(worker, commitsBegun, events);
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', () => {
        worker.off('error', reject);
        resolve();
      });
    });
    worker.on('message', (answer: WriterAnswer) => writer.#receive(answer));
    worker.on('error', (error) => writer.#fail(error.message));
    return writer;
  }

  get queued(): number {
    return this.#queue.length + this.#underWay.length;
  }

  /**
   * Whether every commit that may be visible in the database is known here. Between the moment
   * when a commit begins and the moment when its answer is dealt with, only the database knows.
   */
  get isSettled(): boolean {
    return Atomics.load(this.#commitsBegun, 0) === this.#commitsApplied;
  }

  /**
   * Resolves after the commit. Rejects where the command was refused, with nothing written. The
   * limits of the queue are for handoffs: a key is to be revoked under any load.
   */
  run<Name extends CommandName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (this.#isOverloaded && !referring.has(name)) {
      const message = 'Too many writes wait for the disk; try again.';
      return Promise.reject(new BatonError('unavailable', message, { retryAfterSeconds: 1 }));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ command: { name, input }, resolve, reject });
      this.#scheduleSend();
    });
  }

  get #isOverloaded(): boolean {
    if (this.queued >= limits.writesQueuedMax) return true;
    const delayMs = this.#delay.expectedMs(this.#queue.length, performance.now());
    return delayMs > limits.writeDelayMsMax;
  }

  /** Resolves when all that was asked is committed and the database is closed. */
  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    this.#ended = shuttingDown();
    await new Promise<void>((resolve) => {
      this.#closing = resolve;
      this.#send();
    });
  }

  /** What arrives in one turn of the event loop goes into one group. */
  #scheduleSend(): void {
    if (this.#sendScheduled || this.#underWay.length > 0) return;
    this.#sendScheduled = true;
    setImmediate(() => {
      this.#sendScheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#underWay.length > 0) return;
    this.#underWay = this.#queue.splice(0, groupWritesMax);
    if (this.#underWay.length > 0) {
      this.#delay.begin(performance.now());
      this.#worker.postMessage(this.#underWay.map(({ command }) => command));
    } else if (this.#closing !== undefined) {
      this.#worker.postMessage('close');
    }
  }

  #receive(answer: WriterAnswer): void {
    if ('fatal' in answer) this.#fail(answer.fatal);
    else if ('closed' in answer) this.#closing?.();
    else if ('outcomes' in answer) {
      const group = this.#underWay;
      this.#underWay = [];
      this.#delay.end(performance.now());
      this.#commitsApplied = Atomics.load(this.#commitsBegun, 0);
      this.storageFull = answer.storageFull;
      for (const { done } of answer.outcomes) {
        if (done !== undefined && done.changed.length > 0) this.#events.onChanged(done.changed);
      }
      if (group.some(({ command }) => referring.has(command.name))) {
        this.#events.onReferenceChanged();
      }
      this.#send();
      this.#settle(group, answer.outcomes, 0);
    }
  }

  /** From this place on; where many are woken, the rest in the next turns. */
  #settle(group: readonly Pending[], outcomes: readonly Outcome[], from: number): void {
    let place = from;
    for (let woken = 0; place < group.length && woken < wokenTogetherMax; place++) {
      const outcome = outcomes[place]!;
      settle(group[place]!, outcome);
      if (outcome.done !== undefined) woken += this.#events.wake(outcome.done.changed);
    }
    if (place < group.length) setImmediate(() => this.#settle(group, outcomes, place));
  }

  #fail(reason: string): void {
    this.#ended = new BatonError('unavailable', 'The store has failed and the server is ending.', {
      retryAfterSeconds: 5,
    });
    for (const { reject } of [...this.#underWay, ...this.#queue]) reject(this.#ended);
    this.#underWay = [];
    this.#queue = [];
    this.#closing?.();
    this.#events.onFatal(reason);
  }
}

function settle(pending: Pending, outcome: Outcome): void {
  if (outcome.done !== undefined) pending.resolve(outcome.done.output as never);
  else if (outcome.refused !== undefined) {
    const { code, message, retryAfterSeconds } = outcome.refused;
    const options = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
    pending.reject(new BatonError(code, message, options));
  } else pending.reject(new Error(outcome.failed));
}
