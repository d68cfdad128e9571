// Pages of rows: what a page shows of the rows that were read for it, which are one more.

import type { Page, PageRequest, Position } from './store.js';

/** The place that a page begins after: before everything, where none is asked for. */
export function startOf({ after }: PageRequest): Position {
  return after ?? { at: Number.MAX_SAFE_INTEGER, id: '' };
}

export function pageOf<Row, Item>(
  found: readonly Row[],
  page: PageRequest,
  show: (row: Row) => Item,
  position: (last: Row) => Position,
): Page<Item> {
  const rows = found.slice(0, page.limit);
  const last = rows.at(-1);
  const next = found.length > page.limit && last !== undefined ? position(last) : null;
  return { items: rows.map(show), next };
}
