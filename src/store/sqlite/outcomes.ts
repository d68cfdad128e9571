// Outcomes, inside the writer's transaction: pickups, look-ups that found nothing, what is decided
// by the passing of time, and the events of each.

import type { HandoffName } from '../../handoff.js';
import { limits } from '../../limits.js';
import type {
  ChangeNote,
  DecidedOutcomes,
  OutcomeNotes,
  PickedUp,
  PickupNote,
  RecordedOutcomes,
  ResultlessNote,
} from '../../outcome.js';
import { eventsKey, hashesOfChange, storedId } from '../outcome-rows.js';
import { hashOfStored, storedName } from '../stored-states.js';
import type { Connection } from './database.js';
import { addEvents, type NewEvent } from './event-writes.js';
import type { HandoffStatements } from './handoff-statements.js';
import type { Changed } from './handoff-writes.js';
import { prepareOutcomeStatements } from './outcome-statements.js';

/** What is decided in one transaction, of each kind, so that writes go on between. */
const decidedMax = 500;
/** Projects of an account that a look-up is looked for in. */
const otherProjectsMax = 50;

export type OutcomeStatements = ReturnType<typeof prepareOutcomes>;

export function prepareOutcomes(db: Connection, handoffs: HandoffStatements) {
  return { ...handoffs, ...prepareOutcomeStatements(db) };
}

export function recordOutcomes(
  statements: OutcomeStatements,
  { notes, now }: { notes: OutcomeNotes; now: number },
): Changed<RecordedOutcomes> {
  const told = new Map<string, NewEvent[]>();
  const tell = (tenant: string, event: NewEvent) => {
    const events = told.get(tenant);
    if (events === undefined) told.set(tenant, [event]);
    else events.push(event);
  };
  for (const change of notes.changes) {
    const { tenant, kind, at } = change;
    tell(tenant, { kind, stored: storedId(statements.hashName, change), at, late: false });
  }
  let early = decideEarly(statements, notes.changes);
  const pickups = notes.pickups.flatMap((note) => notePickup(statements, note, tell) ?? []);
  let otherProject = 0;
  for (const note of notes.resultless) {
    const cause = noteResultless(statements, note, now);
    if (cause === 'early') early += 1;
    if (cause === 'other_project') otherProject += 1;
  }
  for (const [tenant, events] of told) addEvents(statements, tenant, events);
  const output = { pickups, early, otherProject };
  return { output, changed: [...told.keys()].map(eventsKey) };
}

export function decideOutcomes(
  statements: OutcomeStatements,
  { now }: { now: number },
): Changed<DecidedOutcomes> {
  const graceEnd = now - limits.missedGraceMs;
  const decided = { missed: 0, neverWritten: 0 };
  const changed: string[] = [];
  for (const { tenant } of statements.projects.all()) {
    const missed = statements.missed.all(tenant, now, graceEnd, now, decidedMax);
    for (const { id } of missed) statements.noteMissed.run(tenant, id);
    const events = missed.map(
      ({ id, due_at: at }): NewEvent => ({ kind: 'missed', stored: id, at, late: false }),
    );
    addEvents(statements, tenant, events);
    if (missed.length > 0) changed.push(eventsKey(tenant));
    decided.missed += missed.length;
    const before = now - limits.earlyLookUpSeconds * 1000;
    const { changes } = statements.decideNeverWritten.run(tenant, tenant, before, decidedMax);
    decided.neverWritten += changes;
  }
  return { output: decided, changed };
}

/** How many look-ups the changes show to have been early whose cause was not known. */
function decideEarly(statements: OutcomeStatements, changes: readonly ChangeNote[]): number {
  const awaited = new Map<string, boolean>();
  /** Mostly no look-up of the whole project waits, and names need not be hashed. */
  const isAwaited = (tenant: string) => {
    const known = awaited.get(tenant) ?? statements.anyAwaiting.get(tenant) !== undefined;
    awaited.set(tenant, known);
    return known;
  };
  let early = 0;
  for (const change of changes) {
    const { tenant, kind, at } = change;
    if (kind === 'erased' || !isAwaited(tenant)) continue;
    const after = at - limits.earlyLookUpSeconds * 1000;
    for (const hash of hashesOfChange(statements.hashName, change)) {
      const lookUps = statements.awaiting.all(tenant, hash, after, at);
      if (lookUps.length === 0) continue;
      statements.decideEarly.run(tenant, hash, after, at);
      early += lookUps.filter(({ cause }) => cause === 'undecided').length;
    }
  }
  return early;
}

/** Undefined where it was picked up before, or is gone without a trace. */
function notePickup(
  statements: OutcomeStatements,
  note: PickupNote,
  tell: (tenant: string, event: NewEvent) => void,
): PickedUp | undefined {
  const { tenant, id, writtenAt } = note;
  const at = Math.max(note.at, writtenAt);
  const live = statements.notPickedUp.get(tenant, id, writtenAt);
  const row = live ?? endedPickedUp(statements, note, at);
  if (row === undefined) return undefined;
  const { due_at: dueAt } = row;
  const late = dueAt !== null && at >= dueAt;
  const isNewlyMissed = late && live?.missed_at === null;
  // One in time may be told of after the state was taken for missed.
  const missedAt = late ? (live?.missed_at ?? dueAt) : null;
  if (live !== undefined) statements.pickUp.run(at, missedAt, tenant, id);
  if (isNewlyMissed) tell(tenant, { kind: 'missed', stored: id, at: dueAt, late: false });
  tell(tenant, { kind: 'picked_up', stored: id, at, late });
  return { delayMs: at - writtenAt, late, isNewlyMissed };
}

/** It may have ended in the moment since. */
function endedPickedUp(
  statements: OutcomeStatements,
  { tenant, id, writtenAt }: PickupNote,
  at: number,
): { due_at: number | null } | undefined {
  const hash = hashOfStored(statements.hashName, tenant, { kind: 'id', value: id });
  return statements.pickUpEnded.get(at, tenant, hash, writtenAt);
}

/** The cause that is known at once, beside those that the answer told. */
function noteResultless(
  statements: OutcomeStatements,
  note: ResultlessNote,
  now: number,
): 'early' | 'other_project' | undefined {
  const { tenant, name, at } = note;
  const known = note.cause === 'not_found' ? causeByNow(statements, note, now) : undefined;
  const cause = known ?? (note.cause === 'not_found' ? 'undecided' : note.cause);
  const hash = statements.hashName(tenant, name);
  statements.addResultless.run(tenant, note.lookUpId, hash, note.keyId, at, cause);
  return known;
}

function causeByNow(
  statements: OutcomeStatements,
  { tenant, accountId, name }: ResultlessNote,
  now: number,
): 'early' | 'other_project' | undefined {
  if (isThere(statements, tenant, name, now)) return 'early';
  const others = statements.otherProjects.all(accountId, tenant, otherProjectsMax);
  const isElsewhere = others.some((other) => isThere(statements, other.tenant, name, now));
  return isElsewhere ? 'other_project' : undefined;
}

function isThere(
  statements: OutcomeStatements,
  tenant: string,
  name: HandoffName,
  now: number,
): boolean {
  const stored = storedName(statements.hashName, tenant, name);
  const row = statements[name.kind === 'id' ? 'liveById' : 'liveByAlias'].get(tenant, stored, now);
  return row !== undefined;
}
