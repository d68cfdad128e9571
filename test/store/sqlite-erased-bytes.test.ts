// What is erased from a SQLite store is in none of its files after the next purge, a server running.

import { readdirSync, readFileSync } from 'node:fs';
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

/** Sealed with another size each, some beyond a page, so that pages are split and joined. */
async function writeMany(count: number): Promise<string[]> {
  const random = seededRandom('sizes of states');
  const ids = Array.from({ length: count }, (_, n) => `canary-id-${n}-end`);
  const write = (id: string) => {
    const dataText = JSON.stringify({ said: 'x'.repeat(random.below(6_000)) });
    return store.put(project, writeOf(id, { sharedId: `canary-name-${id}`, dataText }), {});
  };
  await Promise.all(ids.map(write));
  // Again, so that there are older contents as well, and again in the order of their ids.
  for (const id of ids) await write(id);
  return ids;
}

/** The names, and pieces of the content that stands in the rows: of both ends and of the middle. */
function piecesOf(ids: readonly string[]): Map<string, Buffer[]> {
  const database = new Database(join(place.config.dataDir, 'baton.db'), { readonly: true });
  const sealed = database.prepare('SELECT sealed FROM handoff_state WHERE id = ?').pluck();
  const pieces = ids.map((id): [string, Buffer[]] => {
    const bytes = sealed.get(id) as Buffer;
    const places = [8, Math.floor(bytes.length / 2) - 12, bytes.length - 24];
    const parts = places.map((at) => bytes.subarray(at, at + 24));
    return [id, [...parts, Buffer.from(id)]];
  });
  database.close();
  return new Map(pieces);
}

/** Which of them stand in the files, as `<file> <id>`. */
function found(pieces: ReadonlyMap<string, readonly Buffer[]>): string[] {
  const { dataDir } = place.config;
  return readdirSync(dataDir).flatMap((name) => {
    const bytes = readFileSync(join(dataDir, name));
    const ids = [...pieces].filter(([, parts]) => parts.some((part) => bytes.includes(part)));
    return ids.map(([id]) => `${name} ${id}`);
  });
}

async function purgeAll(): Promise<void> {
  while ((await store.purge()) > 0);
}

test('states that are erased one by one, among others that stay', async () => {
  const ids = await writeMany(300);
  await purgeAll();
  const erased = ids.filter((_, n) => n % 3 !== 0);
  const [gone, kept] = [piecesOf(erased), piecesOf(ids.filter((id) => !erased.includes(id)))];
  expect(new Set(found(gone).map((line) => line.split(' ')[1])).size).toBe(erased.length);

  for (const id of erased) await store.erase(project, byId(id), {});
  expect(found(gone), 'the WAL still holds them').not.toEqual([]);
  await purgeAll();
  expect(found(gone)).toEqual([]);
  expect(new Set(found(kept).map((line) => line.split(' ')[1])).size).toBe(kept.size);

  // What is in memory of a page that is written again must not bring them back.
  for (const id of kept.keys()) {
    await store.patch(project, byId(id), { aliases: [`more-${id}`] }, {});
  }
  expect(found(gone)).toEqual([]);
});

test('all that a name leads to', async () => {
  await purgeAll();
  for (let n = 0; n < 20; n++) {
    await store.put(project, writeOf(`canary-id-${n}-end`, { sharedId: 'canary-shared' }), {});
  }
  const pieces = piecesOf(Array.from({ length: 20 }, (_, n) => `canary-id-${n}-end`));
  pieces.set('the name', [Buffer.from('canary-shared')]);
  await store.eraseNamed(project, 'canary-shared');
  await purgeAll();
  expect(found(pieces)).toEqual([]);
});

test('a project, its wrapped key first', async () => {
  await purgeAll();
  const ids = await writeMany(100);
  const pieces = piecesOf(ids);
  const database = new Database(join(place.config.dataDir, 'baton.db'), { readonly: true });
  const wrapped = database.prepare('SELECT wrapped FROM data_key').pluck().get() as Buffer;
  database.close();
  const key = new Map([['data key', [wrapped.subarray(-40)]]]);
  expect(found(key)).not.toEqual([]);

  await store.eraseProject(project.tenant);
  await purgeAll();
  expect(found(key)).toEqual([]);
  expect(found(pieces)).toEqual([]);
});

test('where a reader of another process was in the way, after the purge that follows', async () => {
  await store.put(project, writeOf('canary-id-0-end'), {});
  const pieces = piecesOf(['canary-id-0-end']);
  const reader = new Database(join(place.config.dataDir, 'baton.db'), { readonly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM handoff_state').get();
  await store.erase(project, byId('canary-id-0-end'), {});
  await purgeAll();
  expect(found(pieces)).not.toEqual([]);
  reader.exec('COMMIT');
  reader.close();
  await purgeAll();
  expect(found(pieces)).toEqual([]);
});
