// The entries of the list of requests: what is loaded, what has come since, where older ones begin.

import type { AuditEntry, Page } from '../api-types.js';

export interface Entries {
  /** Newest first, each once. */
  readonly items: readonly AuditEntry[];
  /** How those before the last one are asked for; undefined at the end. */
  readonly next: { readonly cursor?: string; readonly to?: string } | undefined;
}

export const noEntries: Entries = { items: [], next: {} };

/** An entry has no number of its own. */
export function nameOf({ at, request_id, action }: AuditEntry): string {
  return `${at} ${request_id ?? action}`;
}

/**
 * With a page that begins where the newest entry was. A full one has not reached that far: it
 * begins anew. Beyond `kept` the oldest go.
 */
export function withNewer(entries: Entries, page: Page<AuditEntry>, kept: number): Entries {
  if (page.items.length === 0) return entries;
  const oldest = page.items.at(-1)!;
  if (page.next_cursor !== null && !holds(entries, oldest)) {
    return { items: page.items, next: { cursor: page.next_cursor } };
  }
  return trimmed({ items: merged(page.items, entries.items), next: entries.next }, kept);
}

/** With what is older: a page for each of the names that are asked for. */
export function withOlder(entries: Entries, pages: readonly Page<AuditEntry>[]): Entries {
  const found = pages.flatMap(({ items }) => items);
  const items = merged(entries.items, found);
  const [only] = pages;
  if (pages.length === 1 && only !== undefined) {
    return { items, next: only.next_cursor === null ? undefined : { cursor: only.next_cursor } };
  }
  // Each page ends elsewhere: all go on from the newest of their ends.
  const ends = pages.filter(({ next_cursor }) => next_cursor !== null).map(endOf);
  const newest = ends.toSorted().at(-1);
  return { items, next: newest === undefined ? undefined : { to: newest } };
}

function holds(entries: Entries, entry: AuditEntry): boolean {
  const name = nameOf(entry);
  return entries.items.some((item) => nameOf(item) === name);
}

function merged(some: readonly AuditEntry[], others: readonly AuditEntry[]): AuditEntry[] {
  const all = new Map([...some, ...others].map((entry) => [nameOf(entry), entry]));
  return [...all.values()].toSorted((a, b) => b.at.localeCompare(a.at));
}

function trimmed(entries: Entries, kept: number): Entries {
  if (entries.items.length <= kept) return entries;
  const items = entries.items.slice(0, kept);
  return { items, next: { to: justAfter(items.at(-1)!) } };
}

function endOf({ items }: Page<AuditEntry>): string {
  const last = items.at(-1);
  return last === undefined ? '' : justAfter(last);
}

/** `to` is exclusive, and other calls may have ended in the same millisecond. */
function justAfter({ at }: AuditEntry): string {
  return new Date(Date.parse(at) + 1).toISOString();
}
