// After a purge no page of a SQLite file holds anything in its unused gap: SQLite leaves copies of
// rows there when it moves them between pages, and they would outlive the erasure of the row.

import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Project } from '../../src/project.js';
import type { Store } from '../../src/store/store.js';
import { seededRandom } from '../support/random.js';
import { SqlitePlace } from '../support/store-place.js';
import { byId, writeOf } from './contract/setting.js';

let place: SqlitePlace;
let store: Store;
let project: Project;
beforeEach(async () => {
  place = new SqlitePlace();
  store = await place.open();
  project = await store.createProject({ projectSlug: 'one' });
});
afterEach(async () => {
  await store.close();
  await place.remove();
});

/** Enough, and in no order, that pages of all tables and indexes are split and joined. */
async function writeAndErase(): Promise<void> {
  const random = seededRandom('sizes and order');
  const ids = Array.from({ length: 600 }, () => `id-${random.below(1e9)}`);
  for (let begin = 0; begin < ids.length; begin += 20) {
    const together = ids.slice(begin, begin + 20).map((id) => {
      const dataText = JSON.stringify({ said: 'x'.repeat(random.below(3_000)) });
      return store.put(project, writeOf(id, { sharedId: `name-${id}`, dataText }), {});
    });
    await Promise.all(together);
  }
  const erased = ids.filter(() => random.below(3) > 0);
  await Promise.all(erased.map((id) => store.erase(project, byId(id), {})));
}

async function purgeAll(of: Store): Promise<void> {
  while ((await of.purge()) > 0);
}

/** The numbers of the pages with something in their gap, of all pages that have a gap. */
function pagesOf(dataDir: string): { dirty: number[]; withGap: number } {
  const bytes = readFileSync(join(dataDir, 'baton.db'));
  const pageBytes = bytes.readUInt16BE(16);
  const pages = { dirty: [] as number[], withGap: 0 };
  for (let start = 0; start < bytes.length; start += pageBytes) {
    const header = start === 0 ? 100 : start;
    const headerBytes = { 2: 12, 5: 12, 10: 8, 13: 8 }[bytes[header]!];
    if (headerBytes === undefined) continue;
    const from = header + headerBytes + 2 * bytes.readUInt16BE(header + 3);
    const gap = bytes.subarray(from, start + bytes.readUInt16BE(header + 5));
    pages.withGap += 1;
    if (gap.some((byte) => byte !== 0)) pages.dirty.push(1 + start / pageBytes);
  }
  return pages;
}

function integrity(dataDir: string): unknown {
  const database = new Database(join(dataDir, 'baton.db'), { readonly: true });
  const found = database.pragma('integrity_check', { simple: true });
  database.close();
  return found;
}

test('on a server that runs, and once it has ended', async () => {
  await writeAndErase();
  await purgeAll(store);
  const running = pagesOf(place.config.dataDir);
  expect(running.withGap).toBeGreaterThan(100);
  expect(running.dirty).toEqual([]);

  await writeAndErase();
  await store.close();
  expect(pagesOf(place.config.dataDir).dirty).toEqual([]);
  expect(integrity(place.config.dataDir)).toBe('ok');
  store = await place.open();
});

test('after a crash that left all of it in the WAL', async () => {
  await writeAndErase();
  const crashed = new SqlitePlace();
  cpSync(place.config.dataDir, crashed.config.dataDir, { recursive: true });
  const revived = await crashed.open();
  try {
    await purgeAll(revived);
    expect(pagesOf(crashed.config.dataDir).dirty).toEqual([]);
  } finally {
    await revived.close();
    await crashed.remove();
  }
});

test('where somebody reads while the purge begins, and for longer than it waits', async () => {
  const reader = new Database(join(place.config.dataDir, 'baton.db'), { readonly: true });
  for (const heldMs of [1, 20, 60, 90, 300]) {
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM handoff_state').get();
    await writeAndErase();
    const purge = purgeAll(store);
    await new Promise((resolve) => void setTimeout(resolve, heldMs));
    reader.exec('COMMIT');
    await purge;
    await purgeAll(store);
    expect([heldMs, pagesOf(place.config.dataDir).dirty]).toEqual([heldMs, []]);
  }
  reader.close();
});

test('a file that an operator made otherwise is left as it is, and stays whole', async () => {
  await store.close();
  const database = new Database(join(place.config.dataDir, 'baton.db'));
  database.exec('PRAGMA auto_vacuum = FULL; VACUUM');
  database.close();
  store = await place.open();
  // So much that there is a second page of the map that this brings.
  for (let n = 0; n < 12; n++) await writeAndErase();
  await purgeAll(store);
  await store.close();
  expect(integrity(place.config.dataDir)).toBe('ok');
  store = await place.open();
});

test('where another process writes to the store as well', async () => {
  const file = join(place.config.dataDir, 'baton.db');
  const other = new Database(file, { timeout: 5_000 });
  const touch = other.prepare("UPDATE setting SET value = value WHERE name = 'region'");
  const touching = setInterval(() => touch.run(), 1);
  await writeAndErase();
  clearInterval(touching);
  other.close();
  await store.put(project, writeOf('last'), {});
  await store.erase(project, byId('last'), {});
  await purgeAll(store);
  expect(pagesOf(place.config.dataDir).dirty).toEqual([]);
  expect(integrity(place.config.dataDir)).toBe('ok');
});
