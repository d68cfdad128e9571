// What a fault did to the load, in numbers.

import { isSighting, type Operation } from '../../history/operation.js';
import { isAcknowledged } from './recorder.js';

export interface Summary {
  /** Seconds from the moment on which writes had to come back. */
  readonly backSeconds: number;
  /** The longest time in which no server acknowledged a write. */
  readonly silentSeconds: number;
  readonly acknowledged: number;
  /** Writes answered 503, or never. */
  readonly unacknowledged: number;
  readonly lookUps: number;
  readonly lookUpsRefused: number;
  readonly waits: number;
  readonly waitsAnswered: number;
  /** From the answer to a write until its waiter's answer, half and all of them. */
  readonly wakeMsHalf: number;
  readonly wakeMsMost: number;
  /** The slowest answer that was not waited for. */
  readonly slowestSeconds: number;
}

/** Of the calls that ended between two moments. */
export function summary(
  log: readonly Operation[],
  { from, to, backSeconds }: { from: number; to: number; backSeconds: number },
): Summary {
  const calls = log.filter(({ ended }) => ended >= from && ended < to);
  const writes = calls.filter(({ kind }) => ['put', 'patch', 'erase'].includes(kind));
  const lookUps = calls.filter(({ kind }) => kind === 'look-up');
  const waits = calls.filter(({ kind }) => kind === 'wait');
  const acknowledged = writes.filter(isAcknowledged);
  const moments = [from, ...acknowledged.map(({ ended }) => ended), to].toSorted((a, b) => a - b);
  const silences = moments.slice(1).map((moment, index) => moment - moments[index]!);
  const delays = wakeDelays(writes, waits);
  return {
    backSeconds: rounded(backSeconds),
    silentSeconds: rounded(Math.max(...silences) / 1000),
    acknowledged: acknowledged.length,
    unacknowledged: writes.filter(isRefused).length,
    lookUps: lookUps.length,
    lookUpsRefused: lookUps.filter(isRefused).length,
    waits: waits.length,
    waitsAnswered: waits.filter(isSighting).length,
    wakeMsHalf: Math.round(delays[Math.floor(delays.length / 2)] ?? 0),
    wakeMsMost: Math.round(delays.at(-1) ?? 0),
    slowestSeconds: rounded(
      Math.max(...[...writes, ...lookUps].map(({ began, ended }) => ended - began)) / 1000,
    ),
  };
}

export function summaryText(result: Summary): string {
  const { acknowledged, unacknowledged, lookUps, lookUpsRefused, waits, waitsAnswered } = result;
  return [
    `back after ${result.backSeconds} s, ${result.silentSeconds} s without a write`,
    `${acknowledged} writes acknowledged, ${unacknowledged} not`,
    `${lookUps} look-ups, ${lookUpsRefused} refused`,
    `${waitsAnswered} of ${waits} waits answered ` +
      `${result.wakeMsHalf} ms after the write, at most ${result.wakeMsMost} ms`,
    `slowest answer ${result.slowestSeconds} s`,
  ].join('; ');
}

function isRefused({ outcome }: Operation): boolean {
  return outcome.result === 'unknown' || outcome.result === 'undone';
}

/** How long each waiter waited on after the answer to the write that it waited for. */
function wakeDelays(writes: readonly Operation[], waits: readonly Operation[]): number[] {
  const written = new Map(writes.filter(isAcknowledged).map(({ id, ended }) => [id, ended]));
  return waits
    .filter(isSighting)
    .flatMap(({ id, began, ended }) => {
      const at = written.get(id);
      return at === undefined || at < began ? [] : [Math.max(0, ended - at)];
    })
    .toSorted((a, b) => a - b);
}

function rounded(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
