// Outcomes: whether each handoff arrived, and why look-ups found nothing (design 4.5).

import type { Answer, HandoffName, MissingCause } from './handoff.js';

/** Why a look-up found nothing, as far as that is known by now. */
export const resultlessCauses = [
  'never_written',
  'early',
  'expired',
  'erased',
  'other_project',
] as const;
export type ResultlessCause = (typeof resultlessCauses)[number];

export const eventKinds = ['written', 'changed', 'picked_up', 'missed', 'erased'] as const;
export type EventKind = (typeof eventKinds)[number];

/** Something that happened to a handoff. Times are milliseconds since 1970. */
export interface HandoffEvent {
  /** Rises within a project, in the order of the commits. */
  readonly seq: number;
  readonly kind: EventKind;
  /** As the list shows it: of an ended or hidden state `hash:` and its keyed hash. */
  readonly id: string;
  readonly at: number;
  /** Whether a pickup came after the project's deadline. */
  readonly late: boolean;
}

/** Which life of which state a look-up found. */
export interface PickupRecord {
  /** As rows hold it. */
  readonly id: string;
  readonly writtenAt: number;
  /** Set by whoever notes the pickup, so that it is noted once. */
  isPickedUp: boolean;
}

/** What a look-up found. */
export interface FoundAnswer extends Answer {
  readonly record: PickupRecord;
  /** What the audit calls the name that found it, once that was asked for. */
  auditRecord: string | undefined;
}

/** Not by a spread: what that makes is slower to read, by a sixth of a whole look-up. */
export function foundAnswer(answer: Answer, record: PickupRecord): FoundAnswer {
  const { body, bodyBytes, etag, lastModified, sunset, expiresAt } = answer;
  const auditRecord: string | undefined = undefined;
  return { body, bodyBytes, etag, lastModified, sunset, expiresAt, record, auditRecord };
}

export interface PickupNote {
  readonly tenant: string;
  readonly id: string;
  readonly writtenAt: number;
  readonly at: number;
}

/** A look-up that was answered that there is nothing. */
export interface ResultlessNote {
  readonly tenant: string;
  readonly accountId: string;
  /** Its own, at random. */
  readonly lookUpId: string;
  readonly name: HandoffName;
  readonly keyId: string;
  readonly cause: MissingCause;
  readonly at: number;
}

/** A write or an erasure that was acknowledged. */
export interface ChangeNote {
  readonly tenant: string;
  readonly kind: 'written' | 'changed' | 'erased';
  readonly id: string;
  /** The shared id and the aliases that it wrote. */
  readonly names: readonly string[];
  readonly at: number;
}

/** What a server has seen since it last told the store. */
export interface OutcomeNotes {
  readonly pickups: readonly PickupNote[];
  readonly resultless: readonly ResultlessNote[];
  readonly changes: readonly ChangeNote[];
}

export interface PickedUp {
  /** From the first write. */
  readonly delayMs: number;
  readonly late: boolean;
  /** A late one that nobody had found to be missed before. */
  readonly isNewlyMissed: boolean;
}

/** What became known by telling the store, each thing once whoever tells it: for the counters. */
export interface RecordedOutcomes {
  readonly pickups: readonly PickedUp[];
  readonly early: number;
  readonly otherProject: number;
}

/** What became known by the passing of time. */
export interface DecidedOutcomes {
  readonly missed: number;
  readonly neverWritten: number;
}

export const nothingDecided: DecidedOutcomes = { missed: 0, neverWritten: 0 };

/** When a state counts as missed unless it is picked up: at the deadline, or as it expires. */
export function dueAt(times: {
  writtenAt: number;
  expiresAt: number;
  pickupDeadlineSeconds: number;
}): number {
  return Math.min(times.writtenAt + times.pickupDeadlineSeconds * 1000, times.expiresAt);
}

/** Handoffs by what became of them, of those that were written in a span of time. */
export interface OutcomeCounts {
  readonly written: number;
  /** Within the deadline. */
  readonly pickedUp: number;
  readonly late: number;
  readonly missed: number;
  readonly pending: number;
  /** Before anybody looked them up, and before the deadline. */
  readonly erased: number;
  /** Of those that were picked up, late or not; null where none was. By the nearest rank. */
  readonly timeToPickupMs: { readonly p50: number; readonly p95: number } | null;
  /** Look-ups of that time, and not of those states. */
  readonly resultless: Readonly<Record<ResultlessCause, number>>;
}

export interface StatsSpan {
  /** From this time on. */
  readonly from: number;
  /** Before this time. */
  readonly to: number;
  readonly intervalMs: number;
}

export interface Stats {
  readonly total: OutcomeCounts;
  /** One for each interval of the span, in their order. */
  readonly intervals: readonly OutcomeCounts[];
}
