// Checks what the calls on one id showed: whole writes, each once, and each under one version.

import {
  type Content,
  isPossibleWrite,
  isSighting,
  type Operation,
  type Sighting,
  told,
} from './operation.js';
import { versionBounds } from './version-bounds.js';

type WriteKind = 'put' | 'patch';
type Writes = ReadonlyMap<number, Operation>;

export function contentViolations(operations: readonly Operation[]): string[] {
  const sightings = operations
    .filter(isSighting)
    .toSorted((a, b) => a.outcome.version - b.outcome.version);
  const writes = new Map(
    operations.filter(isPossibleWrite).map((operation) => [operation.number!, operation]),
  );
  return [
    ...strangeContents(sightings, writes),
    ...versionsWithTwoContents(sightings),
    ...repeatedWrites(sightings, 'put'),
    ...repeatedWrites(sightings, 'patch'),
    ...lateWrites(operations, sightings),
    ...surplusVersions(operations, sightings),
  ];
}

/** Nothing is shown that was not written by calls that had begun, or only a part of one. */
function strangeContents(sightings: readonly Sighting[], writes: Writes): string[] {
  return sightings.flatMap((sighting) => {
    const { content } = sighting.outcome;
    const isFrom = (kind: WriteKind, number: number) => {
      const write = writes.get(number);
      return write?.kind === kind && write.began < sighting.ended;
    };
    const { put, patch } = content;
    if (!content.isWhole) return [`torn: ${told(sighting)}`];
    if (!isFrom('put', put) || (patch !== undefined && !isFrom('patch', patch))) {
      return [`of a write that was not made: ${told(sighting)}`];
    }
    const isOwn = sighting.number === (sighting.kind === 'put' ? put : patch);
    const isMerged = sighting.kind === 'put' && patch !== undefined;
    const isWrite = sighting.kind === 'put' || sighting.kind === 'patch';
    return isWrite && (!isOwn || isMerged) ? [`not what was written: ${told(sighting)}`] : [];
  });
}

/** One version with two contents was written on two timelines. */
function versionsWithTwoContents(sightings: readonly Sighting[]): string[] {
  return pairs(sightings).flatMap(([one, other]) => {
    const isSameVersion = one.outcome.version === other.outcome.version;
    const isSameContent = isSame(one.outcome.content, other.outcome.content);
    return isSameVersion && !isSameContent
      ? [`two states of one version: ${told(one)} · ${told(other)}`]
      : [];
  });
}

/** A write's versions stand together, from its own on: another one between them means twice. */
function repeatedWrites(sightings: readonly Sighting[], kind: WriteKind): string[] {
  const over = new Set<number>();
  const violations: string[] = [];
  let latest: number | undefined;
  for (const sighting of sightings) {
    const number = sighting.outcome.content[kind];
    if (number === latest) continue;
    if (latest !== undefined) over.add(latest);
    if (number !== undefined && over.has(number)) {
      violations.push(`applied twice: ${told(sighting)}`);
    }
    latest = number;
  }
  const acknowledged = new Map(
    sightings
      .filter((sighting) => sighting.kind === kind)
      .map((sighting) => [sighting.number!, sighting.outcome.version]),
  );
  for (const sighting of sightings) {
    const own = acknowledged.get(sighting.outcome.content[kind] ?? Number.NaN);
    if (own !== undefined && sighting.outcome.version < own) {
      violations.push(`applied before it was acknowledged as version ${own}: ${told(sighting)}`);
    }
  }
  return violations;
}

/** What was answered 503 may appear, but not over a write that began after that answer. */
function lateWrites(operations: readonly Operation[], sightings: readonly Sighting[]): string[] {
  const bounds = versionBounds(operations);
  const first = new Map<number, Sighting>();
  for (const sighting of sightings.toReversed()) {
    const { put, patch } = sighting.outcome.content;
    for (const number of [put, patch]) if (number !== undefined) first.set(number, sighting);
  }
  return operations.flatMap((operation) => {
    if (!isPossibleWrite(operation) || operation.outcome.result !== 'unknown') return [];
    const shown = first.get(operation.number!);
    if (shown === undefined) return [];
    const { writtenLater, erasedLater } = bounds.get(operation)!;
    const isOver = shown.outcome.version > Math.min(writtenLater, erasedLater);
    return isOver ? [`over a later write: ${told(operation)} · ${told(shown)}`] : [];
  });
}

/** Each write raises the version by one; where other ids take a shared id away, they do as well. */
function surplusVersions(
  operations: readonly Operation[],
  sightings: readonly Sighting[],
): string[] {
  const isContested = operations.some(({ claimed }) => claimed !== undefined);
  const highest = sightings.at(-1);
  if (isContested || highest === undefined) return [];
  const writes = operations.filter(isPossibleWrite).length;
  return highest.outcome.version > writes
    ? [`more versions than the ${writes} writes: ${told(highest)}`]
    : [];
}

function pairs(sightings: readonly Sighting[]): [Sighting, Sighting][] {
  return sightings.slice(1).map((sighting, index) => [sightings[index]!, sighting]);
}

function isSame(one: Content, other: Content): boolean {
  return one.put === other.put && one.patch === other.patch;
}
