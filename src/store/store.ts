// The store contract: what each method promises, throws and does in one step. Every store keeps it,
// and one contract test asserts it of each. All times are milliseconds since 1970.

import type { AuditEntry, AuditFilter, AuditNote } from '../audit.js';
import type { ExportedHeads } from '../audit-chain.js';
import type {
  Answer,
  HandoffName,
  HandoffPatch,
  HandoffStatus,
  HandoffWrite,
  ListedHandoff,
  MissingCause,
  Preconditions,
} from '../handoff.js';
import type { ApiKey } from '../key.js';
import type {
  DecidedOutcomes,
  FoundAnswer,
  HandoffEvent,
  OutcomeNotes,
  RecordedOutcomes,
  Stats,
  StatsSpan,
} from '../outcome.js';
import type { NewProject, Project, ProjectSettings } from '../project.js';
import type { PublicSigningKey } from '../receipt.js';
import type { AuditVerification } from './audit-verification.js';
import type { LinkStore } from './link-store.js';
import type { SessionStore } from './session-store.js';

export type LookUp =
  | { readonly found: FoundAnswer; readonly missing?: never }
  | { readonly found?: never; readonly missing: MissingCause };

/** Where a page begins: after the line with this time and this id, newest first. */
export interface Position {
  readonly at: number;
  readonly id: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins; null at the end. */
  readonly next: Position | null;
}

export interface PageRequest {
  readonly limit: number;
  readonly after: Position | null;
}

export interface HandoffFilter {
  readonly status?: HandoffStatus;
  readonly id?: string;
  /** Finds shared ids and aliases, as a look-up does. */
  readonly sharedId?: string;
  /** `writtenAt` from this time on. */
  readonly from?: number;
  /** `writtenAt` before this time. */
  readonly to?: number;
}

/** Whose keys and projects are meant: those of an account, or of some of its projects. */
export interface Reach {
  readonly accountId: string;
  /** Project ids; null: the whole account. */
  readonly projects: readonly string[] | null;
}

/** An erased state; its receipt is a compact JWS (RFC 7515) with the claims of `ReceiptClaims`. */
export interface ErasedState {
  readonly id: string;
  readonly erasedAt: number;
  readonly receipt: string;
}

export interface ErasedProject {
  readonly projectId: string;
  readonly erasedAt: number;
  readonly receipt: string;
}

/** A receipt as the store keeps it. */
export interface KeptReceipt {
  /** `hash:` and the keyed hash of the state's id. */
  readonly record: string;
  readonly erasedAt: number;
  readonly receipt: string;
}

export interface StoreGauges {
  /** Whether look-ups can be answered. */
  readonly isReady: boolean;
  /** Writes that were accepted and have got no answer yet. */
  readonly writesQueued: number;
  readonly answersCached: number;
  readonly answersCachedBytes: number;
  /** Whether the last write found no room. */
  readonly storageFull: boolean;
  /** Of the connections to a database server; 0 for a store in a file. */
  readonly connectionsUsed: number;
  /** Look-ups and writes that wait for a connection. */
  readonly connectionsAwaited: number;
}

/**
 * Every write resolves only when it is durable. Any method rejects with `unavailable` while the
 * store cannot be reached or is closing; a write with `storage_full` while there is no room.
 */
export interface Store extends LinkStore, SessionStore {
  /**
   * The live state with this name, or why there is none. Sees every write that was acknowledged
   * before it began, and never goes back to an older version. Never gives an expired state.
   */
  lookUp(tenant: string, name: HandoffName): Promise<LookUp>;

  /** What `lookUp` would give, where that is known without waiting; undefined says nothing. */
  lookUpNow(tenant: string, name: HandoffName): LookUp | undefined;

