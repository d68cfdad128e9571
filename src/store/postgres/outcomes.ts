// Outcomes, inside a transaction: pickups, look-ups that found nothing, what is decided by the
// passing of time, and the events of each.

import type { HandoffName } from '../../handoff.js';
import { limits } from '../../limits.js';
import type { HashName } from '../../name-hash.js';
import type {
  ChangeNote,
  DecidedOutcomes,
  OutcomeNotes,
  PickedUp,
  PickupNote,
  RecordedOutcomes,
  ResultlessCause,
  ResultlessNote,
} from '../../outcome.js';
import { hashesOfChange, storedId } from '../outcome-rows.js';
import { hashOfStored, storedName } from '../stored-states.js';
import { addEvents, type NewEvent } from './event-writes.js';
import {
  addResultless,
  decideEarly,
  decideEarlyByNow,
  decideNeverWritten,
  earlyAfterAll,
  liveNames,
  noteMissed,
  otherProjects,
  pickUp,
  pickUpEnded,
} from './outcome-statements.js';
import type { Transaction } from './write.js';

/** What is decided in one transaction, of each kind, so that writes go on between. */
const decidedMax = 500;
/** Projects of an account that a look-up is looked for in. */
const otherProjectsMax = 50;

/** What one transaction has recorded: look-ups are looked at again by the next one. */
export interface Recorded extends RecordedOutcomes {
  /** Projects with new events. */
  readonly tenants: ReadonlySet<string>;
}

export async function recordOutcomes(
  transaction: Transaction,
  hashName: HashName,
  notes: OutcomeNotes,
): Promise<Recorded> {
  const { changes } = notes;
  await transaction.begun;
  let early = 0;
  for (const some of byTenant(changes)) early += await noteChanges(transaction, hashName, some);
  const events = changes.map((change): NewEvent => {
    const { tenant, kind, at } = change;
    return { tenant, kind, stored: storedId(hashName, change), at, late: false };
  });
  const pickups: PickedUp[] = [];
  for (const some of byTenant(notes.pickups)) {
    for (const picked of await notePickups(transaction, hashName, some)) {
      pickups.push(picked.pickup);
      events.push(...picked.events);
    }
  }
  let otherProject = 0;
  for (const some of byTenant(notes.resultless)) {
    otherProject += await noteResultless(transaction, hashName, some);
  }
  const tenants = await addEvents(transaction, hashName, events);
  return { pickups, early, otherProject, tenants };
}

/**
 * After the commit of look-ups that found nothing: those whose state is there by now were early.
 * Of a write that comes later its own node sees them.
 */
export async function recordEarly(
  transaction: Transaction,
  hashName: HashName,
  notes: readonly ResultlessNote[],
): Promise<number> {
  await transaction.begun;
  let early = 0;
  for (const some of byTenant(undecided(notes))) {
    const { tenant } = some[0]!;
    const live = await namesThere(transaction, tenant, some.map(nameIn(hashName, tenant)));
    const found = some.filter((note) => live.has(keyOf(nameIn(hashName, tenant)(note))));
    if (found.length === 0) continue;
    const ids = found.map(({ lookUpId }) => lookUpId);
    early += await transaction.run(decideEarlyByNow, tenant, ids);
  }
  return early;
}

export function undecided(notes: readonly ResultlessNote[]): ResultlessNote[] {
  return notes.filter(({ cause }) => cause === 'not_found');
}

/** Of one project. */
export async function decideOutcomes(
  transaction: Transaction,
  hashName: HashName,
  tenant: string,
): Promise<DecidedOutcomes & { tenants: ReadonlySet<string> }> {
  await transaction.begun;
  const { now } = transaction;
  const missed = await transaction.all(
    noteMissed,
    tenant,
    now,
    now - limits.missedGraceMs,
    decidedMax,
  );
  const events = missed.map(({ id, due_at: at }): NewEvent => {
    return { tenant, kind: 'missed', stored: id, at, late: false };
  });
  const before = now - limits.earlyLookUpSeconds * 1000;
  const neverWritten = await transaction.run(decideNeverWritten, tenant, before, decidedMax);
  const tenants = await addEvents(transaction, hashName, events);
  return { missed: missed.length, neverWritten, tenants };
}

/** How many look-ups they show to have been early whose cause was not known; all of one project. */
async function noteChanges(
  transaction: Transaction,
  hashName: HashName,
  changes: readonly ChangeNote[],
): Promise<number> {
  const written = changes.filter(({ kind }) => kind !== 'erased');
  const named = written.flatMap((change) =>
    hashesOfChange(hashName, change).map((hash) => ({ hash, at: change.at })),
  );
  if (named.length === 0) return 0;
  const hashes = named.map(({ hash }) => hash);
  const times = named.map(({ at }) => at);
  const earlyMs = limits.earlyLookUpSeconds * 1000;
  const { tenant } = changes[0]!;
  await transaction.run(earlyAfterAll, tenant, hashes, times, earlyMs);
  return transaction.run(decideEarly, tenant, hashes, times, earlyMs);
}

