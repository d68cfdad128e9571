// The report thread: counts outcomes on a connection of its own.

import { parentPort, workerData } from 'node:worker_threads';
import type { Stats, StatsSpan } from '../../outcome.js';
import { openReader } from './database.js';
import { StatsReads } from './stats-reads.js';

export interface ReportData {
  readonly file: string;
}

export interface ReportRequest {
  readonly tenant: string;
  readonly span: StatsSpan;
  readonly now: number;
}

export interface ReportAnswer {
  readonly stats?: Stats;
  /** A failure of the store's own: for the log. */
  readonly error?: string;
}

const port = parentPort!;
const reads = new StatsReads(openReader((workerData as ReportData).file));
port.on('message', (request: ReportRequest) => port.postMessage(answerTo(request)));

function answerTo({ tenant, span, now }: ReportRequest): ReportAnswer {
  try {
    return { stats: reads.stats(tenant, span, now) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : 'unknown' };
  }
}
