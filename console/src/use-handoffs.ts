// The rows of the handoff list: loaded by page, and kept up to date while the page is open.

import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from './api.js';
import { type ApiError, asApiError } from './api-error.js';
import type { Handoff, Page, Project } from './api-types.js';
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
import { type LiveStream, useLive } from './live.js';
import { basePath } from './paths.js';

const pageRows = 100;

export interface Handoffs {
  readonly rows: Rows;
  /** States that have come since, and would push the rows down. */
  readonly held: number;
  readonly isLoading: boolean;
  readonly error: ApiError | undefined;
  readonly loadMore: () => void;
  /** Shows what was held back; also tries again after an error. */
  readonly refresh: () => void;
}

export function useHandoffs(
  project: Project,
  stream: LiveStream | undefined,
  filter: HandoffFilter,
  /** Whether rows may be put in at the top now. */
  mayMove: () => boolean,
): Handoffs {
  const [rows, setRows] = useState(noRows);
  const [held, setHeld] = useState(0);
  const [isLoading, setLoading] = useState(true);
  const [error, setError] = useState<ApiError>();
  const shown = useRef(noRows);
  const kept = useRef(pageRows);
  const call = useRef(new AbortController());
  const isAsking = useRef(false);
  /** Whether something has happened since the call under way was made. */
  const isOutdated = useRef(false);
  const path = `${basePath(project)}/handoff_states`;

  const show = (next: Rows) => {
    shown.current = next;
    setRows(next);
  };

  /** One call at a time; what it brings is dropped where the filter has changed meanwhile. */
  const load = async (take: (signal: AbortSignal) => Promise<void>) => {
    if (isAsking.current) {
      isOutdated.current = true;
      return;
    }
    isAsking.current = true;
    isOutdated.current = false;
    const { signal } = call.current;
    try {
      await take(signal);
      if (!signal.aborted) setError(undefined);
    } catch (failure) {
      if (!signal.aborted) setError(asApiError(failure));
    } finally {
      if (!signal.aborted) {
        isAsking.current = false;
        setLoading(false);
        if (isOutdated.current) void refresh(mayMove());
      }
    }
  };

  const refresh = (mayAdd: boolean): Promise<void> =>
    load(async (signal) => {
      const top = await topOf(path, filter, signal);
      if (signal.aborted) return;
      if (mayAdd) show(withTop(shown.current, top, Math.min(rowsMax, kept.current)));
      else show(withChanges(shown.current, top));
      setHeld(mayAdd ? 0 : newIn(shown.current, top));
    });

  const loadMore = () =>
    load(async (signal) => {
      const { next } = shown.current;
      if (next === undefined || filter.name !== '') return;
      setLoading(true);
      const query = { ...queryOfFilter(filter, Date.now()), ...next, limit: pageRows };
      const page = await ask<Page<Handoff>>(path, { query, signal });
      if (signal.aborted) return;
      show(withPage(shown.current, page));
      kept.current = shown.current.items.length;
    });

  useEffect(() => {
    const { current } = call;
    setLoading(true);
    kept.current = pageRows;
    isAsking.current = false;
    void load(async (signal) => {
      const top = await topOf(path, filter, signal);
      if (!signal.aborted) show(firstRows(top));
      setHeld(0);
    });
    return () => {
      current.abort();
      call.current = new AbortController();
    };
  }, [path, JSON.stringify(filter)]);

  useLive(stream, () => void refresh(mayMove()));
  return {
    rows,
    held,
    isLoading,
    error,
    loadMore: () => void loadMore(),
    refresh: () => void refresh(true),
  };
}

async function topOf(
  path: string,
  filter: HandoffFilter,
  signal: AbortSignal,
): Promise<Page<Handoff>> {
  const query = { ...queryOfFilter(filter, Date.now()), limit: pageRows };
  const { name } = filter;
  if (name === '') return ask(path, { query, signal });
  // A name may be an id or a shared id; the list takes one of them in a call.
  const [byId, byAlias] = await Promise.all([
    ask<Page<Handoff>>(path, { query: { ...query, id: name }, signal }),
    ask<Page<Handoff>>(path, { query: { ...query, shared_id: name }, signal }),
  ]);
  const found = new Map([...byId.items, ...byAlias.items].map((item) => [item.id, item]));
  return { items: [...found.values()], next_cursor: null };
}
