// One handoff as the list knows it, every call that named it, and its data, all kept up to date.

import { useRef } from 'preact/hooks';
import { answer, ask } from './api.js';
import { ApiError } from './api-error.js';
import type { ApiKey, AuditEntry, Handoff, Page, Project } from './api-types.js';
import { basePath } from './paths.js';
import { type Loaded, useLoaded } from './use-loaded.js';

export interface OneHandoff {
  readonly item: Handoff;
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  readonly keys: ReadonlyMap<string, ApiKey>;
}

const entriesRead = 100;
/** Look-ups that came too early are told, too. */
const beforeMs = 15 * 60_000;

export function useOneHandoff(project: Project, id: string): Loaded<OneHandoff> {
  const keys = useRef<ReadonlyMap<string, ApiKey> | undefined>(undefined);
  return useLoaded(
    async (signal) => {
      const item = await itemOf(project, id, signal);
      keys.current ??= await keysById(signal);
      const entries = await entriesOf(project, item, id, signal);
      return { item, entries, keys: keys.current };
    },
    [project.project_id, id],
  );
}

export async function itemOf(project: Project, id: string, signal: AbortSignal): Promise<Handoff> {
  const path = `${basePath(project)}/handoff_states`;
  const { items } = await ask<Page<Handoff>>(path, { query: { id, limit: 1 }, signal });
  const [item] = items;
  if (item !== undefined) return item;
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

/** What the audit has under each of the handoff's names. */
export async function entriesOf(
  project: Project,
  item: Handoff,
  id: string,
  signal: AbortSignal,
): Promise<AuditEntry[]> {
  const from = new Date(Date.parse(item.written_at) - beforeMs).toISOString();
  const names = [...new Set([item.shared_id ?? [], item.aliases].flat())];
  const queries = [{ id }, ...names.map((name) => ({ shared_id: name }))];
  const pages = await Promise.all(
    queries.map((query) =>
      ask<Page<AuditEntry>>(`${basePath(project)}/audit`, {
        query: { ...query, from, limit: entriesRead },
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

/** Look up the content; with sensitive values only when they are to be revealed: that is audited. */
export async function contentOf(
  project: Project,
  id: string,
  isRevealed: boolean,
  signal: AbortSignal,
): Promise<Content> {
  const { text } = await answer(`${basePath(project)}/handoff_state`, {
    query: { id },
    headers: isRevealed ? {} : { prefer: 'masked' },
    signal,
  });
  return { text, isRevealed };
}