  /**
   * Writes a whole state in one step: version, names, expiry. A shared id or alias that another
   * state holds moves over; the loser drops it and its version rises. The version goes on from
   * an expired or erased state of the same id while its tombstone lives.
   * Rejects with `precondition_failed`; `invalid_request` for a ttl beyond the retention.
   */
  put(
    project: Project,
    write: HandoffWrite,
    conditions: Preconditions,
  ): Promise<{ readonly created: boolean; readonly answer: Answer }>;

  /**
   * Merges into the live state in one step. Rejects with the missing cause, then with
   * `precondition_failed` (that comes first where `If-Match` is given and nothing is there),
   * `invalid_request` for another id, `invalid_request` or `payload_too_large` where the result
   * is beyond a limit; then nothing has changed.
   */
  patch(
    project: Project,
    name: HandoffName,
    patch: HandoffPatch,
    conditions: Preconditions,
  ): Promise<Answer>;

  /**
   * Removes content and names in one step, leaves a tombstone of keyed hashes, and keeps a signed
   * receipt. `erasedBy` is the id of the key that asks; left out: the command line.
   */
  erase(
    project: Project,
    name: HandoffName,
    conditions: Preconditions,
    erasedBy?: string,
  ): Promise<ErasedState>;

  /**
   * Erases in one step every live state that has this shared id or alias, or has had it in this
   * life, up to `limits.erasedTogetherMax` of them: called until it rejects with
   * `handoff_state_not_found`, none is left.
   */
  eraseNamed(project: Project, alias: string, erasedBy?: string): Promise<readonly ErasedState[]>;

  /** Receipts of a project's erased states, newest first; `id` as `list` takes it. */
  listReceipts(
    project: Project,
    filter: { readonly id?: string },
    page: PageRequest,
  ): Promise<Page<KeptReceipt>>;

  /** The public keys that this store's receipts are checked with. */
  signingKeys(): readonly PublicSigningKey[];

  /** Newest first by (`writtenAt`, `id`); ended states as long as their tombstones live. */
  list(project: Project, filter: HandoffFilter, page: PageRequest): Promise<Page<ListedHandoff>>;

  /**
   * Calls `wake` after each committed write that concerns the name, possibly more often. Returns
   * the function that ends the watch. Register first, then look up: no write is missed.
   */
  watch(tenant: string, name: HandoffName, wake: () => void): () => void;

  /**
   * A keyed hash of a text, as 22 characters of base64url: the same on every node and after every
   * start, another one for each tenant, and nothing of the text to who has not the store's key.
   */
  keyedHash(tenant: string, text: string): string;

  /**
   * Turns expired states into tombstones, and drops tombstones, receipts, links and sessions past
   * their life and what erased projects have left, some rows at a time; how many.
   */
  purge(): Promise<number>;

  /**
   * Rises when a project or a key may have changed: at once for a change made here, within a
   * second for one made by another process. Cheap: asked by every request.
   */
  referenceVersion(): number;
  /** The project at this address, each part an id or a slug. */
  findProject(account: string, project: string): Promise<Project | undefined>;
  /** By (`createdAt`, `projectId`), newest first. */
  listProjects(reach: Reach, page: PageRequest): Promise<Page<Project>>;
  /** The account id of a slug or id, if any project has it. */
  findAccount(account: string): Promise<string | undefined>;
  /** Makes the account with its first project. Rejects with `conflict` for a taken id or slug. */
  createProject(project: NewProject): Promise<Project>;
  /** Rejects with `not_found`, or `conflict` for a taken slug. */
  changeProject(tenant: string, settings: ProjectSettings): Promise<Project>;
  /**
   * Ends a project in one step: its data keys are destroyed, which nothing of it can be read
   * without, it is found no more, keys that reached it alone are revoked, and other keys lose it.
   * `purge` removes its rows. Calls for its tenant reject with `forbidden` or find nothing, on
   * every node as soon as a revoked key is refused there. Rejects with `not_found`.
   */
  eraseProject(tenant: string, erasedBy?: string): Promise<ErasedProject>;
  /** Receipts of an account's erased projects, newest first. */
  listProjectReceipts(accountId: string, page: PageRequest): Promise<Page<ErasedProject>>;

