// What `doctor` finds about a PostgreSQL store: hosts, connections, role and contents, each once
// sound and once not, and that its cures mend.

import { once } from 'node:events';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.js';
import { runBaton } from '../support/child-server.js';
import { useExaminedStore } from '../support/examined-store.js';
import { asSuperuser } from '../support/postgres-database.js';
import { newestPostgresSchema } from '../support/postgres-schema.js';
import { temporaryDirectory } from '../support/test-config.js';

const store = useExaminedStore();

test('a sound store', async () => {
  const findings = await store.examine();
  const found = Object.fromEntries(findings.map(({ check, found: it }) => [check, it]));
  expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(findings.filter(({ cure }) => cure !== undefined)).toEqual([]);
  expect(found).toEqual({
    [`host 127.0.0.1:${store.port}`]: 'primary, timeline 1',
    version: expect.stringMatching(/^PostgreSQL 18\.\d/),
    encryption: 'none, on this machine',
    clock: expect.stringMatching(/^within \d+ ms of the database's$/),
    notifications: expect.stringMatching(/^in \d+ ms$/),
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    data_checksums: 'on',
    autovacuum: 'on',
    default_transaction_read_only: 'off',
    server_encoding: 'UTF8',
    synchronous_standby_names: 'none, and no standby',
    connections: expect.stringMatching(
      /^29\d for Baton by max_connections, 13 for each node, \d r/,
    ),
    role: 'baton',
    privileges: 'on every table',
    upgrades: 'may change tables in schema public',
    schema: `version ${newestPostgresSchema()}`,
    'master key': 'opens the store',
    'wrapped keys': '3 by the current master key',
    records: 'none',
    region: 'us-1',
    projects: '1',
  });
});

test('the command prints it, and exits 0; 1 for a problem, without the password', async () => {
  const environment = {
    BATON_DATABASE_URL: store.databaseUrl,
    BATON_MASTER_KEY: store.place.config.masterKey!,
  };
  const sound = await runBaton(['doctor'], environment);
  expect([sound.code, sound.output]).toEqual([0, expect.stringMatching(/^ok +fsync +on$/m)]);
  const wrong = store.urlWith((url) => (url.password = 'not-the-right-one'));
  const refused = await runBaton(['doctor'], { ...environment, BATON_DATABASE_URL: wrong });
  expect(refused.code).toBe(1);
  expect(refused.output).toMatch(/^problem {2}host 127\.0\.0\.1:\d+ {2}knows no user "baton" with/);
  expect(refused.output).not.toContain('not-the-right-one');
});

describe('hosts:', () => {
  test('one that is away beside a primary is a warning, alone a problem', async () => {
    const besides = store.urlWith(({ searchParams }) => {
      searchParams.set('host', '127.0.0.1,127.0.0.1');
      searchParams.set('port', `${store.port},1`);
    });
    const changes = { databaseUrl: besides };
    const expected = { found: 'refuses the connection', cure: 'pg_isready -h 127.0.0.1 -p 1' };
    expect(await store.finding('host 127.0.0.1:1', changes)).toMatchObject({
      ...expected,
      status: 'warning',
    });
    const alone = await store.examine({ databaseUrl: store.urlWith((url) => (url.port = '1')) });
    expect(alone).toEqual([{ check: 'host 127.0.0.1:1', ...expected, status: 'problem' }]);
  });

  test('two that take themselves for the primary', async () => {
    const { port } = store;
    const twice = store.urlWith((url) => url.searchParams.set('host', '127.0.0.1,localhost'));
    const { status, found } = await store.finding(`host localhost:${port}`, { databaseUrl: twice });
    expect([status, found]).toEqual([
      'problem',
      `takes itself for the primary, timeline 1, as does 127.0.0.1:${port} on 1`,
    ]);
  });

  test('a standby alone', async () => {
    await store.answersWith('CREATE FUNCTION fake.pg_is_in_recovery() RETURNS boolean RETURN true');
    expect(await store.examine()).toEqual([
      {
        check: `host 127.0.0.1:${store.port}`,
        status: 'ok',
        found: 'standby, timeline 1',
      },
      expect.objectContaining({ check: 'primary', status: 'problem' }),
    ]);
  });

  test('one that hangs costs two seconds', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const hanging = store.urlWith((url) => {
      url.port = String(port);
      url.searchParams.set('connect_timeout', '30');
    });
    const startedAt = performance.now();
    const found = await store.examine({ databaseUrl: hanging });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(found).toMatchObject([{ status: 'problem', found: 'does not answer in time' }]);
    silent.close();
  });
});

