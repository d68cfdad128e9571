// What `baton restore` refuses, and that the store stays empty then.

import { hash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Config } from '../../src/config.js';
import { MasterKeys, parseMasterKey } from '../../src/master-key.js';
import type { Manifest } from '../../src/store/backup/manifest.js';
import { backupTables, settingTable } from '../../src/store/backup/tables.js';
import { writeBackup } from '../../src/store/backup/write.js';
import { fillStore, readStore } from '../../src/store/open.js';
import { type Answered, command } from '../support/command.js';
import { put } from '../support/handoff-calls.js';
import { query } from '../support/postgres-database.js';
import { seededRandom } from '../support/random.js';
import { startServer, type TestServer } from '../support/server.js';
import { temporaryDirectory } from '../support/test-config.js';
import { allRows, emptyPlace, folder, masterKey } from './setting.js';

let original: TestServer;
let sound: Buffer;

beforeAll(async () => {
  original = await startServer({ masterKey });
  // More than two parts of a backup, after compression.
  for (let n = 0; n < 120; n++) {
    const filler = Array.from({ length: 200 }, () => Math.random());
    await put(original, { id: `id-${n}`, shared_id: `shared-${n}`, data: { n, filler } });
  }
  const directory = temporaryDirectory();
  const file = join(directory, 'sound');
  await command(original.config, ['backup', file]);
  sound = readFileSync(file);
  rmSync(directory, { recursive: true });
  expect(sound.length).toBeGreaterThan(3 * 64 * 1024);
});
afterAll(() => original.stop());

test('any flipped bit and any cut-off file, then restores the sound one', async () => {
  const random = seededRandom('damaged backups');
  const place = await emptyPlace();
  const file = join(folder(), 'damaged');
  const headEnd = sound.indexOf('\n', sound.indexOf('\n') + 1);
  for (let round = 0; round < 200; round++) {
    // A quarter of them in the head, which is short.
    const from = round % 4 === 0 ? headEnd : sound.length;
    const bit = random.below(from * 8);
    const flipped = Buffer.from(sound);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    writeFileSync(file, flipped);
    expectRefused(await restore(place.config, file), `bit ${bit}`);

    const length = random.below(from);
    writeFileSync(file, sound);
    truncateSync(file, length);
    expectRefused(await restore(place.config, file), `${length} bytes`);
  }
  for (const [what, bytes] of misplaced()) {
    writeFileSync(file, bytes);
    expectRefused(await restore(place.config, file), what);
  }
  expect(await isUntouched(place.config)).toBe(true);
  writeFileSync(file, sound);
  expect(await restore(place.config, file)).toMatchObject({ code: 0, errors: '' });
});

function expectRefused({ code, errors, output }: Answered, what: string): void {
  expect([code, output], what).toEqual([1, '']);
  expect(errors, what).toMatch(/: (damaged or cut off|no backup of Baton|a backup of format)/);
}

/** Whole parts that are left out, moved, or added at the end. */
function misplaced(): [string, Buffer][] {
  const part = 64 * 1024 + 16;
  const bodyAt = sound.indexOf('\n', sound.indexOf('\n') + 1) + 1;
  const at = (place: number) => bodyAt + place * part;
  const parts = (from: number, to?: number) =>
    sound.subarray(at(from), to === undefined ? undefined : at(to));
  const head = sound.subarray(0, bodyAt);
  return [
    ['without a part', Buffer.concat([head, parts(0, 1), parts(2)])],
    ['without its last part', Buffer.concat([head, parts(0, 2)])],
    ['two parts swapped', Buffer.concat([head, parts(1, 2), parts(0, 1), parts(2)])],
    ['a part twice', Buffer.concat([head, parts(0, 1), parts(0)])],
    ['twice', Buffer.concat([sound, sound])],
    ['a byte too many', Buffer.concat([sound, Buffer.of(0)])],
    ['no body', head],
  ];
}

