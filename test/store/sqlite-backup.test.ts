// What a backup does to the files of a SQLite store, and what it tells of the store.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readStore } from '../../src/store/open.js';
import { folder } from '../backup/setting.js';
import { command } from '../support/command.js';
import { SqlitePlace } from '../support/store-place.js';

const mebibyte = 1024 ** 2;
const dataText = JSON.stringify('x'.repeat(30_000));

test('the WAL that it let grow is cut back when it has ended', async () => {
  const place = newPlace();
  const store = await place.open();
  const project = await store.createProject({ projectSlug: 'support' });
  const wal = join(place.config.dataDir, 'baton.db-wal');
  const put = (n: number) =>
    store.put(project, { id: `${n}`, sharedId: null, aliases: [], dataText, ttlSeconds: null }, {});

  await readStore(place.config, async () => {
    for (let n = 0; n < 1_000; n++) await put(n);
    expect(statSync(wal).size).toBeGreaterThan(30 * mebibyte);
  });
  let n = 0;
  await expect
    .poll(async () => put(n++).then(() => statSync(wal).size))
    .toBeLessThan(17 * mebibyte);
  await store.close();
});

test('content and names stand nowhere in the file, in clear, hex or base64', async () => {
  const place = newPlace();
  const store = await place.open();
  const project = await store.createProject({ projectSlug: 'support' });
  const canary = 'canary-7f3a9c';
  const names = { id: `id-${canary}`, sharedId: `shared-${canary}`, aliases: [`alias-${canary}`] };
  const write = { ...names, dataText: `{"secret":"${canary}"}`, ttlSeconds: null };
  await store.put(project, write, {});
  await store.close();
  const file = join(folder(), 'backup');
  expect(await command(place.config, ['backup', file])).toMatchObject({ code: 0 });
  const bytes = readFileSync(file);
  const [, manifest] = bytes.toString('latin1').split('\n');
  expect(manifest).toContain('handoff_state');
  for (const form of [
    canary,
    ...(['hex', 'base64'] as const).map((it) => Buffer.from(canary).toString(it)),
  ]) {
    expect(bytes.includes(form), form).toBe(false);
  }
  expect(bytes.includes(project.tenant)).toBe(false);
});

function newPlace(): SqlitePlace {
  const place = new SqlitePlace();
  onTestFinished(() => place.remove());
  return place;
}
