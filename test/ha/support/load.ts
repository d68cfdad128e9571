// What uses the servers while faults happen: writers, readers and waiters at each of them.

import { setTimeout as pause } from 'node:timers/promises';
import type { Operation } from '../../history/operation.js';
import type { Random } from '../../support/random.js';
import type { Recorder } from './recorder.js';

const writersPerServer = 3;
const readersPerServer = 3;
const waitersPerServer = 4;
const writePauseMsMax = 60;
const readPauseMsMax = 30;
/** After a refusal, so that a server that is down is not asked without end. */
const refusedPauseMs = 100;
const waitSeconds = 8;
/** A waiter's state is written up to so much later than the waiter comes. */
const writtenAfterMsMax = 5_000;

/** Each has a shared id of its own; all kinds of calls. */
const ownIds = Array.from({ length: 30 }, (_, index) => `state-${index}`);
/** Each of these shared ids wanders between three ids, which are never erased. */
const claimedIds = Array.from({ length: 3 }, (_, index) => `claimed-${index}`);

export class Load {
  readonly #recorders: readonly Recorder[];
  readonly #random: Random;
  #isOver = false;
  #waits = 0;
  #running: Promise<unknown> = Promise.resolve();

  constructor(recorders: readonly Recorder[], random: Random) {
    this.#recorders = recorders;
    this.#random = random;
  }

  start(): void {
    const lanes = this.#recorders.flatMap((recorder) => [
      ...this.#lanes(writersPerServer, writePauseMsMax, () => this.#write(recorder)),
      ...this.#lanes(readersPerServer, readPauseMsMax, () => this.#lookUp(recorder)),
      ...this.#lanes(waitersPerServer, 0, () => this.#waitForWrite(recorder)),
    ]);
    this.#running = Promise.all(lanes);
  }

  /** Ends the load and, when the last waiter is back, looks up everything through every server. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
    for (const recorder of this.#recorders) {
      for (const id of ownIds) {
        await recorder.lookUp(id);
        await recorder.lookUpShared(id, sharedIdOf(id));
      }
      for (const claimed of claimedIds) {
        await recorder.lookUpClaimed(claimed);
        for (const id of claimants(claimed)) await recorder.lookUp(id);
      }
      for (let wait = 1; wait <= this.#waits; wait++) await recorder.lookUp(`call-${wait}`);
    }
  }

  #lanes(count: number, pauseMsMax: number, act: () => Promise<Operation>): Promise<void>[] {
    return Array.from({ length: count }, async () => {
      while (!this.#isOver) {
        const { outcome } = await act();
        const isRefused = outcome.result === 'unknown' || outcome.result === 'undone';
        await pause(isRefused ? refusedPauseMs : this.#random.below(pauseMsMax + 1));
      }
    });
  }

  #write(recorder: Recorder): Promise<Operation> {
    if (this.#random.below(6) === 0) {
      const claimed = this.#any(claimedIds);
      const id = this.#any(claimants(claimed));
      return this.#random.below(4) === 0 ? recorder.patch(id) : recorder.put(id, claimed, claimed);
    }
    const id = this.#any(ownIds);
    const kind = this.#random.below(10);
    if (kind === 0) return recorder.erase(id);
    return kind <= 3 ? recorder.patch(id) : recorder.put(id, sharedIdOf(id));
  }

  #lookUp(recorder: Recorder): Promise<Operation> {
    const id = this.#any(ownIds);
    const kind = this.#random.below(8);
    if (kind === 0) return recorder.lookUpClaimed(this.#any(claimedIds));
    if (kind === 1) return recorder.lookUp(this.#any(claimants(this.#any(claimedIds))));
    return kind <= 4 ? recorder.lookUp(id) : recorder.lookUpShared(id, sharedIdOf(id));
  }

  /** One waits at this server for a state that is then written through another one. */
  async #waitForWrite(recorder: Recorder): Promise<Operation> {
    this.#waits += 1;
    const id = `call-${this.#waits}`;
    const others = this.#recorders.filter((other) => other !== recorder);
    const writing = pause(this.#random.below(writtenAfterMsMax)).then(() =>
      this.#any(others).put(id, sharedIdOf(id)),
    );
    const waited = await recorder.wait(id, waitSeconds);
    await writing;
    return waited;
  }

  #any<Thing>(things: readonly Thing[]): Thing {
    return things[this.#random.below(things.length)]!;
  }
}

function sharedIdOf(id: string): string {
  return `shared-${id}`;
}

function claimants(claimed: string): string[] {
  return ['a', 'b', 'c'].map((name) => `${claimed}-${name}`);
}
