// The rows of the handoff list: what is loaded, what comes in live, and where the next page begins.

import type { Handoff, Page } from '../api-types.js';

export interface Rows {
  readonly items: readonly Handoff[];
  /** How the page after the last row is asked for; undefined at the end. */
  readonly next: NextPage | undefined;
}

export interface NextPage {
  readonly cursor?: string;
  readonly to?: string;
}

/** What a list keeps at most; a narrower filter finds the rest. */
export const rowsMax = 5_000;

export const noRows: Rows = { items: [], next: undefined };

export function firstRows(page: Page<Handoff>): Rows {
  return { items: page.items, next: nextOf(page, undefined) };
}

/** The rows with the page that follows them. */
export function withPage(rows: Rows, page: Page<Handoff>): Rows {
  const known = new Set(rows.items.map(({ id }) => id));
  const items = [...rows.items, ...page.items.filter(({ id }) => !known.has(id))];
  return { items, next: nextOf(page, rows.next?.to) };
}

/**
 * The rows after the newest page was asked for again: what it shows replaces all of its time, so
 * that an erased state does not stay under its old name. Beyond `kept` rows the oldest go.
 */
export function withTop(rows: Rows, top: Page<Handoff>, kept: number): Rows {
  const oldest = top.items.at(-1);
  if (top.next_cursor === null || oldest === undefined) return firstRows(top);

  const before = new Map(rows.items.map((item) => [item.id, item]));
  const newest = new Set(top.items.map(({ id }) => id));
  // So many came at once that some between the page and the rows are unknown: begin anew.
  if (!rows.items.some(({ id }) => newest.has(id))) return firstRows(top);
  const items = [
    ...top.items.map((item) => sameOr(before.get(item.id), item)),
    ...rows.items.filter(
      ({ id, written_at }) => written_at <= oldest.written_at && !newest.has(id),
    ),
  ];
  if (items.length <= kept) return { items, next: rows.next };
  const shown = items.slice(0, kept);
  return { items: shown, next: { to: justAfter(shown.at(-1)!.written_at) } };
}

/** How many of the page's states the rows do not have. */
export function newIn(rows: Rows, top: Page<Handoff>): number {
  const known = new Set(rows.items.map(({ id }) => id));
  return top.items.filter(({ id }) => !known.has(id)).length;
}

/** The rows of the newest page that are shown already, brought up to date; no row is added. */
export function withChanges(rows: Rows, top: Page<Handoff>): Rows {
  const newest = new Map(top.items.map((item) => [item.id, item]));
  const items = rows.items.map((item) => sameOr(item, newest.get(item.id) ?? item));
  return { ...rows, items };
}

/** The very same object where nothing has changed, so that its row is not drawn again. */
function sameOr(before: Handoff | undefined, item: Handoff): Handoff {
  const isSame =
    before !== undefined && before.version === item.version && before.status === item.status;
  return isSame ? before : item;
}

function nextOf(page: Page<Handoff>, to: string | undefined): NextPage | undefined {
  if (page.next_cursor === null) return undefined;
  return { cursor: page.next_cursor, ...(to === undefined ? {} : { to }) };
}

/** `to` is exclusive, and other states may have been written in the same millisecond. */
function justAfter(time: string): string {
  return new Date(Date.parse(time) + 1).toISOString();
}
