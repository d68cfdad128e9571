// On a full disk writes are refused with 507, all else goes on, and room heals it without a restart.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BatonClient, BatonClientError } from '../../client/src/index.js';
import { runBaton } from '../support/child-server.js';
import { send } from '../support/request.js';
import {
  brokenPromises,
  clientOf,
  findOverHttp,
  nothingPromised,
  type Promised,
  stateData,
  writeKeyOf,
} from './support/acknowledged-writes.js';
import { integrityOf } from './support/integrity.js';
import { type ServerProcess, startServerProcess } from './support/server-process.js';
import { type SmallDisk, smallDisk } from './support/small-disk.js';

const mebibyte = 1024 ** 2;
const textCharacters = 30_000;
const oneSentence = /^[^\n]+\.\n$/;

let disk: SmallDisk;
let dataDir: string;
let server: ServerProcess;
let writeKey: string;
let client: BatonClient;
let promised: Promised;

beforeEach(async () => {
  disk = smallDisk(32);
  dataDir = join(disk.directory, 'data');
  server = await startServerProcess({ dataDir });
  writeKey = await writeKeyOf(server);
  client = clientOf(server, writeKey);
  promised = nothingPromised();
});
afterEach(async () => {
  await server.stop('SIGKILL');
  disk.remove();
});

test('writes are refused with 507 and come back when room does', async () => {
  disk.fillUp(4 * mebibyte);
  const refused = await writeUntilFull();
  expect(promised.written.size).toBeGreaterThan(10);
  expect(refused).toMatchObject({ code: 'storage_full', status: 507, retryAfterSeconds: 5 });
  expect(refused.message).toContain('disk');

  disk.makeRoom();
  await expect.poll(isWritable, { timeout: 10_000 }).toBe(true);
  await keepsPromisesAfterKill();
});

test('what is refused is not stored, and what is stored can still be looked up', async () => {
  disk.fillUp(4 * mebibyte);
  await writeUntilFull();
  for (const id of ['refused-1', 'refused-2', 'refused-3']) {
    await expect(write(id)).rejects.toMatchObject({ code: 'storage_full' });
    expect(await client.find({ id })).toBeUndefined();
  }
  const [known] = promised.written.keys();
  await expect(client.patch({ id: known! }, { data: { more: 'x' } })).rejects.toMatchObject({
    code: 'storage_full',
  });

  expect(await brokenPromises(promised, findOverHttp(client))).toEqual([]);
  for (const path of ['/readyz', '/livez']) {
    expect((await send(server.url + path)).status).toBe(200);
  }
  await keepsPromisesAfterKill(() => disk.makeRoom());
  expect(await client.find({ id: 'refused-1' })).toBeUndefined();
});

test('a disk without room for one more file is waited for too', async () => {
  disk.fillUp(4 * mebibyte);
  await writeUntilFull();
  disk.takeLastFiles();
  // The server looks for room again at most once a second, whenever it is asked to write.
  const lookedAt = Date.now() + 1_500;
  while (Date.now() < lookedAt) {
    await expect(write('refused')).rejects.toMatchObject({ code: 'storage_full' });
  }

  disk.makeRoom();
  await expect.poll(isWritable, { timeout: 10_000 }).toBe(true);
});

test('every state can be erased on a full disk, and stays erased', async () => {
  await writeUntilFull();
  // Another program takes at once what the server gave back.
  disk.fillUp(0);
  for (const id of promised.written.keys()) {
    await client.erase({ id });
    promised.erased.add(id);
    promised.written.delete(id);
  }

  await expect(client.get({ id: 'state-1' })).rejects.toMatchObject({
    code: 'handoff_state_erased',
  });
  await keepsPromisesAfterKill(() => disk.makeRoom());
});

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'a server that %s ended starts again on a full disk, reads and erases',
  async (signal) => {
    await write('kept');
    await write('unwanted');
    await server.stop(signal);
    disk.fillUp(0);

    server = await startServerProcess({ dataDir });
    client = clientOf(server, writeKey);
    expect(await writeUntilFull()).toMatchObject({ code: 'storage_full' });
    await client.erase({ id: 'unwanted' });
    promised.written.delete('unwanted');
    promised.erased.add('unwanted');
    expect(await brokenPromises(promised, findOverHttp(client))).toEqual([]);

    disk.makeRoom();
    await expect.poll(isWritable, { timeout: 10_000 }).toBe(true);
    await keepsPromisesAfterKill();
  },
);

test('a key is revoked on a full disk, with no server', async () => {
  await server.stop('SIGTERM');
  disk.fillUp(0);
  const [, , keyId] = writeKey.split('_');
  const revoked = await runBaton(['key', 'revoke', keyId!, '--data-dir', dataDir]);
  expect([revoked.code, revoked.output]).toEqual([0, expect.stringContaining(keyId!)]);

  server = await startServerProcess({ dataDir });
  const refused = clientOf(server, writeKey).find({ id: 'any' });
  await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
});

test('without the spare room each command says in one sentence what is full', async () => {
  await write('kept');
  await server.stop('SIGTERM');
  disk.fillUp(0);
  rmSync(join(dataDir, 'ballast'));
  disk.fillUp(0);

  const [, , keyId] = writeKey.split('_');
  for (const words of [['serve', '--port=0'], ['migrate'], ['key', 'revoke', keyId!]]) {
    const { code, output } = await runBaton([...words, '--data-dir', dataDir]);
    expect([code, output]).toEqual([1, expect.stringMatching(oneSentence)]);
    expect(output).toContain(`The disk of the data directory ${dataDir} is full`);
    expect(output).toContain(`\`df -h ${dataDir}\``);
  }
  const examined = await runBaton(['doctor', '--data-dir', dataDir]);
  expect([examined.code, examined.output]).toEqual([
    1,
    expect.stringMatching(/^problem +disk space +0 MiB free\n +→ df -h /m),
  ]);
  expect(examined.output).not.toContain('backup');

  disk.makeRoom();
  server = await startServerProcess({ dataDir });
  client = clientOf(server, writeKey);
  await keepsPromisesAfterKill();
});

async function write(id: string, number = 1): Promise<void> {
  await client.put({ id, sharedId: `shared-${id}`, data: stateData(number, textCharacters) });
  promised.written.set(id, number);
}

async function isWritable(): Promise<boolean> {
  try {
    await write('after');
    return true;
  } catch (error) {
    if (error instanceof BatonClientError && error.code === 'storage_full') return false;
    throw error;
  }
}

/** Writes until the server refuses; how it does. */
async function writeUntilFull(): Promise<BatonClientError> {
  for (let number = 1; ; number++) {
    try {
      await write(`state-${number}`, number);
    } catch (error) {
      if (error instanceof BatonClientError) return error;
      throw error;
    }
  }
}

async function keepsPromisesAfterKill(beforeStart?: () => void): Promise<void> {
  await server.stop('SIGKILL');
  beforeStart?.();
  server = await startServerProcess({ dataDir });
  client = clientOf(server, writeKey);
  expect(await brokenPromises(promised, findOverHttp(client))).toEqual([]);
  await server.stop('SIGTERM');
  expect(integrityOf(dataDir)).toBe('ok');
  server = await startServerProcess({ dataDir });
  client = clientOf(server, writeKey);
}
