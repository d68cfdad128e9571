// The newest calls of a project, from its audit: read page by page, and kept up to date.

import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from './api.js';
import { type ApiError, asApiError } from './api-error.js';
import type { AuditEntry, Page, Project } from './api-types.js';
import { isRequestId, type RequestFilter } from './data/request-filter.js';
import { handoffActions } from './data/request-words.js';
import { type LiveStream, useLive } from './live.js';
import { basePath } from './paths.js';
import { useEvery } from './use-every.js';

/** What is read at first, and what is kept however long the page is open. */
const entriesRead = 400;
const entriesMax = 2_000;
const pageEntries = 200;
/** Not every call is told by an event: look-ups in vain are not. */
const anewMs = 3_000;

export interface Requests {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  readonly isLoading: boolean;
  readonly error: ApiError | undefined;
  /** Reads further back; undefined where there is nothing more. */
  readonly readOlder: (() => void) | undefined;
  readonly refresh: () => void;
}

interface State {
  readonly entries: readonly AuditEntry[];
  readonly cursor: string | null;
  readonly isLoading: boolean;
  readonly error: ApiError | undefined;
}

const nothingYet: State = { entries: [], cursor: null, isLoading: true, error: undefined };

export function useRequests(
  project: Project,
  stream: LiveStream | undefined,
  filter: RequestFilter,
): Requests {
  const [state, setState] = useState(nothingYet);
  const current = useRef({ state, isAsking: false, round: 0 });
  current.current.state = state;
  const queries = queriesOf(filter);
  const path = `${basePath(project)}/audit`;

  const load = async (read: () => Promise<Partial<State>>) => {
    const { round } = current.current;
    if (current.current.isAsking) return;
    current.current.isAsking = true;
    const found = await read().catch((failure: unknown) => ({ error: asApiError(failure) }));
    if (round !== current.current.round) return;
    current.current.isAsking = false;
    setState((before) => ({ ...before, error: undefined, ...found, isLoading: false }));
  };

  const first = () => load(() => readPages(path, queries, null, entriesRead));
  const newer = () => {
    const since = current.current.state.entries[0]?.at;
    if (since === undefined) return first();
    return load(async () => {
      const found = await Promise.all(
        queries.map((query) => newestOf(path, { ...query, from: since })),
      );
      return { entries: merged(found.flat(), current.current.state.entries) };
    });
  };
  const older = () => {
    setState((before) => ({ ...before, isLoading: true }));
    return load(async () => {
      const { entries, cursor } = current.current.state;
      const more = await readPages(path, queries, cursor, entriesRead);
      return { entries: merged(entries, more.entries), cursor: more.cursor };
    });
  };

  useEffect(() => {
    current.current.isAsking = false;
    setState(nothingYet);
    void first();
    return () => {
      current.current.round += 1;
    };
  }, [path, JSON.stringify(queries)]);
  useLive(stream, () => void newer(), 1_000);
  useEvery(anewMs, () => void newer());
  const mayReadOlder = state.cursor !== null && state.entries.length < entriesMax;
  return {
    ...state,
    readOlder: mayReadOlder ? () => void older() : undefined,
    refresh: () => void newer(),
  };
}

type Query = Readonly<Record<string, string | undefined>>;

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

/** Pages until there are `wanted` entries; a page may be short and lead on all the same. */
async function readPages(
  path: string,
  queries: readonly Query[],
  cursor: string | null,
  wanted: number,
): Promise<{ entries: AuditEntry[]; cursor: string | null }> {
  const [query, ...others] = queries;
  const rest = await Promise.all(others.map((other) => newestOf(path, other)));
  const entries: AuditEntry[] = [];
  let next = cursor;
  for (let pages = 0; pages < pagesMax; pages++) {
    const page: Page<AuditEntry> = await ask(path, {
      query: { ...query, limit: pageEntries, cursor: next ?? undefined },
    });
    entries.push(...page.items);
    next = page.next_cursor;
    if (next === null || entries.length >= wanted) break;
  }
  return { entries: merged(rest.flat(), entries), cursor: next };
}

const pagesMax = 6;

async function newestOf(path: string, query: Query): Promise<readonly AuditEntry[]> {
  return (await ask<Page<AuditEntry>>(path, { query: { ...query, limit: pageEntries } })).items;
}

/** Each entry once, newest first, and not more than are kept. */
function merged(some: readonly AuditEntry[], others: readonly AuditEntry[]): AuditEntry[] {
  const all = new Map([...others, ...some].map((entry) => [nameOf(entry), entry]));
  return [...all.values()].toSorted((a, b) => b.at.localeCompare(a.at)).slice(0, entriesMax);
}

export function nameOf(entry: AuditEntry): string {
  return `${entry.at} ${entry.request_id ?? entry.action}`;
}