  findKey(keyId: string): Promise<ApiKey | undefined>;
  /** Those that the reach manages, by (`createdAt`, `keyId`), newest first. */
  listKeys(reach: Reach, page: PageRequest): Promise<Page<ApiKey>>;
  createKey(key: ApiKey): Promise<void>;
  /**
   * Makes the successor and ends the old key at `endsAt`, or earlier if it ended before. Rejects
   * with `conflict` for a key that is revoked or was rotated already.
   */
  rotateKey(keyId: string, successor: ApiKey, endsAt: number): Promise<void>;
  /** Revokes for good; a second time changes nothing. Rejects with `not_found`. */
  revokeKey(keyId: string, revokedAt: number): Promise<ApiKey>;
  /** Notes when keys were last used; may be called in batches, late. */
  noteKeyUse(usedAt: ReadonlyMap<string, number>): Promise<void>;

  /**
   * Makes the first project with its keys in one step, unless any project exists: then false,
   * and nothing is made, however many ask at once.
   */
  initialise(project: Project, keys: readonly ApiKey[]): Promise<boolean>;

  /**
   * Keeps what a server has seen. A pickup counts once, however many tell of it, and only of the
   * life of the state that was looked up; a look-up that found nothing was early where the state is
   * there by now, or is written within `limits.earlyLookUpSeconds`. To be called again where it
   * rejects: then nothing of it counts twice but events.
   */
  recordOutcomes(notes: OutcomeNotes): Promise<RecordedOutcomes>;
  /** Decides what has come to its time, some at a time: called until nothing was decided. */
  decideOutcomes(): Promise<DecidedOutcomes>;
  /**
   * Counts what became of the handoffs that were written in the span, ended ones included, one call
   * at a time; `unavailable` where `limits.statsWaitingMax` are asked for already.
   */
  stats(tenant: string, span: StatsSpan): Promise<Stats>;
  /** Events with a higher number, in their order; they are kept for `limits.eventSeconds`. */
  listEvents(tenant: string, after: number, limit: number): Promise<readonly HandoffEvent[]>;
  /** The number of the last event, kept or not; 0 where there was none. */
  lastEvent(tenant: string): Promise<number>;
  /** The number of the oldest event that is kept; 0 where none is. */
  firstEvent(tenant: string): Promise<number>;
  /** Calls `wake` after new events, possibly more often. Returns the function that ends the watch. */
  watchEvents(tenant: string, wake: () => void): () => void;

  /**
   * Resolves when the entries are durable, chained behind those that this process wrote before.
   * Names become keyed hashes. Where it rejects, it may be that they are kept all the same.
   */
  appendAudit(notes: readonly AuditNote[]): Promise<void>;
  /** The record of entries about this name. */
  auditRecordOf(tenant: string, name: HandoffName): string;
  /**
   * Newest first. Where few of very many entries fit, a page may hold less than `limit`, or
   * nothing, and lead on all the same.
   */
  listAudit(tenant: string, filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>>;
  /** Drops some of what was written before this time, and keeps the rest verifiable; how much. */
  purgeAudit(before: number): Promise<number>;
  /** Where each chain ends, by its id. */
  auditHeads(): Promise<ExportedHeads>;
  /**
   * Finds what was removed, changed or put elsewhere in the audit; of what stood at the end of a
   * chain only up to the exported heads.
   */
  verifyAudit(exported: ExportedHeads | null): Promise<AuditVerification>;

  /**
   * Wraps some of the keys that the store keeps by the current master key; how many were not
   * wrapped by it before the call. Called until that is 0: from the first call on new keys are
   * wrapped by it too, by every process.
   */
  rewrapKeys(): Promise<number>;

  /** Resolves where look-ups can be answered. */
  checkReady(): Promise<void>;
  gauges(): StoreGauges;
  /** Resolves when every accepted write is durable and everything is released. */
  close(): Promise<void>;
}
