// A backup leaves the server its room on the disk, and leaves nothing where it is given up.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runBaton } from '../support/child-server.js';
import { clientOf, writeKeyOf } from './support/acknowledged-writes.js';
import { startServerProcess } from './support/server-process.js';
import { smallDisk } from './support/small-disk.js';

const mebibyte = 1024 ** 2;

test('is given up before it takes the last 64 MiB, and writes go on', async () => {
  const disk = smallDisk(200);
  const dataDir = join(disk.directory, 'data');
  const server = await startServerProcess({ dataDir });
  onTestFinished(async () => {
    await server.stop('SIGKILL');
    disk.remove();
  });
  const client = clientOf(server, await writeKeyOf(server));
  const data = { text: 'x'.repeat(30_000) };
  for (let n = 0; n < 1_500; n++) await client.put({ id: `id-${n}`, data });

  disk.fillUp(70 * mebibyte);
  const file = join(disk.directory, 'backup');
  const { code, output } = await runBaton(['backup', file, '--data-dir', dataDir]);
  expect([code, output]).toEqual([1, expect.stringContaining('the backup was given up')]);
  expect(readdirSync(disk.directory).filter((name) => name.startsWith('backup'))).toEqual([]);
  await client.put({ id: 'after', data });

  disk.makeRoom();
  expect((await runBaton(['backup', file, '--data-dir', dataDir])).code).toBe(0);
  expect(existsSync(file)).toBe(true);
});

test('on a full disk leaves no part of a file, and reads a store there all the same', async () => {
  const disk = smallDisk(32);
  onTestFinished(() => disk.remove());
  const dataDir = join(disk.directory, 'data');
  expect((await runBaton(['init', '--data-dir', dataDir])).code).toBe(0);
  disk.fillUp(0);
  const other = smallDisk(1);
  onTestFinished(() => other.remove());
  other.fillUp(0);
  const refused = join(other.directory, 'backup');
  const { code, output } = await runBaton(['backup', refused, '--data-dir', dataDir]);
  expect([code, output]).toEqual([
    1,
    expect.stringContaining(`could not write ${refused} (ENOSPC)`),
  ]);
  expect(readdirSync(other.directory)).toEqual(['fillers']);

  other.makeRoom();
  expect((await runBaton(['backup', refused, '--data-dir', dataDir])).code).toBe(0);
});
