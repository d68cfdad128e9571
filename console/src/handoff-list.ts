// The handoff list behind the page: what is loaded, one call at a time, and what comes in live.

import { ask } from './api.js';
import { type ApiError, asApiError } from './api-error.js';
import type { Handoff, Page } from './api-types.js';
import { type HandoffFilter, queryOfFilter } from './data/handoff-filter.js';
import {
  firstRows,
  newIn,
  noRows,
  type Rows,
  rowsMax,
  withChanges,
  withPage,
  withTop,
} from './data/handoff-rows.js';

export const pageRows = 100;

export interface ListState {
  readonly rows: Rows;
  /** States that have come since, and would push the rows down. */
  readonly held: number;
  readonly isLoading: boolean;
  readonly error: ApiError | undefined;
}

export const emptyList: ListState = { rows: noRows, held: 0, isLoading: true, error: undefined };

type Kind = 'top' | 'more';
type Load = () => Promise<Partial<ListState>>;

export class HandoffList {
  readonly #path: string;
  readonly #filter: HandoffFilter;
  readonly #changed: (state: ListState) => void;
  readonly #ended = new AbortController();
  #state = emptyList;
  /** Rows that the user has asked for; what comes in live pushes out those beyond. */
  #kept = pageRows;
  #isAsking = false;
  /** What to ask for as soon as the call under way has ended: of each kind once. */
  readonly #waiting = new Map<Kind, Load>();

  /** `path` of the API's list; `changed` is told every new state until `end`. */
  constructor(path: string, filter: HandoffFilter, changed: (state: ListState) => void) {
    this.#path = path;
    this.#filter = filter;
    this.#changed = changed;
    this.#load('top', async () => ({ rows: firstRows(await this.#top()), held: 0 }));
  }

  /** Asks for the newest rows again; where none may be added, it counts those that wait. */
  refresh(mayAdd: boolean): void {
    this.#load('top', async () => {
      const top = await this.#top();
      const { rows } = this.#state;
      return mayAdd
        ? { rows: withTop(rows, top, Math.min(rowsMax, this.#kept)), held: 0 }
        : { rows: withChanges(rows, top), held: newIn(rows, top) };
    });
  }

  loadMore(): void {
    this.#show({ isLoading: true });
    this.#load('more', async () => {
      const { next } = this.#state.rows;
      if (next === undefined) return {};
      const query = { ...queryOfFilter(this.#filter, Date.now()), ...next, limit: pageRows };
      const page = await ask<Page<Handoff>>(this.#path, { query, signal: this.#ended.signal });
      const rows = withPage(this.#state.rows, page);
      this.#kept = rows.items.length;
      return { rows };
    });
  }

  end(): void {
    this.#ended.abort();
  }

  #load(kind: Kind, load: Load): void {
    if (this.#isAsking) {
      this.#waiting.set(kind, load);
      return;
    }
    this.#isAsking = true;
    void this.#run(load);
  }

  async #run(load: Load): Promise<void> {
    try {
      this.#show({ ...(await load()), error: undefined });
    } catch (failure) {
      this.#show({ error: asApiError(failure) });
    }
    this.#isAsking = false;
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#show({ isLoading: false });
      return;
    }
    this.#waiting.delete(next[0]);
    if (!this.#ended.signal.aborted) this.#load(...next);
  }

  #show(change: Partial<ListState>): void {
    if (this.#ended.signal.aborted) return;
    this.#state = { ...this.#state, ...change };
    this.#changed(this.#state);
  }

  async #top(): Promise<Page<Handoff>> {
    const { signal } = this.#ended;
    const query = { ...queryOfFilter(this.#filter, Date.now()), limit: pageRows };
    const { name } = this.#filter;
    if (name === '') return ask(this.#path, { query, signal });
    // A name may be an id or a shared id; the list takes one of them in a call.
    const [byId, byAlias] = await Promise.all([
      ask<Page<Handoff>>(this.#path, { query: { ...query, id: name }, signal }),
      ask<Page<Handoff>>(this.#path, { query: { ...query, shared_id: name }, signal }),
    ]);
    const found = new Map([...byId.items, ...byAlias.items].map((item) => [item.id, item]));
    return { items: [...found.values()], next_cursor: null };
  }
}
