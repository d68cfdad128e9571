// Checks who was found by a shared id that several ids claim: whoever claimed it last.

import { type Operation, told } from './operation.js';

/** The calls by or for one shared id, of states that are never erased. */
export function claimViolations(operations: readonly Operation[]): string[] {
  const claims = operations.filter(({ kind }) => kind === 'put');
  const lookUps = operations.filter(({ kind }) => kind === 'look-up');
  const latest = latestClaims(claims, lookUps);
  const overtaken = lastEnds(claims, lookUps);

  return lookUps.flatMap((lookUp) => {
    const past = latest.get(lookUp)!;
    if (lookUp.outcome.result === 'nothing') {
      return past.size === 0 ? [] : [`finds nothing, though claimed: ${told(lookUp)}`];
    }
    if (lookUp.outcome.result !== 'state') return [];

    const begins = [...past].flatMap(([id, began]) => (id === lookUp.id ? [] : [began]));
    return overtaken.get(lookUp)! > Math.max(...begins)
      ? []
      : [`finds an id that has lost it: ${told(lookUp)}`];
  });
}

/** For each look-up: when the last claim of each id began that was acknowledged before it. */
function latestClaims(claims: readonly Operation[], lookUps: readonly Operation[]) {
  const acknowledged = claims
    .filter(({ outcome }) => outcome.result === 'state')
    .toSorted((a, b) => a.ended - b.ended);
  const latest = new Map<string, number>();
  const atLookUps = new Map<Operation, ReadonlyMap<string, number>>();
  let next = 0;
  for (const lookUp of lookUps.toSorted((a, b) => a.began - b.began)) {
    for (; next < acknowledged.length && acknowledged[next]!.ended < lookUp.began; next++) {
      const { id, began } = acknowledged[next]!;
      latest.set(id, Math.max(latest.get(id) ?? 0, began));
    }
    atLookUps.set(lookUp, new Map(latest));
  }
  return atLookUps;
}

/**
 * For each look-up: when the last claim of the id that it found can have taken effect, of those
 * that had begun. One that was not acknowledged can at any time.
 */
function lastEnds(claims: readonly Operation[], lookUps: readonly Operation[]) {
  const possible = claims
    .filter(({ outcome }) => outcome.result !== 'undone')
    .toSorted((a, b) => a.began - b.began);
  const last = new Map<string, number>();
  const atLookUps = new Map<Operation, number>();
  let next = 0;
  for (const lookUp of lookUps.toSorted((a, b) => a.ended - b.ended)) {
    for (; next < possible.length && possible[next]!.began < lookUp.ended; next++) {
      const { id, ended, outcome } = possible[next]!;
      const end = outcome.result === 'state' ? ended : Number.POSITIVE_INFINITY;
      last.set(id, Math.max(last.get(id) ?? 0, end));
    }
    atLookUps.set(lookUp, last.get(lookUp.id) ?? Number.NEGATIVE_INFINITY);
  }
  return atLookUps;
}
