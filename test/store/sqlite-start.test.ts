// What keeps a server from starting on a SQLite store, and what it says then.

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newestSchemaVersion } from '../../src/store/sqlite/migrate.js';
import { type ChildServer, runBaton, spawnBaton, startChild } from '../support/child-server.js';
import { seededRandom } from '../support/random.js';
import { SqlitePlace } from '../support/store-place.js';
import { temporaryDirectory } from '../support/test-config.js';

let dataDir: string;
beforeEach(() => {
  dataDir = temporaryDirectory();
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe('one server a data directory', () => {
  test('a second one is refused and told which process holds it', async () => {
    const first = await startChild(dataDir);
    const second = await runBaton(['serve', '--port', '0', '--data-dir', dataDir]);
    expect(second.code).toBe(1);
    expect(second.output).toContain(`in use by process ${first.pid}`);
    expect(second.output).toContain(dataDir);
    expect(second.output).toContain('--data-dir');

    expect((await first.end('SIGTERM')).code).toBe(0);
    const third = await startChild(dataDir);
    expect((await third.end('SIGTERM')).code).toBe(0);
  });

  test('a killed one holds it no longer', async () => {
    const killed = await startChild(dataDir);
    await killed.end('SIGKILL');
    expect(existsSync(join(dataDir, 'server.pid'))).toBe(true);
    const next = await startChild(dataDir);
    expect(readFileSync(join(dataDir, 'server.pid'), 'utf8')).toBe(`${next.pid}\n`);
    await next.end('SIGTERM');
    expect(existsSync(join(dataDir, 'server.pid'))).toBe(false);
  });
});

describe('a store is opened only', () => {
  test('by a version that knows its schema; the message says what to do', async () => {
    const place = new SqlitePlace({ dataDir });
    await (await place.open()).close();
    const database = new Database(join(dataDir, 'baton.db'));
    database.pragma(`user_version = ${newestSchemaVersion() + 1}`);
    database.close();

    const message = await refusal(place);
    expect(message).toContain(`schema version ${newestSchemaVersion() + 1}`);
    expect(message).toContain(`up to ${newestSchemaVersion()}`);
    expect(message).toMatch(/start the newer version of Baton .* or restore a backup/);
    const served = await runBaton(['serve', '--port', '0', '--data-dir', dataDir]);
    expect([served.code, served.output]).toEqual([1, expect.stringContaining(message)]);
  });

  test('with its own master key', async () => {
    await (await new SqlitePlace({ dataDir }).open()).close();
    const other = 'ab'.repeat(32);
    const message = await refusal(new SqlitePlace({ dataDir, masterKey: other }));
    expect(message).toMatch(/not the one of this store; .*--master-key-file/);
    expect(message).not.toContain(other);
  });

  test('with a master key that is one', async () => {
    const keyFile = join(dataDir, 'some.key');
    writeFileSync(keyFile, 'not a key at all');
    const message = await refusal(new SqlitePlace({ dataDir, masterKeyFile: keyFile }));
    expect(message).toContain(keyFile);
    expect(message).toContain('64 hex digits');
    expect(message).not.toContain('not a key at all');
  });

  test('with the master key file in its place, which is never made a second time', async () => {
    const place = new SqlitePlace({ dataDir });
    await (await place.open()).close();
    expect(place.warnings.join()).toContain(join(dataDir, 'master.key'));
    renameSync(join(dataDir, 'master.key'), join(dataDir, 'moved.key'));

    const message = await refusal(place);
    expect(message).toContain(`${join(dataDir, 'master.key')} is missing`);
    expect(message).toContain('--master-key-file');
    expect(existsSync(join(dataDir, 'master.key'))).toBe(false);
    const moved = new SqlitePlace({ dataDir, masterKeyFile: join(dataDir, 'moved.key') });
    await (await moved.open()).close();
    expect(moved.warnings).toEqual([]);
  });

  test('for the region that it was made for', async () => {
    await (await new SqlitePlace({ dataDir, region: 'uk-1' }).open()).close();
    const message = await refusal(new SqlitePlace({ dataDir, region: 'us-1' }));
    expect(message).toMatch(
      /belongs to region uk-1, found --region us-1; start with --region uk-1/,
    );
  });

  test('and a refusal leaves it as it was: the next right start works', async () => {
    const place = new SqlitePlace({ dataDir });
    await (await place.open()).close();
    await refusal(new SqlitePlace({ dataDir, region: 'uk-1' }));
    await refusal(new SqlitePlace({ dataDir, masterKey: 'ab'.repeat(32) }));
    await (await place.open()).close();
  });
});

describe('a first start', () => {
  const secret = /baton_[a-z0-9-]+_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}/g;

  test('prints a project and three keys once, a plain serve never', async () => {
    const plain = await serveOnce();
    const first = await serveOnce('--first-run');
    const second = await serveOnce('--first-run');
    const third = await serveOnce();

    const secrets = [plain, first, second, third].map(
      ({ output }) => new Set(output().match(secret) ?? []).size,
    );
    expect(secrets).toEqual([0, 3, 0, 0]);
  });

  test('of several at once makes one set of keys', async () => {
    const words = ['init', '--json', '--data-dir', dataDir];
    const made = await Promise.all(Array.from({ length: 6 }, () => runBaton(words)));
    expect(made.map(({ code }) => code)).toEqual(expect.arrayContaining([0, 1]));
    expect(made.filter(({ code }) => code === 0)).toHaveLength(1);
    for (const { code, output } of made) {
      expect(output.match(secret) ?? []).toHaveLength(code === 0 ? 3 : 0);
      if (code === 1) expect(output).toContain('has a project already');
    }
  });

  test('that is killed at any moment does not hinder the next one', async () => {
    const random = seededRandom('killed first start');
    const files = ['baton.db', 'server.pid', 'master.key', 'baton.db-wal', 'ballast'];
    for (let round = 0; round < 8; round++) {
      const made = files[random.below(files.length)]!;
      const first = spawnBaton(['serve', '--port', '0', '--data-dir', dataDir]);
      while (!existsSync(join(dataDir, made))) await new Promise(setImmediate);
      first.child.kill('SIGKILL');
      await first.ended;

      await (await new SqlitePlace({ dataDir }).open()).close();
      rmSync(dataDir, { recursive: true });
    }
  });

  test('that only got as far as an empty file does not hinder it either', async () => {
    writeFileSync(join(dataDir, 'baton.db'), '');
    const place = new SqlitePlace({ dataDir });
    await (await place.open()).close();
    expect(existsSync(join(dataDir, 'master.key'))).toBe(true);
  });

  test('that was given a master key makes none', async () => {
    const place = new SqlitePlace({ dataDir, masterKey: 'ab'.repeat(32) });
    await (await place.open()).close();
    expect(place.warnings).toEqual([]);
    expect(existsSync(join(dataDir, 'master.key'))).toBe(false);
  });
});

/** What is said where the store cannot be opened. */
async function refusal(place: SqlitePlace): Promise<string> {
  const error = await place.open('server').then(
    () => expect.fail('the store was opened'),
    (reason: Error) => reason,
  );
  return error.message;
}

async function serveOnce(...flags: string[]): Promise<ChildServer> {
  const child = await startChild(dataDir, flags);
  await child.end('SIGTERM');
  return child;
}
