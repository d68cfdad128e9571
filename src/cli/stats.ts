// `baton stats`: what became of a project's handoffs, and why look-ups found nothing, over HTTP.

import type { LookUpsWithoutResult, OutcomeCounts, Stats } from '@baton/client';
import { durationText, readDuration } from '../duration.js';
import { limits } from '../limits.js';
import { clientOf, clientOptions } from './client-options.js';
import { addCommand, type Branch } from './command.js';
import { optional, readTime } from './option.js';
import { barLegend, outcomeBar } from './outcome-bar.js';
import { coloured, printPairs, printTable, timeText } from './table.js';
import { printJson, type Terminal } from './terminal.js';

export function addStatsCommand(branch: Branch): void {
  const days = limits.statsSecondsMax / 86_400;
  const options = {
    from: optional('TIME', 'from this time (RFC 3339) on; default: a day before --to', readTime),
    to: optional('TIME', `before this time; default: now; at most ${days} days later`, readTime),
    interval: optional(
      'DURATION',
      'of each row, whole minutes such as 10m or 1h; default: about 60 rows',
      readDuration(60, limits.statsSecondsMax),
    ),
    ...clientOptions,
  };
  addCommand(
    branch,
    { name: 'stats', summary: 'count what became of handoffs; needs an admin key', options },
    async (values, terminal) => {
      const { from, to, interval } = values;
      const stats = await clientOf(values).stats({ from, to, interval });
      if (values.json) return printJson(terminal, JSON.parse(stats.bodyText));
      printStats(stats, terminal);
    },
  );
}

function printStats(stats: Stats, terminal: Terminal): void {
  const span = `${timeText(stats.from.getTime())} to ${timeText(stats.to.getTime())}`;
  terminal.print(coloured(terminal, 'bold', `Handoffs written from ${span}`));
  printPairs(terminal, totalsOf(stats.total));
  terminal.print('');
  printLookUps(stats.total.lookUpsWithoutResult, terminal);
  terminal.print('');
  printIntervals(stats, terminal);
}

function totalsOf(total: OutcomeCounts): [string, string][] {
  const { written, timeToPickupMs: time } = total;
  const share = (count: number) =>
    count === 0 ? '0' : `${count} (${((100 * count) / written).toFixed(1)} %)`;
  const look = total.missed === 0 ? '' : '; which ones: baton list --status missed';
  return [
    ['written', String(written)],
    ['picked up in time', share(total.pickedUp)],
    ['picked up late', share(total.late)],
    ['missed', share(total.missed) + look],
    ['pending', share(total.pending)],
    ['erased unread', share(total.erased)],
    [
      'time to pickup',
      time === null
        ? '–'
        : `half within ${delayText(time.p50)}, 95 % within ${delayText(time.p95)}`,
    ],
  ];
}

/** Each cause, with a word on what to do. */
const causes: Record<keyof LookUpsWithoutResult, [name: string, advice: string]> = {
  neverWritten: [
    'never written',
    'nothing has this name: compare the id that the agent writes with the one that is looked up',
  ],
  early: [
    'early',
    'written within 10 minutes after it: add wait=5 to the look-up, or write before the transfer',
  ],
  expired: ['expired', 'looked up too late: raise the retention, or the ttl_seconds of the write'],
  erased: ['erased', 'nothing, where the erasure was meant; `baton audit` tells which key did it'],
  otherProject: [
    'other project',
    "another project of the account has it: correct the project in the look-up's address",
  ],
};

function printLookUps(lookUps: LookUpsWithoutResult, terminal: Terminal): void {
  const kinds = Object.keys(causes) as (keyof LookUpsWithoutResult)[];
  const found = kinds.filter((kind) => lookUps[kind] > 0);
  if (found.length === 0) {
    terminal.print('No look-up was without a result.');
    return;
  }
  const rows = found.map((kind) => {
    const [name, advice] = causes[kind];
    return [name, String(lookUps[kind]), advice];
  });
  printTable(terminal, ['LOOK-UPS WITHOUT RESULT', 'COUNT', 'WHAT TO DO'], rows);
}

/** Those in which something happened. */
function printIntervals({ intervals, intervalSeconds }: Stats, terminal: Terminal): void {
  const busy = intervals.filter((interval) => interval.written + resultless(interval) > 0);
  const quiet = intervals.length - busy.length;
  if (quiet > 0) {
    const length = durationText(intervalSeconds);
    terminal.tell(`${quiet} of ${intervals.length} intervals of ${length} are empty: not shown.`);
  }
  if (busy.length === 0) return;
  const most = Math.max(...busy.map(({ written }) => written));
  const rows = busy.map((interval) => [
    timeText(interval.from.getTime()),
    ...[interval.written, interval.pickedUp, interval.late, interval.missed].map(String),
    ...[interval.pending, interval.erased].map(String),
    interval.timeToPickupMs === null ? '–' : delayText(interval.timeToPickupMs.p95),
    String(resultless(interval)),
    ...(terminal.output.isTTY ? [outcomeBar(interval, most)] : []),
  ]);
  printTable(terminal, terminal.output.isTTY ? [...headings, barLegend] : headings, rows);
}

const headings = [
  'FROM',
  'WRITTEN',
  'IN TIME',
  'LATE',
  'MISSED',
  'PENDING',
  'ERASED',
  '95 % WITHIN',
  'NO RESULT',
];

function resultless({ lookUpsWithoutResult }: OutcomeCounts): number {
  return Object.values(lookUpsWithoutResult).reduce((sum, count) => sum + count, 0);
}

function delayText(milliseconds: number): string {
  return milliseconds < 1_000 ? `${milliseconds} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}
