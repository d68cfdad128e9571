// The main thread's side of the thread that reads statistics, which would hold up look-ups here.

import { Worker } from 'node:worker_threads';
import type { Stats, StatsSpan } from '../../outcome.js';
import type { ReportAnswer, ReportData, ReportRequest } from './report-thread.js';

interface Pending {
  readonly resolve: (stats: Stats) => void;
  readonly reject: (error: Error) => void;
}

export class Reports {
  readonly #data: ReportData;
  readonly #pending = new Map<number, Pending>();
  /** Started by the first report. */
  #worker: Worker | undefined;
  #asked = 0;

  constructor(file: string) {
    this.#data = { file };
  }

  stats(tenant: string, span: StatsSpan, now: number): Promise<Stats> {
    this.#worker ??= this.#start();
    this.#asked += 1;
    const number = this.#asked;
    this.#worker.postMessage({ number, tenant, span, now } satisfies ReportRequest);
    return new Promise((resolve, reject) => this.#pending.set(number, { resolve, reject }));
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL('./report-thread.js', import.meta.url), {
      workerData: this.#data,
      resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 },
    });
    worker.on('message', ({ number, stats, error }: ReportAnswer) => {
      const pending = this.#pending.get(number);
      this.#pending.delete(number);
      if (stats !== undefined) pending?.resolve(stats);
      else pending?.reject(new Error(error));
    });
    worker.on('error', (error) => this.#end(worker, error));
    worker.on('exit', () => this.#end(worker, new Error('The thread of statistics has ended.')));
    return worker;
  }

  /** The next report starts another one. */
  #end(worker: Worker, error: Error): void {
    // One that failed ends a little later, when there may be another.
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
