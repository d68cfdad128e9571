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
  /** Started by the first report. */
  #worker: Worker | undefined;
  #pending: Pending | undefined;

  constructor(file: string) {
    this.#data = { file };
  }

  /** To be called when the one before has ended. */
  stats(tenant: string, span: StatsSpan, now: number): Promise<Stats> {
    this.#worker ??= this.#start();
    this.#worker.postMessage({ tenant, span, now } satisfies ReportRequest);
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL('./report-thread.js', import.meta.url), {
      workerData: this.#data,
      resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 },
    });
    worker.on('message', ({ stats, error }: ReportAnswer) => {
      if (stats !== undefined) this.#pending?.resolve(stats);
      else this.#pending?.reject(new Error(error));
      this.#pending = undefined;
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
    this.#pending?.reject(error);
    this.#pending = undefined;
  }
}
