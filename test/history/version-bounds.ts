// What the real-time order of the calls on one id says about its version around each of them.

import { isLookUp, isSighting, type Operation } from './operation.js';

/** What was certain when a call began, and what the calls after it have shown. */
export interface Bounds {
  /** The highest version that was acknowledged or shown before the call began; 0: none. */
  readonly known: number;
  /** The least version that the call may show: an end of a state that was seen is behind it. */
  readonly least: number;
  /** The least version that any call shows which began after this one ended. */
  readonly shownLater: number;
  /** The least version that a write left which began after this one ended. */
  readonly writtenLater: number;
  /** The highest version that the first erasure can have ended which began after this one ended. */
  readonly erasedLater: number;
}

/**
 * A waiter looks again every second, so that its 404 tells of the last seconds of its wait only:
 * of more than one look, since the database may be away for the last of them.
 */
const lastLookMs = 4_000;

/** When a call began to ask what it answered. */
export function asked({ kind, outcome, began, ended }: Operation): number {
  const isLate = kind === 'wait' && outcome.result === 'nothing';
  return isLate ? Math.max(began, ended - lastLookMs) : began;
}

/** The bounds of each call, all of them on one id. */
export function versionBounds(operations: readonly Operation[]): Map<Operation, Bounds> {
  const byBegin = operations.toSorted((a, b) => asked(a) - asked(b));
  const byEnd = operations.toSorted((a, b) => a.ended - b.ended);
  const before = boundsBefore(byBegin, byEnd);
  const shownLater = leastLater(byBegin, byEnd, (operation) =>
    isSighting(operation) ? operation.outcome.version : undefined,
  );
  const writtenLater = leastLater(byBegin, byEnd, (operation) =>
    isSighting(operation) && !isLookUp(operation) ? operation.outcome.version : undefined,
  );
  const erasedLater = leastLater(byBegin, byEnd, (operation) =>
    operation.outcome.result === 'erased' ? shownLater.get(operation)! - 1 : undefined,
  );
  return new Map(
    operations.map((operation) => [
      operation,
      {
        ...before.get(operation)!,
        shownLater: shownLater.get(operation)!,
        writtenLater: writtenLater.get(operation)!,
        erasedLater: erasedLater.get(operation)!,
      },
    ]),
  );
}

function boundsBefore(
  byBegin: readonly Operation[],
  byEnd: readonly Operation[],
): Map<Operation, Pick<Bounds, 'known' | 'least'>> {
  const before = new Map<Operation, Pick<Bounds, 'known' | 'least'>>();
  let known = 0;
  let least = 0;
  let next = 0;
  for (const operation of byBegin) {
    for (; byEnd[next]!.ended < asked(operation); next++) {
      const ended = byEnd[next]!;
      if (isSighting(ended)) {
        known = Math.max(known, ended.outcome.version);
        least = Math.max(least, known);
      } else if (ended.outcome.result === 'nothing' || ended.outcome.result === 'erased') {
        least = Math.max(least, before.get(ended)!.known + 1);
      }
    }
    before.set(operation, { known, least });
  }
  return before;
}

/** For each call the least value of those that began after it ended; infinite without any. */
function leastLater(
  byBegin: readonly Operation[],
  byEnd: readonly Operation[],
  versionOf: (operation: Operation) => number | undefined,
): Map<Operation, number> {
  const later = new Map<Operation, number>();
  let least = Number.POSITIVE_INFINITY;
  let next = byBegin.length - 1;
  for (const operation of byEnd.toReversed()) {
    for (; next >= 0 && asked(byBegin[next]!) > operation.ended; next--) {
      least = Math.min(least, versionOf(byBegin[next]!) ?? least);
    }
    later.set(operation, least);
  }
  return later;
}