describe('connections:', () => {
  let node: Store;
  beforeEach(async () => {
    await store.run('DELETE FROM node');
    node = await store.place.open();
  });
  afterEach(() => node.close());

  test('too few for one node, or for one more, are told with what would do', async () => {
    await store.postgres.run('ALTER ROLE baton CONNECTION LIMIT 20');
    try {
      expect(await store.finding('connections', { databasePool: 5 })).toMatchObject({
        status: 'ok',
      });
      const warned = await store.theFinding();
      expect(warned).toMatchObject({
        check: 'connections',
        status: 'warning',
        found: "20 for Baton by the role's limit, 13 for each node, 1 running",
      });
      expect(await store.finding('connections', { databasePool: 19 })).toMatchObject({
        status: 'problem',
      });
      await store.isMendedBy(warned.cure!);
    } finally {
      await store.postgres.run('ALTER ROLE baton CONNECTION LIMIT -1');
    }
  });

  test('the limit of the database counts too', async () => {
    await store.postgres.run(`ALTER DATABASE ${store.databaseName} CONNECTION LIMIT 10`);
    const { found, cure } = await store.theFinding();
    expect(found).toContain("10 for Baton by the database's limit");
    await store.isMendedBy(cure!);
  });

  test('of the server, without what others use', async () => {
    const { cure, ...found } = await store.finding('connections', { databasePool: 200 });
    expect(found).toEqual({
      check: 'connections',
      status: 'warning',
      found: expect.stringMatching(/^29\d for Baton by max_connections, 203 for each node, 1 r/),
    });
    expect(cure).toMatch(/ALTER SYSTEM SET max_connections = 4\d\d' {2}# and restart/);
  });
});

describe('the role:', () => {
  test('a superuser', async () => {
    const url = asSuperuser(store.postgres.server.adminUrl, store.databaseUrl);
    expect(await store.theFinding({ databaseUrl: url })).toMatchObject({
      check: 'role',
      status: 'warning',
      found: expect.stringContaining('postgres, a superuser'),
    });
  });

  test('one that may not write, nor read', async () => {
    await store.run('REVOKE DELETE ON tombstone FROM baton', 'REVOKE ALL ON setting FROM baton');
    const found = await store.theFinding();
    expect(found).toMatchObject({
      check: 'privileges',
      status: 'problem',
      found: 'not all of select, insert, update, delete on setting, tombstone',
    });
    await store.isMendedBy(found.cure!);
  });

  test('one that does not own its tables and may make no more', async () => {
    await store.run(
      'ALTER TABLE tombstone OWNER TO postgres',
      'GRANT ALL ON tombstone TO baton',
      'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
      'ALTER SCHEMA public OWNER TO postgres',
    );
    const found = await store.theFinding();
    expect(found).toMatchObject({ check: 'upgrades', status: 'warning' });
    await store.isMendedBy(found.cure!);
  });
});

describe('what the database keeps:', () => {
  test('no store, in a database where one can be made or not', async () => {
    await store.run('DROP OWNED BY baton', 'GRANT ALL ON SCHEMA public TO baton');
    expect(await store.theFinding()).toMatchObject({
      check: 'schema',
      status: 'problem',
      found: `no store in database ${store.databaseName}`,
      cure: 'baton init',
    });
    await store.run('REVOKE ALL ON SCHEMA public FROM baton, PUBLIC');
    await store.run('ALTER SCHEMA public OWNER TO postgres');
    expect(await store.finding('upgrades')).toMatchObject({ status: 'problem' });
  });

  test('an older and a newer schema', async () => {
    const newest = newestPostgresSchema();
    await store.run(`INSERT INTO schema_migration VALUES (${newest + 1}, 0)`);
    expect(await store.theFinding()).toMatchObject({
      status: 'problem',
      found: `version ${newest + 1}, this Baton knows up to ${newest}`,
    });
    await store.run(`DELETE FROM schema_migration WHERE version >= ${newest}`);
    expect(await store.theFinding()).toMatchObject({
      status: 'problem',
      found: `version ${newest - 1}, this Baton needs ${newest}`,
      cure: 'baton migrate',
    });
  });

  test('another region', async () => {
    expect(await store.theFinding({ region: 'uk-1' })).toEqual({
      check: 'region',
      status: 'problem',
      found: 'the store is us-1, found uk-1',
      cure: 'baton serve --region us-1',
    });
  });

  test('another master key, none, and a file that others can read', async () => {
    expect(await store.theFinding({ masterKey: 'ab'.repeat(32) })).toMatchObject({
      check: 'master key',
      found: 'not the one of this store',
    });
    expect(await store.theFinding({ masterKey: null })).toMatchObject({
      check: 'master key',
      found: expect.stringContaining('openssl rand -hex 32'),
    });
    const directory = temporaryDirectory();
    const masterKeyFile = join(directory, 'master.key');
    writeFileSync(masterKeyFile, store.place.config.masterKey!, { mode: 0o600 });
    const changes = { masterKey: null, masterKeyFile };
    expect(await store.finding('master key mode', changes)).toMatchObject({ status: 'ok' });
    chmodSync(masterKeyFile, 0o644);
    expect(await store.theFinding(changes)).toMatchObject({ cure: `chmod 600 ${masterKeyFile}` });
    rmSync(directory, { recursive: true });
    expect(await store.theFinding(changes)).toMatchObject({
      found: expect.stringContaining('missing'),
    });
  });

  test('no project', async () => {
    await store.run('DELETE FROM project');
    expect(await store.theFinding()).toMatchObject({ check: 'projects', status: 'warning' });
  });
});
