// The list of requests behind the page: read from the audit page by page, and added to as they come.

import { ask } from './api.js';
import { type ApiError, asApiError } from './api-error.js';
import type { AuditEntry, Page } from './api-types.js';
import { type Entries, noEntries, withNewer, withOlder } from './data/request-entries.js';
import { isRequestId, type RequestFilter } from './data/request-filter.js';
import { handoffActions } from './data/request-words.js';

/** What is read at first, and at each look further back. */
const entriesRead = 400;
const pageEntries = 200;
/** A page may be short and lead on all the same: so many are asked for at most. */
const pagesMax = 6;

export interface RequestListState {
  readonly entries: Entries;
  readonly isLoading: boolean;
  readonly error: ApiError | undefined;
}

export const emptyRequestList: RequestListState = {
  entries: noEntries,
  isLoading: true,
  error: undefined,
};

type Query = Readonly<Record<string, string | undefined>>;

export class RequestList {
  readonly #path: string;
  readonly #queries: readonly Query[];
  readonly #changed: (state: RequestListState) => void;
  readonly #ended = new AbortController();
  #state = emptyRequestList;
  /** Entries that the user has asked for; what comes in live pushes out those beyond. */
  #kept = entriesRead;
  #isAsking = false;

  /** `path` of the project's audit; `changed` is told every new state until `end`. */
  constructor(path: string, filter: RequestFilter, changed: (state: RequestListState) => void) {
    this.#path = path;
    this.#queries = queriesOf(filter);
    this.#changed = changed;
    this.readOlder();
  }

  /** Asks for what has come since; while another call is under way, that one will do. */
  refresh(): void {
    const since = this.#state.entries.items[0]?.at;
    void this.#load(async () => {
      const pages = await Promise.all(
        this.#queries.map((query) => this.#page({ ...query, from: since })),
      );
      const { entries } = this.#state;
      return pages.reduce((before, page) => withNewer(before, page, this.#kept), entries);
    });
  }

  readOlder(): void {
    this.#show({ isLoading: true });
    void this.#load(async () => {
      const { length } = this.#state.entries.items;
      let { entries } = this.#state;
      for (let pages = 0; pages < pagesMax; pages++) {
        const { next } = entries;
        if (next === undefined) break;
        const found = await Promise.all(
          this.#queries.map((query) => this.#page({ ...query, ...next })),
        );
        entries = withOlder(entries, found);
        if (entries.items.length >= length + entriesRead) break;
      }
      this.#kept = Math.max(this.#kept, entries.items.length);
      return entries;
    });
  }

  end(): void {
    this.#ended.abort();
  }

  #page(query: Query): Promise<Page<AuditEntry>> {
    const { signal } = this.#ended;
    return ask(this.#path, { query: { ...query, limit: pageEntries }, signal });
  }

  async #load(load: () => Promise<Entries>): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      this.#show({ entries: await load(), error: undefined });
    } catch (failure) {
      this.#show({ error: asApiError(failure) });
    }
    this.#isAsking = false;
    this.#show({ isLoading: false });
  }

  #show(change: Partial<RequestListState>): void {
    if (this.#ended.signal.aborted) return;
    this.#state = { ...this.#state, ...change };
    this.#changed(this.#state);
  }
}

/** A name may be an id or a shared id: each is asked for. */
function queriesOf({ name, isWhole, keyId }: RequestFilter): Query[] {
  const common = { action: isWhole ? undefined : handoffActions.join(','), key_id: keyId };
  if (name === '' || isRequestId(name)) return [common];
  if (name.startsWith('hash:')) return [{ ...common, record: name }];
  return [
    { ...common, id: name },
    { ...common, shared_id: name },
  ];
}
