// What happened to one handoff, in order: what is known of it, and every call that named it.

import type { ApiKey, AuditEntry, Handoff } from '../api-types.js';
import { durationText } from './times.js';

export interface TimelineEvent {
  readonly at: string;
  readonly title: string;
  readonly detail: string;
  readonly tone: 'plain' | 'good' | 'warn' | 'bad' | 'ahead';
  /** How many calls like this one came one after the other. */
  readonly times: number;
}

export interface TimelineFacts {
  readonly item: Handoff;
  /** Calls that named it, newest first. */
  readonly entries: readonly AuditEntry[];
  readonly deadlineSeconds: number;
  readonly keys: ReadonlyMap<string, ApiKey>;
  readonly now: number;
}

/** An answer's entry is noted a moment before or after what it did. */
const togetherMs = 1_500;

export function timelineOf(facts: TimelineFacts): TimelineEvent[] {
  const calls = facts.entries.filter(({ action }) => titled.has(action));
  const pickup = pickupOf(facts, calls);
  const events: TimelineEvent[] = [
    ...calls.map((entry) => eventOf(facts, entry, pickup)),
    ...ownEvents(facts, calls, pickup !== undefined),
  ].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return grouped(events);
}

const titled = new Set([
  'look_up',
  'reveal',
  'put',
  'patch',
  'erase',
  'erase_named',
  'pop_open',
  'link_create',
]);

/** What is known of the state itself, where no call tells it already. */
function ownEvents(
  { item, deadlineSeconds, now }: TimelineFacts,
  calls: readonly AuditEntry[],
  isPickupTold: boolean,
): TimelineEvent[] {
  const { status, written_at, updated_at, picked_up_at, expires_at, version } = item;
  const isTold = (at: string, actions: readonly string[]) =>
    calls.some((call) => actions.includes(call.action) && call.status < 300 && near(call.at, at));
  const events: TimelineEvent[] = [];
  const add = (at: string, title: string, detail: string, tone: TimelineEvent['tone']) =>
    void events.push({ at, title, detail, tone, times: 1 });

  if (!isTold(written_at, ['put'])) add(written_at, 'Written', '', 'plain');
  if (version > 1 && !near(updated_at, written_at) && !isTold(updated_at, ['put', 'patch'])) {
    add(updated_at, 'Changed', `version ${version}`, 'plain');
  }
  if (picked_up_at !== undefined && !isPickupTold) {
    add(picked_up_at, ...pickupWords(item), status === 'late' ? 'warn' : 'good');
  }
  const deadline = Date.parse(written_at) + deadlineSeconds * 1_000;
  const wasInTime = picked_up_at !== undefined && Date.parse(picked_up_at) <= deadline;
  if (!wasInTime && deadline <= now && (status === 'missed' || status === 'late')) {
    const patience = durationText(deadlineSeconds * 1_000);
    add(iso(deadline), 'Missed', `no reader had picked it up within ${patience}`, 'bad');
  }
  if (status === 'pending') add(iso(deadline), 'Missed, unless it is picked up', '', 'ahead');
  if (status === 'expired') add(expires_at, 'Expired', 'nobody can read it any more', 'plain');
  else if (status !== 'erased') add(expires_at, 'Expires', '', 'ahead');
  return events;
}

type Words = readonly [title: string, tone: TimelineEvent['tone'], detail?: string | undefined];

function eventOf(facts: TimelineFacts, entry: AuditEntry, pickup: AuditEntry | undefined) {
  const key = facts.keys.get(entry.key_id ?? '');
  const who = key?.name ?? entry.key_id;
  const from = entry.address === 'cli' ? 'on the command line' : `from ${entry.address}`;
  const by = who === null ? `without a known key, ${from}` : `by ${who}, ${from}`;
  const [title, tone, more] =
    entry === pickup
      ? pickedUpWords(facts.item, entry)
      : (changeWords(entry) ?? lookUpWords(facts.item, entry, key));
  const detail = [more, by].filter((text) => text !== undefined).join(' · ');
  return { at: entry.at, title, detail, tone, times: 1 };
}

/** The first look-up of a reader that was answered when the handoff was picked up. */
function pickupOf({ item, keys }: TimelineFacts, calls: readonly AuditEntry[]) {
  const { picked_up_at } = item;
  if (picked_up_at === undefined) return undefined;
  return calls
    .filter(({ action, status }) => ['look_up', 'pop_open'].includes(action) && status === 200)
    .filter(({ key_id }) => (keys.get(key_id ?? '')?.permission ?? 'read') === 'read')
    .filter(({ at }) => near(at, picked_up_at))
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))[0];
}

/** Undefined where the call changed nothing. */
function changeWords({ action, status, cause }: AuditEntry): Words | undefined {
  const isErasure = action.startsWith('erase');
  if (action !== 'put' && action !== 'patch' && !isErasure) return undefined;
  if (status >= 400) {
    return [`${isErasure ? 'An erasure' : 'A write'} was refused`, 'bad', cause ?? String(status)];
  }
  if (isErasure) return ['Erased', 'plain'];
  if (action === 'patch') return ['Changed', 'plain'];
  return [status === 201 ? 'Written' : 'Replaced', 'plain'];
}

function lookUpWords(item: Handoff, entry: AuditEntry, key: ApiKey | undefined): Words {
  const { action, status, at, cause } = entry;
  const waited = waitedText(entry);
  if (status === 404) {
    return Date.parse(at) <= Date.parse(item.written_at) + togetherMs
      ? ['Looked up too early', 'bad', waited ?? 'not written yet, and the look-up did not wait']
      : ['Looked up in vain', 'bad', cause ?? undefined];
  }
  if (status >= 400) return ['A look-up was refused', 'bad', `${status} ${cause ?? ''}`.trim()];
  if (action === 'link_create') return ['A link for the screen was made', 'plain'];
  if (action === 'pop_open') return ['Opened again on a screen', 'plain'];
  if (action === 'reveal') return ['Sensitive values revealed', 'warn'];
  if (key !== undefined && key.permission !== 'read') return ['Looked at', 'plain', 'no reader'];
  return [status === 304 ? 'Looked up again, unchanged' : 'Looked up again', 'plain', waited];
}

function pickedUpWords(item: Handoff, entry: AuditEntry): Words {
  const [title, after] = pickupWords(item);
  const waited = waitedText(entry);
  const detail = waited === undefined ? after : `${after}, ${waited}`;
  return [title, item.status === 'late' ? 'warn' : 'good', detail];
}

function waitedText({ duration_ms }: AuditEntry): string | undefined {
  return (duration_ms ?? 0) >= 1_000 ? `waited ${durationText(duration_ms!)}` : undefined;
}

function pickupWords({ status, written_at, picked_up_at }: Handoff): [string, string] {
  const after = durationText(Date.parse(picked_up_at!) - Date.parse(written_at));
  return [status === 'late' ? 'Picked up late' : 'Picked up', `${after} after it was written`];
}

/** The same thing done again and again is one line. */
function grouped(events: readonly TimelineEvent[]): TimelineEvent[] {
  const lines: TimelineEvent[] = [];
  for (const event of events) {
    const last = lines.at(-1);
    if (last !== undefined && last.title === event.title && last.detail === event.detail) {
      lines[lines.length - 1] = { ...last, times: last.times + 1 };
    } else lines.push(event);
  }
  return lines;
}

function near(a: string, b: string): boolean {
  return Math.abs(Date.parse(a) - Date.parse(b)) <= togetherMs;
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