/** Those that count: none that was picked up before; all of one project. */
async function notePickups(
  transaction: Transaction,
  hashName: HashName,
  notes: readonly PickupNote[],
): Promise<{ pickup: PickedUp; events: NewEvent[] }[]> {
  const { tenant } = notes[0]!;
  const hashOf = ({ id }: PickupNote) => hashOfStored(hashName, tenant, { kind: 'id', value: id });
  const live = await transaction.all(pickUp, tenant, ...columnsOf(notes, ({ id }) => id));
  const seen = new Set(live.map(({ name }) => name));
  // They may have ended in the moment since.
  const others = notes.filter(({ id }) => !seen.has(id));
  const ended =
    others.length === 0
      ? []
      : await transaction.all(pickUpEnded, tenant, ...columnsOf(others, hashOf));
  const idOf = new Map(others.map((note) => [hashOf(note), note.id]));
  return [...live, ...ended].map((row) => {
    const { picked_up_at: at, due_at: dueAt, is_newly_missed: isNewlyMissed } = row;
    const late = dueAt !== null && at >= dueAt;
    const stored = idOf.get(row.name) ?? row.name;
    const pickedUp: NewEvent = { tenant, kind: 'picked_up', stored, at, late };
    const missed: NewEvent = { ...pickedUp, kind: 'missed', at: dueAt!, late: false };
    return {
      pickup: { delayMs: at - row.written_at, late, isNewlyMissed },
      events: isNewlyMissed ? [missed, pickedUp] : [pickedUp],
    };
  });
}

function columnsOf(notes: readonly PickupNote[], nameOf: (note: PickupNote) => string) {
  const times = notes.map(({ writtenAt }) => writtenAt);
  return [notes.map(nameOf), times, notes.map(({ at }) => at)] as const;
}

/** How many exist in another project; all of one project. */
async function noteResultless(
  transaction: Transaction,
  hashName: HashName,
  notes: readonly ResultlessNote[],
): Promise<number> {
  const { tenant } = notes[0]!;
  const elsewhere = await foundElsewhere(transaction, hashName, undecided(notes));
  const causeOf = (note: ResultlessNote): ResultlessCause | 'undecided' => {
    if (note.cause !== 'not_found') return note.cause;
    return elsewhere.has(note.lookUpId) ? 'other_project' : 'undecided';
  };
  await transaction.run(
    addResultless,
    tenant,
    notes.map(({ lookUpId }) => lookUpId),
    notes.map(({ name }) => hashName(tenant, name)),
    notes.map(({ keyId }) => keyId),
    notes.map(({ at }) => at),
    notes.map(causeOf),
  );
  return elsewhere.size;
}

/** The look-ups whose name stands in another project of the account, and not in their own. */
async function foundElsewhere(
  transaction: Transaction,
  hashName: HashName,
  notes: readonly ResultlessNote[],
): Promise<Set<string>> {
  const found = new Set<string>();
  const [first] = notes;
  if (first === undefined) return found;
  const { accountId, tenant } = first;
  const others = await transaction.all(otherProjects, accountId, tenant, otherProjectsMax);
  const own = others.length === 0 ? [] : [tenant];
  const isOwn = new Set<string>();
  for (const place of [...own, ...others.map((other) => other.tenant)]) {
    const nameOf = nameIn(hashName, place);
    const live = await namesThere(transaction, place, notes.map(nameOf));
    for (const note of notes) {
      if (!live.has(keyOf(nameOf(note))) || isOwn.has(note.lookUpId)) continue;
      if (place === tenant) isOwn.add(note.lookUpId);
      else found.add(note.lookUpId);
    }
  }
  return found;
}

function nameIn(hashName: HashName, tenant: string): (note: ResultlessNote) => HandoffName {
  return ({ name }) => ({ kind: name.kind, value: storedName(hashName, tenant, name) });
}

/** Which of these names, as rows hold them, lead to a live state. */
async function namesThere(
  transaction: Transaction,
  tenant: string,
  names: readonly HandoffName[],
): Promise<Set<string>> {
  const of = (kind: HandoffName['kind']) =>
    names.filter((name) => name.kind === kind).map(({ value }) => value);
  const rows = await transaction.all(liveNames, tenant, of('id'), of('shared_id'), transaction.now);
  return new Set(rows.map(({ kind, name }) => keyOf({ kind, value: name })));
}

function keyOf({ kind, value }: HandoffName): string {
  return `${kind}\n${value}`;
}

/** In one order, so that no two nodes wait for each other in a circle. */
function byTenant<Note extends { readonly tenant: string }>(notes: readonly Note[]): Note[][] {
  const groups = new Map<string, Note[]>();
  for (const note of notes) {
    const group = groups.get(note.tenant);
    if (group === undefined) groups.set(note.tenant, [note]);
    else group.push(note);
  }
  return [...groups.values()].toSorted((one, other) =>
    one[0]!.tenant < other[0]!.tenant ? -1 : 1,
  );
}
