// What keeps a server from starting on a PostgreSQL store, and what it says then.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runBaton, serveChild } from '../support/child-server.js';
import { makeSchema, newerVersion, newestPostgresSchema } from '../support/postgres-schema.js';
import { PostgresPlace } from '../support/store-place.js';

let place: PostgresPlace;
beforeEach(async () => {
  place = await PostgresPlace.make();
});
afterEach(() => place.remove());

const secret = /baton_[a-z0-9-]+_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}/g;

describe('a first start', () => {
  test('of several at once on an empty database makes one set of keys', async () => {
    const nodes = await Promise.all(
      Array.from({ length: 4 }, () => serveChild(['--first-run'], environment())),
    );
    await Promise.any(nodes.map((node) => node.printed(/read key/)));
    for (const node of nodes) await node.end('SIGTERM');
    const counts = nodes.map(({ output }) => new Set(output().match(secret) ?? []).size);
    expect(ascending(counts)).toEqual([0, 0, 0, 3]);
    for (const { output } of nodes) expect(output()).not.toMatch(/"level":(50|60)/);
  });

  test('prints three keys once, a plain serve never', async () => {
    const outputs: string[] = [];
    for (const flags of [[], ['--first-run'], ['--first-run'], []]) {
      const node = await serveChild(flags, environment());
      if (outputs.length === 1) await node.printed(/read key/);
      await node.end('SIGTERM');
      outputs.push(node.output());
    }
    const counts = outputs.map((output) => new Set(output.match(secret) ?? []).size);
    expect(counts).toEqual([0, 3, 0, 0]);
  });

  test('of several commands at once makes one set of keys', async () => {
    const words = ['init', '--json'];
    const made = await Promise.all(Array.from({ length: 4 }, () => runBaton(words, environment())));
    expect(ascending(made.map(({ code }) => code!))).toEqual([0, 1, 1, 1]);
    for (const { code, output } of made) {
      expect(output.match(secret) ?? []).toHaveLength(code === 0 ? 3 : 0);
      if (code === 1) expect(output).toContain('has a project already');
    }
  });
});

describe('a store is opened only', () => {
  test('with its own master key', async () => {
    await openAndClose(place);
    const other = 'ab'.repeat(32);
    const message = await refusal(placeWith({ masterKey: other }));
    expect(message).toMatch(/not the one of this store; .*--master-key-file/);
    expect(message).not.toContain(other);
  });

  test('with a master key at all, which is never made', async () => {
    const message = await refusal(placeWith({ masterKey: null }));
    expect(message).toMatch(/BATON_MASTER_KEY|--master-key-file/);
    const { BATON_MASTER_KEY: _, ...without } = environment();
    const served = await runBaton(['serve', '--port', '0'], without);
    expect(served.code).toBe(2);
    expect(served.output).toContain('openssl rand -hex 32');
  });

  test('for the region that it was made for', async () => {
    await openAndClose(placeWith({ region: 'uk-1' }));
    const message = await refusal(placeWith({ region: 'us-1' }));
    expect(message).toMatch(
      /belongs to region uk-1, found --region us-1; start with --region uk-1/,
    );
  });

  test('by a version that knows its schema; the message says what to do', async () => {
    const newer = await runBaton(['init'], environment(), newerVersion());
    expect(newer.code, newer.output).toBe(0);
    const message = await refusal(place);
    expect(message).toContain(`schema version ${newestPostgresSchema() + 1}`);
    expect(message).toContain(`up to ${newestPostgresSchema()}`);
    expect(message).toMatch(/start the newer version of Baton .* or restore a backup/);
    const served = await runBaton(['serve', '--port', '0'], environment());
    expect([served.code, served.output]).toEqual([1, expect.stringContaining(message)]);
  });

  test('by a tool where the schema is up to date: a server or `migrate` brings it there', async () => {
    await makeSchema(place.config.databaseUrl!, newestPostgresSchema() - 1);
    const message = await refusal(place, 'tool');
    expect(message).toContain(`schema version ${newestPostgresSchema() - 1}`);
    expect(message).toContain('`baton migrate`');

    const migrated = await runBaton(['migrate'], environment());
    expect(migrated.code, migrated.output).toBe(0);
    await openAndClose(place, 'tool');
  });

  test('and a refusal leaves it as it was: the next right start works', async () => {
    await openAndClose(place);
    await refusal(placeWith({ region: 'uk-1' }));
    await refusal(placeWith({ masterKey: 'ab'.repeat(32) }));
    await openAndClose(place);
  });
});

test('a database that cannot be had is told with its host and a cure, without its password', async () => {
  const wrong: [what: string, change: (url: URL) => void][] = [
    ['nobody listens there', (url) => (url.port = '1')],
    ['the password is another', (url) => (url.password = 'not-the-right-one')],
    ['there is no such user', (url) => (url.username = 'nobody-of-this-name')],
    ['there is no such database', (url) => (url.pathname = '/not_there')],
    ['the host has no address', (url) => (url.host = 'database.invalid:5432')],
  ];
  const tried = wrong.map(async ([what, change]) => {
    const url = new URL(place.config.databaseUrl!);
    change(url);
    const masterKey = { BATON_MASTER_KEY: place.config.masterKey! };
    const { code, output } = await runBaton(['init', '--database-url', url.href], masterKey);
    expect(code, what).toBe(1);
    expect(output, what).toContain(url.host);
    expect(output, what).toContain('--database-url');
    expect(output, what).not.toContain(url.password);
  });
  await Promise.all(tried);
});

function ascending(numbers: readonly number[]): number[] {
  return numbers.toSorted((one, other) => one - other);
}

/** The same database, with another configuration. */
function placeWith(changes: Partial<PostgresPlace['config']>): PostgresPlace {
  const { databaseUrl } = place.config;
  return new PostgresPlace({ ...changes, databaseUrl: changes.databaseUrl ?? databaseUrl! });
}

function environment(): Record<string, string> {
  const { databaseUrl, masterKey } = place.config;
  return { BATON_DATABASE_URL: databaseUrl!, BATON_MASTER_KEY: masterKey! };
}

async function openAndClose(opened: PostgresPlace, role?: 'server' | 'tool'): Promise<void> {
  const store = await opened.open(role);
  await store.close();
}

/** What is said where the store cannot be opened. */
async function refusal(refused: PostgresPlace, role?: 'server' | 'tool'): Promise<string> {
  const error = await refused.open(role).then(
    () => expect.fail('the store was opened'),
    (reason: Error) => reason,
  );
  return error.message;
}
