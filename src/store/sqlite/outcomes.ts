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
import { addEvent, type NewEvent } from './event-writes.js';
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
  const tenants = new Set<string>();
  const tell = (event: NewEvent) => {
    tenants.add(event.tenant);
    addEvent(statements, event);
  };
  let early = 0;
  for (const change of notes.changes) {
    early += noteChange(statements, change);
    const { tenant, kind, at } = change;
    tell({ tenant, kind, stored: storedId(statements.hashName, change), at, late: false });
  }
  const pickups = notes.pickups.flatMap((note) => notePickup(statements, note, tell) ?? []);
  let otherProject = 0;
  for (const note of notes.resultless) {
    const cause = noteResultless(statements, note, now);
    if (cause === 'early') early += 1;
    if (cause === 'other_project') otherProject += 1;
  }
  const output = { pickups, early, otherProject };
  return { output, changed: [...tenants].map(eventsKey) };
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
    for (const { id, due_at } of missed) {
      statements.noteMissed.run(tenant, id);
      addEvent(statements, { tenant, kind: 'missed', stored: id, at: due_at, late: false });
    }
    if (missed.length > 0) changed.push(eventsKey(tenant));
    decided.missed += missed.length;
    const before = now - limits.earlyLookUpSeconds * 1000;
    const { changes } = statements.decideNeverWritten.run(tenant, tenant, before, decidedMax);
    decided.neverWritten += changes;
  }
  return { output: decided, changed };
}

/** How many look-ups it shows to have been early whose cause was not known. */
function noteChange(statements: OutcomeStatements, change: ChangeNote): number {
  if (change.kind === 'erased') return 0;
  const { tenant, at } = change;
  const after = at - limits.earlyLookUpSeconds * 1000;
  let early = 0;
  for (const hash of hashesOfChange(statements.hashName, change)) {
    early += statements.decideEarly.run(tenant, hash, after, at).changes;
    statements.earlyAfterAll.run(tenant, hash, after, at);
  }
  return early;
}

/** Undefined where it was picked up before, or is gone without a trace. */
function notePickup(
  statements: OutcomeStatements,
  note: PickupNote,
  tell: (event: NewEvent) => void,
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
  if (isNewlyMissed) tell({ tenant, kind: 'missed', stored: id, at: dueAt, late: false });
  tell({ tenant, kind: 'picked_up', stored: id, at, late });
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
