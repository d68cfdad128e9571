// The client: the verbs of the store over HTTP, for one project of handoff states.

import { conditionHeaders, nameParameters, path, timeText } from './address.js';
import { answerPage } from './answer.js';
import { changesBody, membersBody, writeBody } from './body.js';
import { connection, type Send } from './connection.js';
import { invalidRequest, isMissing } from './errors.js';
import { eventSilentSecondsMax, readEvents } from './events.js';
import {
  erasure,
  erasures,
  foundHandoff,
  handoffAnswer,
  handoffLink,
  listedHandoff,
  receiptOf,
} from './handoff-answer.js';
import { KeyCalls } from './keys.js';
import { type ClientOptions, checkedSettings } from './options.js';
import { ProjectCalls } from './projects.js';
import { type Stats, type StatsFilter, statsOf, statsParameters } from './stats.js';
import { type ReadText, textStream } from './text-stream.js';
import type {
  CallOptions,
  ConditionalLookUpOptions,
  Erasure,
  EventOptions,
  FoundHandoff,
  HandoffAnswer,
  HandoffChanges,
  HandoffEvent,
  HandoffFilter,
  HandoffLink,
  HandoffName,
  HandoffWrite,
  JsonObject,
  ListedHandoff,
  LookUpOptions,
  MatchOptions,
  NewLink,
  Page,
  PageRequest,
  PutAnswer,
  PutOptions,
  Receipt,
  ReceiptFilter,
} from './types.js';

/**
 * A client of a Baton server. Every call rejects with BatonClientError, or with the reason of
 * its `signal`.
 *
 * Each attempt has `timeoutSeconds` (a look-up its wait on top), and a call is attempted at most
 * `retries` times more, after a pause of its own or the server's `Retry-After`; where that is
 * above 10 seconds, the call fails at once and tells it.
 *
 * - Look-ups, lists, `createLink`, and `put` without `ifMatch` and `ifNoneMatch` are repeated after a network
 *   error, a time-out, 429 and 503. A repeated `put` ends in the same content; its version may
 *   rise twice, and it overwrites what another writer put, patched or erased in between.
 * - Every other call is repeated only where the server surely did nothing: the connection was
 *   never made, or 429. Otherwise it fails with `outcomeUnknown`: look, then decide.
 */
export class BatonClient {
  readonly projects: ProjectCalls;
  readonly keys: KeyCalls;
  readonly #options: ClientOptions;
  readonly #send: Send;
  readonly #readText: ReadText;
  readonly #retries: number;

  constructor(options: ClientOptions) {
    this.#options = options;
    const settings = checkedSettings(options);
    this.#send = connection(settings);
    this.#readText = textStream(settings);
    this.#retries = settings.retries;
    this.projects = new ProjectCalls(this.#send);
    this.keys = new KeyCalls(this.#send);
  }

  /** A client like this one for the handoff states of another project; each part an id or slug. */
  project(account: string, project: string): BatonClient {
    return new BatonClient({ ...this.#options, account, project });
  }

  /** Writes a whole state; what is left out of it goes, and the expiry starts anew. */
  async put<Data = JsonObject>(
    write: HandoffWrite,
    options: PutOptions = {},
  ): Promise<PutAnswer<Data>> {
    const reply = await this.#send({
      method: 'PUT',
      path: this.#path('handoff_state'),
      headers: conditionHeaders(options),
      body: writeBody(write),
      repeatable: options.ifMatch === undefined && options.ifNoneMatch === undefined,
      signal: options.signal,
    });
    return { ...handoffAnswer<Data>(reply), created: reply.status === 201 };
  }

  /** Merges into a state (RFC 7396); what is left out of the changes stays. */
  async patch<Data = JsonObject>(
    name: HandoffName,
    changes: HandoffChanges,
    options: MatchOptions = {},
  ): Promise<HandoffAnswer<Data>> {
    const reply = await this.#send({
      method: 'PATCH',
      path: this.#path('handoff_state'),
      parameters: nameParameters(name),
      headers: conditionHeaders({ ifMatch: options.ifMatch }),
      body: changesBody(changes),
      contentType: 'application/merge-patch+json',
      repeatable: false,
      signal: options.signal,
    });
    return handoffAnswer<Data>(reply);
  }

