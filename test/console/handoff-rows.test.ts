// The rows of the list while pages are loaded and states come, change and go.

import { describe, expect, it } from 'vitest';
import type { Handoff, Page } from '../../console/src/api-types.js';
import {
  firstRows,
  newIn,
  withChanges,
  withPage,
  withTop,
} from '../../console/src/data/handoff-rows.js';

function handoff(second: number, changes: Partial<Handoff> = {}): Handoff {
  const at = new Date(second * 1_000).toISOString();
  return {
    id: `call-${second}`,
    aliases: [],
    version: 1,
    written_at: at,
    updated_at: at,
    expires_at: at,
    status: 'pending',
    ...changes,
  };
}

/** Newest first, from one second down to another. */
function page(newest: number, oldest: number, cursor: string | null = 'older'): Page<Handoff> {
  const count = newest - oldest + 1;
  const items = Array.from({ length: count }, (_, place) => handoff(newest - place));
  return { items, next_cursor: cursor };
}

const ids = ({ items }: { items: readonly Handoff[] }) => items.map(({ id }) => id);

it('a page goes on where the last one ended, each state once', () => {
  const rows = withPage(firstRows(page(9, 5)), page(5, 2, null));
  expect(ids(rows)).toEqual(ids(page(9, 2)));
  expect(rows.next).toBeUndefined();
});

describe('the newest page, asked for again', () => {
  const rows = withPage(firstRows(page(9, 7)), page(6, 4));

  it('adds what is new at the top and keeps the rest', () => {
    const next = withTop(rows, page(11, 8), 100);
    expect(ids(next)).toEqual(ids(page(11, 4)));
    expect(next.next).toEqual(rows.next);
  });

  it('replaces what it shows: an erased state does not stay under its name', () => {
    const items = [handoff(9), handoff(8, { id: 'hash:x', status: 'erased' }), handoff(7)];
    const next = withTop(rows, { items, next_cursor: 'older' }, 100);
    expect(ids(next)).toEqual(['call-9', 'hash:x', 'call-7', 'call-6', 'call-5', 'call-4']);
  });

  it('keeps the very object of a state that is as it was, so that nothing is drawn again', () => {
    const items = [handoff(9, { status: 'picked_up' }), handoff(8), handoff(7)];
    const next = withTop(rows, { items, next_cursor: 'older' }, 100);
    expect(next.items[0]).not.toBe(rows.items[0]);
    expect(next.items[1]).toBe(rows.items[1]);
  });

  it('keeps no more rows than asked for, and then leads on from the last one', () => {
    const next = withTop(rows, page(11, 8), 6);
    expect(ids(next)).toEqual(ids(page(11, 6)));
    // The end is exclusive: the last row's own millisecond belongs to it.
    expect(next.next).toEqual({ to: '1970-01-01T00:00:06.001Z' });
  });

  it('begins anew where so many came that some between are unknown', () => {
    const next = withTop(rows, page(99, 97), 100);
    expect(ids(next)).toEqual(ids(page(99, 97)));
  });

  it('is all there is where it has no next one', () => {
    expect(ids(withTop(rows, page(5, 4, null), 100))).toEqual(ids(page(5, 4)));
  });
});

it('what is held back is counted, and what is shown changes all the same', () => {
  const rows = firstRows(page(9, 7));
  const items = [handoff(10), handoff(9, { status: 'missed' }), handoff(8)];
  const top = { items, next_cursor: 'older' };
  expect(newIn(rows, top)).toBe(1);
  const next = withChanges(rows, top);
  expect(ids(next)).toEqual(ids(rows));
  expect(next.items[0]!.status).toBe('missed');
});
