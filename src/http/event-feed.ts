// The events of one project, read once for all the streams of it.

import type { HandoffEvent } from '../outcome.js';
import type { Store } from '../store/store.js';

/** Events are looked for this often, in case that some were not told. */
const recheckMs = 1_000;
const readTogetherMax = 200;

type EventStore = Pick<Store, 'lastEvent' | 'listEvents' | 'watchEvents'>;

/** Keeps what it has read last until it looks again, and no longer: a name may be erased since. */
export class EventFeed {
  readonly #store: EventStore;
  readonly #tenant: string;
  readonly #wakes = new Set<() => void>();
  readonly #stop: () => void;
  #batch: readonly HandoffEvent[] = [];
  /** The number of the event before the batch; that of the last event that it has read. */
  #before = -1;
  #head = -1;
  #isReading = false;
  #isAsked = false;

  constructor(store: EventStore, tenant: string) {
    this.#store = store;
    this.#tenant = tenant;
    const unwatch = store.watchEvents(tenant, () => void this.#read());
    const timer = setInterval(() => void this.#read(), recheckMs);
    this.#stop = () => {
      clearInterval(timer);
      unwatch();
    };
  }

  /** `wake` is called when there is more to be had. Returns the function that ends that. */
  join(wake: () => void): () => void {
    this.#wakes.add(wake);
    return () => this.#wakes.delete(wake);
  }

  get isDeserted(): boolean {
    return this.#wakes.size === 0;
  }

  close(): void {
    this.#stop();
  }

  /** Some of the events after this number, in their order; none where there are none yet. */
  async after(seq: number): Promise<readonly HandoffEvent[]> {
    if (seq === this.#head) return [];
    const isInBatch = seq >= this.#before && seq < this.#head && this.#batch.length > 0;
    if (isInBatch) return this.#batch.filter((event) => event.seq > seq);
    return this.#store.listEvents(this.#tenant, seq, readTogetherMax);
  }

  async #read(): Promise<void> {
    this.#isAsked = true;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#isAsked) {
        this.#isAsked = false;
        await this.#readOn();
      }
    } catch {
      // The streams that ask for themselves tell of it; here it is tried again.
    }
    this.#isReading = false;
  }

  async #readOn(): Promise<void> {
    if (this.#head < 0) {
      this.#head = await this.#store.lastEvent(this.#tenant);
      this.#wake();
      return;
    }
    this.#batch = await this.#store.listEvents(this.#tenant, this.#head, readTogetherMax);
    this.#before = this.#head;
    if (this.#batch.length === 0) return;
    this.#head = this.#batch.at(-1)!.seq;
    this.#isAsked ||= this.#batch.length === readTogetherMax;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#wakes) wake();
  }
}
