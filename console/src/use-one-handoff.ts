// One handoff as the list knows it, every call that named it, and its data, all kept up to date.

import { useRef } from 'preact/hooks';
import { answer, ask } from './api.js';
import { ApiError } from './api-error.js';
import type { ApiKey, AuditEntry, Handoff, Page, Project } from './api-types.js';
import { basePath } from './paths.js';
import { type Loaded, useLoaded } from './use-loaded.js';

/** How a look-up names a handoff. */
export type NameQuery = { readonly id: string } | { readonly shared_id: string };

export interface OneHandoff {
  readonly item: Handoff;
  readonly query: NameQuery;
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  readonly keys: ReadonlyMap<string, ApiKey>;
}

const entriesRead = 100;
/** Look-ups that came too early are told, too. */
const beforeMs = 15 * 60_000;

/** By its id, or else by a shared id or alias. */
export function useOneHandoff(project: Project, name: string): Loaded<OneHandoff> {
  const keys = useRef<ReadonlyMap<string, ApiKey> | undefined>(undefined);
  return useLoaded(
    async (signal) => {
      const { item, query } = await itemOf(project, name, signal);
      keys.current ??= await keysById(signal);
      const entries = await entriesOf(project, item, query, signal);
      return { item, query, entries, keys: keys.current };
    },
    [project.project_id, name],
  );
}

async function itemOf(
  project: Project,
  name: string,
  signal: AbortSignal,
): Promise<{ item: Handoff; query: NameQuery }> {
  const path = `${basePath(project)}/handoff_states`;
  for (const query of [{ id: name }, { shared_id: name }]) {
    const { items } = await ask<Page<Handoff>>(path, { query: { ...query, limit: 1 }, signal });
    if (items[0] !== undefined) return { item: items[0], query };
  }
  throw new ApiError({
    code: 'handoff_state_not_found',
    message: 'No handoff has this id in this project, or it ended more than 30 days ago.',
    status: 404,
  });
}

export async function keysById(signal: AbortSignal): Promise<ReadonlyMap<string, ApiKey>> {
  const { items } = await ask<Page<ApiKey>>('/v1/keys', { query: { limit: 200 }, signal });
  return new Map(items.map((key) => [key.key_id, key]));
}

/** What the audit has under each of the handoff's names, newest first. */
export async function entriesOf(
  project: Project,
  item: Handoff,
  query: NameQuery,
  signal: AbortSignal,
): Promise<AuditEntry[]> {
  const from = new Date(Date.parse(item.written_at) - beforeMs).toISOString();
  const shared = new Set([item.shared_id ?? [], item.aliases].flat());
  if ('shared_id' in query) shared.add(query.shared_id);
  const queries = [
    ...('id' in query ? [query] : []),
    ...[...shared].map((name) => ({ shared_id: name })),
  ];
  const pages = await Promise.all(
    queries.map((name) =>
      ask<Page<AuditEntry>>(`${basePath(project)}/audit`, {
        query: { ...name, from, limit: entriesRead },
        signal,
      }),
    ),
  );
  return pages.flatMap(({ items }) => items).toSorted((a, b) => b.at.localeCompare(a.at));
}

export interface Content {
  /** The JSON text of `data` and its names, as it came. */
  readonly text: string;
  readonly isRevealed: boolean;
}

/** Looks up the content; with sensitive values only to reveal them, which is audited. */
export async function contentOf(
  project: Project,
  query: NameQuery,
  isRevealed: boolean,
  signal: AbortSignal,
): Promise<Content> {
  const { text } = await answer(`${basePath(project)}/handoff_state`, {
    query,
    headers: isRevealed ? {} : { prefer: 'masked' },
    signal,
  });
  return { text, isRevealed };
}
