// Pages of lists: `limit`, the opaque `cursor`, `from` and `to`, and how a page is answered.

import { invalidRequest } from '../error.js';
import { limits } from '../limits.js';
import type { Page, PageRequest, Position } from '../store/store.js';

const rfc3339 =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ](?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})$/;

export function pageRequestOf(query: {
  limit?: string | undefined;
  cursor?: string | undefined;
}): PageRequest {
  const limit = query.limit === undefined ? limits.listItemsDefault : Number(query.limit);
  if (limit < 1 || limit > limits.listItemsMax) {
    throw invalidRequest(`limit: found a number out of range; give 1 to ${limits.listItemsMax}.`);
  }
  return { limit, after: query.cursor === undefined ? null : positionOf(query.cursor) };
}

export function pageAnswer<Item>(page: Page<Item>, show: (item: Item) => object): object {
  return {
    items: page.items.map(show),
    next_cursor: page.next === null ? null : cursorOf(page.next),
  };
}

/** Milliseconds since 1970. */
export function timeOf(parameter: string, text: string): number {
  const date = rfc3339.exec(text)?.[1];
  const time = Date.parse(text.replace(' ', 'T').toUpperCase());
  if (date !== undefined && isDate(date) && !Number.isNaN(time)) return time;
  throw invalidRequest(
    `${parameter}: found text of ${text.length} characters that is no RFC 3339 time; ` +
      'give one such as 2026-11-22T10:00:00Z.',
  );
}

/** `Date.parse` takes 30 February for 2 March: such a day does not come back as it went in. */
function isDate(date: string): boolean {
  const midnight = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}

export function timeText(time: number): string {
  return new Date(time).toISOString();
}

function cursorOf(position: Position): string {
  return Buffer.from(`${position.at}\n${position.id}`).toString('base64url');
}

function positionOf(cursor: string): Position {
  // Without an id: from the beginning of that millisecond.
  const parts = /^([0-9]{1,15})\n(.*)$/s.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (parts !== null) return { at: Number(parts[1]), id: parts[2]! };
  throw invalidRequest(
    'cursor: found something else than the next_cursor of a page; begin again without it.',
  );
}