  /**
   * The state, or undefined while it is still the version of `ifNoneMatch`. A missing state is an
   * error whose code says why: `handoff_state_not_found`, `_expired` or `_erased`. With
   * `waitSeconds` the look-up waits for a state that is not there yet.
   */
  get<Data = JsonObject>(
    name: HandoffName,
    options: ConditionalLookUpOptions,
  ): Promise<FoundHandoff<Data> | undefined>;
  get<Data = JsonObject>(name: HandoffName, options?: LookUpOptions): Promise<FoundHandoff<Data>>;
  async get<Data>(
    name: HandoffName,
    options: LookUpOptions & { ifNoneMatch?: string } = {},
  ): Promise<FoundHandoff<Data> | undefined> {
    const { ifNoneMatch, waitSeconds, signal } = options;
    if (waitSeconds !== undefined && !(Number.isInteger(waitSeconds) && waitSeconds >= 0)) {
      throw invalidRequest('waitSeconds: found no whole number from 0 on; give whole seconds.');
    }
    const reply = await this.#send({
      method: 'GET',
      path: this.#path('handoff_state'),
      parameters: nameParameters(name),
      headers: conditionHeaders({ ifNoneMatch }),
      repeatable: true,
      waitSeconds,
      signal,
    });
    const isUnchanged = ifNoneMatch !== undefined && reply.status === 304;
    return isUnchanged ? undefined : foundHandoff<Data>(reply);
  }

  /** As `get`, where a missing state is an ordinary outcome: undefined, whatever the cause. */
  async find<Data = JsonObject>(
    name: HandoffName,
    options: LookUpOptions = {},
  ): Promise<FoundHandoff<Data> | undefined> {
    const { waitSeconds, signal } = options;
    try {
      return await this.get<Data>(name, { waitSeconds, signal });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /**
   * Makes a link to a page for a person, which shows what this client's key sees of the state. It
   * stays with the conversation that it finds: now, or where there is none yet, when it is opened.
   */
  async createLink(name: HandoffName, options: NewLink & CallOptions = {}): Promise<HandoffLink> {
    const { ttlSeconds, oneTime, signal } = options;
    const reply = await this.#send({
      method: 'POST',
      path: `${this.#path('handoff_state')}/links`,
      parameters: nameParameters(name),
      body: membersBody({ ttl_seconds: ttlSeconds, one_time: oneTime }),
      repeatable: true,
      signal,
    });
    return handoffLink(reply);
  }

  /** Removes a state and its names at once; look-ups then find `handoff_state_erased`. */
  async erase(name: HandoffName, options: MatchOptions = {}): Promise<Erasure> {
    const reply = await this.#send({
      method: 'DELETE',
      path: this.#path('handoff_state'),
      parameters: nameParameters(name),
      headers: conditionHeaders({ ifMatch: options.ifMatch }),
      repeatable: false,
      signal: options.signal,
    });
    return erasure(reply);
  }

  /**
   * Erases every state that the shared id or alias names, or has named while the state lives, up
   * to 1,000 in a call; where there is none (left), `handoff_state_not_found`. Needs an admin key.
   */
  async eraseNamed(alias: string, options: CallOptions = {}): Promise<readonly Erasure[]> {
    const reply = await this.#send({
      method: 'DELETE',
      path: this.#path('handoff_states'),
      parameters: { alias },
      repeatable: false,
      signal: options.signal,
    });
    return erasures(reply);
  }

  /** A page of the receipts of erased states, newest first; needs an admin key. */
  async receipts(
    filter: ReceiptFilter & PageRequest = {},
    options: CallOptions = {},
  ): Promise<Page<Receipt>> {
    const reply = await this.#send({
      method: 'GET',
      path: this.#path('receipts'),
      parameters: { id: filter.id, limit: filter.limit, cursor: filter.cursor },
      repeatable: true,
      signal: options.signal,
    });
    return answerPage(reply, receiptOf);
  }

  /** A page of what is known of handoffs, newest first; needs an admin key. */
  async list(
    filter: HandoffFilter & PageRequest = {},
    options: CallOptions = {},
  ): Promise<Page<ListedHandoff>> {
    const reply = await this.#send({
      method: 'GET',
      path: this.#path('handoff_states'),
      parameters: {
        status: filter.status,
        id: filter.id,
        shared_id: filter.sharedId,
        from: timeText('from', filter.from),
        to: timeText('to', filter.to),
        limit: filter.limit,
        cursor: filter.cursor,
      },
      repeatable: true,
      signal: options.signal,
    });
    return answerPage(reply, listedHandoff);
  }

  /** Every line of the list, fetched page by page as it is iterated; `limit` is a page's. */
  async *listAll(
    filter: HandoffFilter & PageRequest = {},
    options: CallOptions = {},
  ): AsyncGenerator<ListedHandoff, void, undefined> {
    let cursor: string | null | undefined = filter.cursor;
    while (cursor !== null) {
      const page: Page<ListedHandoff> = await this.list({ ...filter, cursor }, options);
      yield* page.items;
      cursor = page.nextCursor;
    }
  }

  /** Counts of what became of handoffs, and of look-ups that found nothing; needs an admin key. */
  async stats(filter: StatsFilter = {}, options: CallOptions = {}): Promise<Stats> {
    const reply = await this.#send({
      method: 'GET',
      path: this.#path('handoff_states', 'stats'),
      parameters: statsParameters(filter),
      repeatable: true,
      signal: options.signal,
    });
    return statsOf(reply);
  }

  /**
   * What happens to handoffs, as it happens, from now on or after the event `lastEventId`; needs an
   * admin key. A lost connection is made anew, and what came meanwhile is given; it ends where the
   * iteration does, and throws where the server refuses, or `retries` connections in a row failed.
   */
  events(options: EventOptions = {}): AsyncGenerator<HandoffEvent, never, undefined> {
    const { lastEventId, signal } = options;
    const call = { path: this.#path('events'), silentSecondsMax: eventSilentSecondsMax, signal };
    return readEvents({
      retries: this.#retries,
      lastEventId,
      signal,
      open: (last) => this.#readText({ ...call, parameters: { last_event_id: last } }),
    });
  }

  #path(...resource: string[]): string {
    const { account, project } = this.#options;
    if (account === undefined || project === undefined) {
      throw invalidRequest(
        'account and project: found none; give both as options, or call project(account, project).',
      );
    }
    return path('v1', account, project, ...resource);
  }
}
