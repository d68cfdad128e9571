// Checks a log of calls, of any number of clients and servers, against what the store promises.

import { claimViolations } from './check-claims.js';
import { contentViolations } from './check-contents.js';
import { versionViolations } from './check-versions.js';
import { type Operation, told } from './operation.js';

/** Every promise that the log shows to be broken, in words. */
export function logViolations(log: readonly Operation[]): string[] {
  const wrong = log.flatMap((operation) =>
    operation.outcome.result === 'wrong' ? [`${operation.outcome.found}: ${told(operation)}`] : [],
  );
  // Nothing found by a shared id that several claim says nothing about one of the ids.
  const ofIds = groups(log, ({ id }) => id || undefined).flatMap((operations) => [
    ...versionViolations(operations),
    ...contentViolations(operations),
  ]);
  const ofClaims = groups(log, ({ claimed }) => claimed).flatMap(claimViolations);
  return [...wrong, ...ofIds, ...ofClaims];
}

function groups(
  log: readonly Operation[],
  nameOf: (operation: Operation) => string | undefined,
): Operation[][] {
  const named = new Map<string, Operation[]>();
  for (const operation of log) {
    const name = nameOf(operation);
    if (name === undefined) continue;
    const group = named.get(name);
    if (group === undefined) named.set(name, [operation]);
    else group.push(operation);
  }
  return [...named.values()];
}
