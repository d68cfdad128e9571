// The entries of the list of requests while older ones are read and new ones come.

import { describe, expect, it } from 'vitest';
import type { AuditEntry, Page } from '../../console/src/api-types.js';
import {
  type Entries,
  noEntries,
  withNewer,
  withOlder,
} from '../../console/src/data/request-entries.js';

function entry(second: number, name = `r${second}`): AuditEntry {
  return {
    at: new Date(second * 1_000).toISOString(),
    action: 'look_up',
    key_id: 'reader',
    address: '192.0.2.1',
    record: 'hash:x',
    status: 200,
    cause: null,
    request_id: name,
    duration_ms: 1,
  };
}

/** Newest first, from one second down to another. */
function page(newest: number, oldest: number, cursor: string | null): Page<AuditEntry> {
  const items = Array.from({ length: newest - oldest + 1 }, (_, place) => entry(newest - place));
  return { items, next_cursor: cursor };
}

const names = ({ items }: Entries) => items.map(({ request_id }) => request_id);
const until = (newest: number, oldest: number) =>
  names({ ...page(newest, oldest, null), next: {} });

describe('older ones', () => {
  it('follow, and lead on to the next page until there is none', () => {
    const first = withOlder(noEntries, [page(9, 7, 'more')]);
    expect([names(first), first.next]).toEqual([until(9, 7), { cursor: 'more' }]);
    const all = withOlder(first, [page(6, 4, null)]);
    expect([names(all), all.next]).toEqual([until(9, 4), undefined]);
  });

  it('of two names stand together, and nothing between their ends is left out', () => {
    const found = withOlder(noEntries, [page(9, 8, 'a'), page(5, 2, 'b')]);
    expect(names(found)).toEqual([...until(9, 8), ...until(5, 2)]);
    expect(found.next).toEqual({ to: '1970-01-01T00:00:08.001Z' });
    const rest = withOlder(found, [page(8, 6, null), page(8, 7, null)]);
    expect([names(rest), rest.next]).toEqual([until(9, 2), undefined]);
  });
});

describe('new ones', () => {
  const before = withOlder(noEntries, [page(9, 7, 'more')]);

  it('stand on top, each once, with those of the same moment', () => {
    const both = { items: [entry(10), entry(9, 'other'), entry(9)], next_cursor: null };
    const after = withNewer(before, both, 100);
    expect(names(after)).toEqual(['r10', 'other', 'r9', 'r8', 'r7']);
    expect(after.next).toEqual({ cursor: 'more' });
    expect(withNewer(before, page(9, 9, null), 100).items).toHaveLength(3);
  });

  it('push out what nobody has asked for, which is read again from there', () => {
    const after = withNewer(before, page(11, 9, null), 3);
    expect(names(after)).toEqual(until(11, 9));
    expect(after.next).toEqual({ to: '1970-01-01T00:00:09.001Z' });
  });

  it('begin anew where there were more than a page holds', () => {
    const after = withNewer(before, page(99, 97, 'gap'), 100);
    expect([names(after), after.next]).toEqual([until(99, 97), { cursor: 'gap' }]);
  });
});
