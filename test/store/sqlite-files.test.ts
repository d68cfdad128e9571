// The files of a SQLite store: nobody else may read them, and what is erased is gone from them.

import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newProject } from '../../src/project.js';
import type { Store } from '../../src/store/store.js';
import { SqlitePlace } from '../support/store-place.js';
import { temporaryDirectory } from '../support/test-config.js';
import { byId, writeOf } from './contract/setting.js';

let parent: string;
let place: SqlitePlace;
let before: number;
beforeEach(() => {
  parent = temporaryDirectory();
  place = new SqlitePlace({ dataDir: join(parent, 'not-there-yet', 'data') });
  before = process.umask(0);
});
afterEach(() => {
  process.umask(before);
  rmSync(parent, { recursive: true });
});

async function writeSome(store: Store) {
  const project = newProject({ projectSlug: 'one' }, 'us-1', Date.now());
  await store.initialise(project, []);
  await store.put(project, writeOf('call-1', { dataText: '{"said":"Xylophone-7781"}' }), {});
  return project;
}

test('directory 0700 and every file 0600, whatever the umask, open and closed', async () => {
  const store = await place.open();
  await writeSome(store);
  const { dataDir } = place.config;
  const modes = () =>
    new Map(
      ['.', ...readdirSync(dataDir)].map((name) => [
        name,
        (statSync(join(dataDir, name)).mode & 0o777).toString(8),
      ]),
    );
  const open = modes();
  expect([...open.keys()]).toEqual(
    expect.arrayContaining(['baton.db', 'baton.db-wal', 'master.key', 'server.lock', 'server.pid']),
  );
  await store.close();
  for (const [name, mode] of [...open, ...modes()]) {
    expect([name, mode]).toEqual([name, name === '.' ? '700' : '600']);
  }
});

test('erased data is in none of the files once the store is closed', async () => {
  const store = await place.open();
  const project = await writeSome(store);
  await store.erase(project, byId('call-1'), {});
  await store.close();
  const { dataDir } = place.config;
  for (const name of readdirSync(dataDir)) {
    const bytes = readFileSync(join(dataDir, name));
    expect([name, bytes.includes('Xylophone-7781')]).toEqual([name, false]);
    expect([name, bytes.includes('call-1')]).toEqual([name, false]);
  }
});
