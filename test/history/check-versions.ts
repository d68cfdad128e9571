// Checks the versions that the calls on one id showed against the order in which they happened.

import { isLookUp, isSighting, isUnsettled, type Operation, told } from './operation.js';
import { type Bounds, versionBounds } from './version-bounds.js';

/**
 * Every call must have taken effect at one moment between its beginning and its end: a look-up
 * shows nothing older than what was acknowledged or shown before it began, every write raises the
 * version, and nothing is found only where nothing was written yet or an erasure explains it.
 */
export function versionViolations(operations: readonly Operation[]): string[] {
  const bounds = versionBounds(operations);
  const erasures = operations.filter(
    (operation) =>
      operation.kind === 'erase' &&
      (operation.outcome.result === 'erased' || isUnsettled(operation)),
  );
  return operations.flatMap((operation) => {
    const violation = isSighting(operation)
      ? sightingViolation(operation, bounds.get(operation)!)
      : operation.outcome.result === 'nothing'
        ? absenceViolation(operation, erasures, bounds)
        : operation.outcome.result === 'erased'
          ? erasureViolation(operation, bounds.get(operation)!)
          : undefined;
    return violation === undefined ? [] : [`${violation}: ${told(operation)}`];
  });
}

function sightingViolation(
  operation: Operation & { outcome: { version: number } },
  { known, least }: Bounds,
): string | undefined {
  const { version } = operation.outcome;
  if (isLookUp(operation)) {
    if (version < known) return `went back, version ${known} was known before`;
    if (version < least) return `came back, the end of version ${least - 1} was known before`;
  } else if (version <= known || version < least) {
    return `wrote beside version ${Math.max(known, least - 1)}, which was known before`;
  }
  return undefined;
}

function absenceViolation(
  absence: Operation,
  erasures: readonly Operation[],
  bounds: ReadonlyMap<Operation, Bounds>,
): string | undefined {
  const { known, shownLater } = bounds.get(absence)!;
  if (known === 0) return undefined;
  const isExplained = erasures.some((erasure) => {
    if (erasure === absence || erasure.began > absence.ended) return false;
    const [first, last] = endedVersions(erasure, bounds.get(erasure)!);
    return first < shownLater && last >= known;
  });
  return isExplained ? undefined : `lost, version ${known} was known before`;
}

/** There must have been a version to end, after those known before and before those seen later. */
function erasureViolation(erasure: Operation, bounds: Bounds): string | undefined {
  const [first, last] = endedVersions(erasure, bounds);
  return first <= last ? undefined : `came to nothing, version ${last + 1} was seen after it`;
}

/** The first and the last version that an erasure can have ended. */
function endedVersions(
  { outcome }: Operation,
  { known, least, shownLater, writtenLater }: Bounds,
): [number, number] {
  const first = Math.max(known, least, 1);
  // One that was not acknowledged may take effect late, but over no later write's version.
  return [first, (outcome.result === 'erased' ? shownLater : writtenLater) - 1];
}
