// The public shapes of handoff states: what is written, what a look-up gives, what a list tells.

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [member: string]: JsonValue };

export type JsonObject = { readonly [member: string]: JsonValue };

/** By `id` only the conversation id is found; by `sharedId` the shared id and every alias. */
export type HandoffName =
  | { readonly id: string; readonly sharedId?: never }
  | { readonly sharedId: string; readonly id?: never };

/**
 * The `data` of a write, in one of two forms. `data` goes through `JSON.stringify`. `dataText` is
 * JSON text that is sent as it is: for digits that a JavaScript number cannot hold, such as
 * `12345678901234567890` or `1.10`.
 */
export type HandoffData =
  | { readonly data: object; readonly dataText?: undefined }
  | { readonly dataText: string; readonly data?: undefined };

/** A whole request body as JSON text with the wire's member names, sent as it is. */
export interface BodyText {
  readonly bodyText: string;
}

export interface HandoffMembers {
  readonly id: string;
  readonly sharedId?: string | undefined;
  readonly aliases?: readonly string[] | undefined;
  /** Seconds to live, at most the project's retention, which holds where this is left out. */
  readonly ttlSeconds?: number | undefined;
}

export type HandoffWrite = (HandoffMembers & HandoffData) | BodyText;

export interface ChangedMembers {
  /** null removes it. */
  readonly sharedId?: string | null | undefined;
  /** null removes all; an array replaces all. */
  readonly aliases?: readonly string[] | null | undefined;
  /** Starts the expiry anew; null: with the project's retention. Left out: the expiry stays. */
  readonly ttlSeconds?: number | null | undefined;
}

/** What a patch changes. `data` is a JSON Merge Patch (RFC 7396): null removes a member. */
export type HandoffChanges =
  | (ChangedMembers & (HandoffData | { readonly data?: undefined; readonly dataText?: undefined }))
  | BodyText;

export interface CallOptions {
  /** Ends the call, its pauses and its repetitions; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface MatchOptions extends CallOptions {
  /** An `etag`: only if this is still the version, else `precondition_failed`. `*`: any version. */
  readonly ifMatch?: string | undefined;
}

export interface PutOptions extends MatchOptions {
  /** Only if there is no such state yet, else `precondition_failed`. */
  readonly ifNoneMatch?: '*' | undefined;
}

export interface LookUpOptions extends CallOptions {
  /** Whole seconds, up to 20, that the look-up waits for a state that is not written yet. */
  readonly waitSeconds?: number | undefined;
}

export interface ConditionalLookUpOptions extends LookUpOptions {
  /** An `etag`: the look-up gives undefined while this is the version. */
  readonly ifNoneMatch: string;
}

/** A handoff state as a write answers it. */
export interface HandoffAnswer<Data = JsonObject> {
  readonly id: string;
  readonly sharedId?: string;
  /** Parsed by `JSON.parse`, not checked against `Data`. Exact digits: see `bodyText`. */
  readonly data: Data;
  /** The version in quotes, for `ifMatch` and `ifNoneMatch`. */
  readonly etag: string;
  readonly version: number;
  /** To the second. */
  readonly lastModified: Date;
  /** To the second; not readable from then on. */
  readonly expiresAt: Date;
  /** Undefined where a proxy takes the header away. */
  readonly requestId: string | undefined;
  /** The body `{"id", "shared_id"?, "data"}` exactly as it came: every digit and the order stay. */
  readonly bodyText: string;
}

/** A handoff state as a look-up answers it: as far as the view of the key goes. */
export interface FoundHandoff<Data = JsonObject>
  extends Omit<HandoffAnswer<Data>, 'version' | 'lastModified'> {
  /** Undefined where the view of the key is not full; then the `etag` is a hash of what it sees. */
  readonly version: number | undefined;
  readonly lastModified: Date | undefined;
  /** JSON Pointers into `data` of what was masked or left out; the server names the first ones. */
  readonly withheld: readonly string[];
  /** How many were masked or left out in all. */
  readonly withheldCount: number;
}

export interface PutAnswer<Data = JsonObject> extends HandoffAnswer<Data> {
  /**
   * Whether there was no state of this id before. After a repetition it may be false although
   * this call made the state: the first attempt's answer was lost.
   */
  readonly created: boolean;
}

export interface NewLink {
  /** Seconds that the link opens, 60 to 28,800; 900 where it is left out. */
  readonly ttlSeconds?: number | undefined;
  /** Whether it opens once, and again for 30 seconds for reloads. */
  readonly oneTime?: boolean | undefined;
}

/** A link to a page for a person: who has it sees what the key sees that made it. */
export interface HandoffLink {
  readonly url: string;
  readonly expiresAt: Date;
}

export interface Erasure {
  readonly id: string;
  readonly erasedAt: Date;
  /** What was erased, when and by which key: a compact JWS (RFC 7515), to be kept. */
  readonly receipt: string;
}

export interface ReceiptFilter {
  /** The old id of a state, or the `record` of a receipt. */
  readonly id?: string | undefined;
}

export interface Receipt {
  /** `hash:` and the keyed hash of the state's id. */
  readonly record: string;
  readonly erasedAt: Date;
  readonly receipt: string;
}

export const handoffStatuses = [
  'pending',
  'picked_up',
  'late',
  'missed',
  'expired',
  'erased',
] as const;
export type HandoffStatus = (typeof handoffStatuses)[number];

export interface PageRequest {
  /** Items of a page, 1 to 200; 50 where it is left out. */
  readonly limit?: number | undefined;
  /** The `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** null at the end. */
  readonly nextCursor: string | null;
}

export interface HandoffFilter {
  readonly status?: HandoffStatus | undefined;
  readonly id?: string | undefined;
  /** Finds shared ids and aliases. */
  readonly sharedId?: string | undefined;
  /** Written at this time or later. */
  readonly from?: Date | undefined;
  /** Written before this time. */
  readonly to?: Date | undefined;
}

/** A line of the list; never with `data`. */
export interface ListedHandoff {
  readonly id: string;
  readonly sharedId?: string;
  readonly aliases: readonly string[];
  readonly version: number;
  readonly writtenAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date;
  readonly status: HandoffStatus;
  readonly pickedUpAt?: Date;
}

export interface EventOptions extends CallOptions {
  /** The `eventId` of the last event that is known; left out: it begins now. */
  readonly lastEventId?: string | undefined;
}

/** Something that happened to a handoff; never with `data`. */
export type HandoffEvent =
  | {
      readonly kind: 'written' | 'changed' | 'missed' | 'erased';
      /** To come again with, as `lastEventId`. */
      readonly eventId: string;
      /** Of an erased or hidden state `hash:` and a keyed hash. */
      readonly id: string;
      readonly at: Date;
    }
  | {
      readonly kind: 'picked_up';
      readonly eventId: string;
      readonly id: string;
      readonly at: Date;
      /** After the project's deadline. */
      readonly late: boolean;
    }
  /** Events that were not read are gone: look at the list, and go on from here. */
  | { readonly kind: 'gap'; readonly eventId: string };
