// A sync that fails ends the server, which says why, and what it acknowledged is there afterwards.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDirectory } from '../support/test-config.js';
import {
  brokenPromises,
  clientOf,
  findOverHttp,
  nothingPromised,
  writeKeyOf,
  writeStates,
} from './support/acknowledged-writes.js';
import { failSync } from './support/inject-failure.js';
import { integrityOf } from './support/integrity.js';
import { startServerProcess } from './support/server-process.js';

let dataDir: string;
beforeEach(() => {
  dataDir = temporaryDirectory();
});
afterEach(() => rmSync(dataDir, { recursive: true }));

// Of the WAL a later sync, so that some writes were acknowledged before it. The database file is
// synced only when the WAL is moved into it, after some hundred writes.
test.each([
  { what: 'a commit', file: 'baton.db-wal', number: 20 },
  { what: 'a checkpoint', file: 'baton.db', number: 1 },
])('a failed sync of $what ends the server', async ({ file, number }) => {
  const server = await startServerProcess({ dataDir });
  const writeKey = await writeKeyOf(server);
  await failSync(server.pid, { number, files: [join(dataDir, file)] });

  const promised = nothingPromised();
  await writeStates(clientOf(server, writeKey), promised, { prefix: 'state', connections: 4 });
  expect(await server.ended).toBe(1);
  const fatal = server.output.filter((line) => line.includes('"level":60'));
  expect(fatal).toHaveLength(1);
  expect(fatal[0]).toContain('the store has failed: the server must end');
  expect(fatal[0]).toContain('SQLITE_IOERR_FSYNC');
  expect(promised.written.size).toBeGreaterThan(0);

  const again = await startServerProcess({ dataDir });
  expect(await brokenPromises(promised, findOverHttp(clientOf(again, writeKey)))).toEqual([]);
  expect(await again.stop('SIGTERM')).toBe(0);
  expect(integrityOf(dataDir)).toBe('ok');
});