describe('tells apart', () => {
  test.each([
    ['another file', Buffer.from('PGDMP and more'), /no backup of Baton/],
    ['an empty file', Buffer.alloc(0), /no backup of Baton/],
  ])('%s', async (_, bytes, sentence) => {
    const { config } = await emptyPlace();
    const answered = await restore(config, fileOf(bytes));
    expect([answered.code, answered.errors]).toEqual([1, expect.stringMatching(sentence)]);
    expect(await isUntouched(config)).toBe(true);
  });

  test('a path where nothing is', async () => {
    const { config } = await emptyPlace();
    const { code, errors } = await restore(config, join(folder(), 'absent'));
    expect([code, errors]).toEqual([1, expect.stringContaining('could not read it (ENOENT)')]);
    expect(await isUntouched(config)).toBe(true);
  });

  test('a directory', async () => {
    const { config } = await emptyPlace();
    const { code, errors } = await restore(config, folder());
    expect([code, errors]).toEqual([1, expect.stringContaining('found no plain file')]);
  });

  test('another master key; a list with the right one in it will do', async () => {
    const { config } = await emptyPlace({ masterKey: 'ab'.repeat(32) });
    const file = fileOf(sound);
    const { code, errors } = await restore(config, file);
    expect([code, errors]).toEqual([1, expect.stringContaining('master key is not one of those')]);
    expect(await isUntouched(config)).toBe(true);

    const both = { BATON_MASTER_KEY: `${'ab'.repeat(32)},${masterKey}` };
    expect(await command(config, ['restore', file], both)).toMatchObject({ code: 0 });
  });

  test('another region', async () => {
    const { config } = await emptyPlace({ region: 'euw-1' });
    const { code, errors } = await restore(config, fileOf(sound));
    expect([code, errors]).toEqual([1, expect.stringContaining('restore with --region us-1')]);
    expect(await isUntouched(config)).toBe(true);
  });

  test.each<[string, RegExp, (manifest: Manifest) => Partial<Manifest>]>([
    [
      'a table of later',
      /column later\.name, which this version does not know/,
      (it) => ({ tables: [...it.tables, { ...it.tables[0]!, name: 'later' }] }),
    ],
    [
      'a column of later',
      /column setting\.later, which this version does not know/,
      (it) => ({
        tables: it.tables.map((table) => ({ ...table, columns: [...table.columns, 'later'] })),
      }),
    ],
    ['a head that is not its own', /damaged/, () => ({ created_at: '2026-01-01T00:00:00.000Z' })],
  ])('%s', async (_, sentence, change) => {
    const { config } = await emptyPlace();
    const { code, errors } = await restore(config, fileOf(withManifest(change)));
    expect([code, errors]).toEqual([1, expect.stringMatching(sentence)]);
    expect(await isUntouched(config)).toBe(true);
  });

  test('a newer schema', async () => {
    const { config } = await emptyPlace();
    const file = fileOf(await ofSchema((version) => version + 1));
    const { code, errors } = await restore(config, file);
    expect([code, errors]).toEqual([1, expect.stringMatching(/schema version \d+, which this/)]);
    expect(await isUntouched(config)).toBe(true);
    expect(await restore(config, fileOf(await ofSchema(() => 1)))).toMatchObject({ code: 0 });
  });

  test('a format of later', async () => {
    const { config } = await emptyPlace();
    const later = Buffer.from(sound);
    later.write('2', 'baton-backup '.length);
    const { code, errors } = await restore(config, fileOf(later));
    expect([code, errors]).toEqual([1, expect.stringContaining('a backup of format 2')]);
  });
});

describe('leaves alone', () => {
  test('a store that a server holds', async () => {
    const { code, errors } = await restore(original.config, fileOf(sound));
    expect([code, errors]).toEqual([1, expect.stringContaining('in use by')]);
  });

  test('a store with something in it', async () => {
    const { config } = await emptyPlace();
    const file = fileOf(sound);
    expect(await restore(config, file)).toMatchObject({ code: 0 });
    const before = await allRows(config);
    const { code, errors } = await restore(config, file);
    expect([code, errors]).toEqual([1, expect.stringContaining('is not empty')]);
    expect(await allRows(config)).toEqual(before);
  });

  test('a store that could be filled in part only', async () => {
    const { config } = await emptyPlace();
    const filling = fillStore(config, async (store) => {
      const columns = { tenant: 'text', alias: 'text', id: 'text' } as const;
      await store.insert({ name: 'handoff_alias', columns }, [['t', 'a', 'id']]);
      throw new Error('the file has changed');
    });
    await expect(filling).rejects.toThrow('the file has changed');
    expect(await restore(config, fileOf(sound))).toMatchObject({ code: 0 });
  });
});

test('columns that an older version did not know take their defaults', async () => {
  const { config } = await emptyPlace();
  await fillStore(config, async (store) => {
    const { view: _, ...columns } = backupTables.find(({ name }) => name === 'api_key')!.columns;
    const row = Object.values(columns).map((kind) => (kind === 'number' ? 1 : 'AAAA'));
    await store.insert({ name: 'api_key', columns }, [row]);
    await store.insert(settingTable, [['region', 'us-1']]);
  });
  expect((await allRows(config)).api_key![0]).toContain('"\\"full\\""');
});

function restore(config: Config, file: string): Promise<Answered> {
  return command(config, ['restore', file]);
}

function fileOf(bytes: Buffer): string {
  const file = join(folder(), 'backup');
  writeFileSync(file, bytes);
  return file;
}

/** The sound backup with another head, the hash of which is right. */
function withManifest(change: (manifest: Manifest) => Partial<Manifest>): Buffer {
  const firstEnd = sound.indexOf('\n') + 1;
  const secondEnd = sound.indexOf('\n', firstEnd) + 1;
  const manifest = JSON.parse(sound.subarray(firstEnd, secondEnd).toString()) as Manifest;
  const line = `${JSON.stringify({ ...manifest, ...change(manifest) })}\n`;
  const head = `baton-backup 1 ${hash('sha256', line)}\n${line}`;
  return Buffer.concat([Buffer.from(head), sound.subarray(secondEnd)]);
}

/** A backup as a store of another schema version writes it. */
function ofSchema(change: (version: number) => number): Promise<Buffer> {
  return readStore(original.config, async (snapshot) => {
    const other = { ...snapshot, schemaVersion: change(snapshot.schemaVersion) };
    const masterKeys = new MasterKeys([parseMasterKey(masterKey)!]);
    const { bytes } = await writeBackup(other, { masterKeys, onProgress: () => {} });
    return buffer(bytes);
  });
}

/** Whether nothing at all was made. */
async function isUntouched({ dataDir, databaseUrl }: Config): Promise<boolean> {
  if (inject('storeKind') === 'sqlite') return !existsSync(join(dataDir, 'baton.db'));
  const tables = "SELECT FROM information_schema.tables WHERE table_schema = 'public'";
  return (await query(databaseUrl!, tables)).rowCount === 0;
}
