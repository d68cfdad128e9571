// A restore that is killed at any moment leaves an empty store, or a whole one.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Config } from '../../src/config.js';
import { MasterKeys, parseMasterKey } from '../../src/master-key.js';
import type { Snapshot } from '../../src/store/backup/contents.js';
import { writeBackup } from '../../src/store/backup/write.js';
import { readStore } from '../../src/store/open.js';
import { command, environmentOf } from '../support/command.js';
import { seededRandom } from '../support/random.js';
import { emptyPlace, folder, masterKey } from './setting.js';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const tombstones = 30_000;

test('killed at any moment it can be done again, unless it was done', async () => {
  const random = seededRandom('killed restores');
  const file = join(folder(), 'large.backup');
  await writeLarge(file);
  const startedAt = performance.now();
  await once(restore((await emptyPlace()).config, file), 'exit');
  const wholeMs = performance.now() - startedAt;

  const left = { empty: 0, whole: 0 };
  for (let round = 0; round < 8; round++) {
    const { config } = await emptyPlace();
    const child = restore(config, file);
    const kill = setTimeout(() => child.kill('SIGKILL'), random.below(1.1 * wholeMs));
    await once(child, 'exit');
    clearTimeout(kill);
    const { code, errors } = await command(config, ['restore', file]);
    if (code === 0) left.empty += 1;
    else {
      expect(errors).toContain('is not empty');
      left.whole += 1;
    }
    const count = await readStore(config, (snapshot) => snapshot.count(tombstoneTable));
    expect(count).toBe(tombstones);
  }
  console.log('killed restores left the store', left);
});

const tombstoneTable = { name: 'tombstone', columns: {} };

function restore(config: Config, file: string) {
  const env = { PATH: process.env.PATH, ...environmentOf(config) };
  return spawn(process.execPath, [main, 'restore', file], { env, stdio: 'ignore' });
}

/** A backup of a store with nothing in it but tombstones, whose restore takes a while. */
async function writeLarge(file: string): Promise<void> {
  const { config } = await emptyPlace();
  expect(await command(config, ['init'])).toMatchObject({ code: 0 });
  const masterKeys = new MasterKeys([parseMasterKey(masterKey)!]);
  await readStore(config, async (snapshot) => {
    const large: Snapshot = {
      ...snapshot,
      async count(table) {
        return table.name === 'tombstone' ? tombstones : snapshot.count(table);
      },
      async *rows(table) {
        if (table.name !== 'tombstone') return yield* snapshot.rows(table);
        for (let n = 0; n < tombstones; n++) {
          yield [['t', `hash ${n}`, `hash ${n}`, 'erased', 1, 1, 1, 1, null, 1, null]];
        }
      },
    };
    const { bytes } = await writeBackup(large, { masterKeys, onProgress: () => {} });
    await pipeline(bytes, createWriteStream(file));
  });
}
