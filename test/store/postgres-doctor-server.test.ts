// What `doctor` finds about the server of a PostgreSQL store: settings, version, clock, encryption,
// each once sound and once not, and that its cures mend.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { useExaminedStore } from '../support/examined-store.js';
import { temporaryDirectory } from '../support/test-config.js';

const store = useExaminedStore();

describe('settings of the server:', () => {
  afterEach(() => store.postgres.reset());

  test.each([
    ['fsync', 'problem'],
    ['full_page_writes', 'warning'],
    ['autovacuum', 'warning'],
  ])('%s off', async (name, status) => {
    await store.postgres.set(name, 'off');
    const { check, cure, ...found } = await store.theFinding();
    expect([check, found.status, found.found]).toEqual([
      name,
      status,
      expect.stringMatching(/^off: /),
    ]);
    await store.isMendedBy(cure!);
  });

  test('no standby where there are several hosts, or where one is waited for', async () => {
    const check = 'synchronous_standby_names';
    const twice = store.urlWith((url) => url.searchParams.set('host', '127.0.0.1,localhost'));
    expect(await store.finding(check, { databaseUrl: twice })).toMatchObject({
      status: 'warning',
      found: 'none, and no standby follows: all stands on one machine',
    });
    await store.postgres.set(check, "'ANY 1 (*)'");
    expect(await store.finding(check)).toMatchObject({
      status: 'problem',
      found: 'ANY 1 (*), and no standby follows: every write waits',
    });
    await store.postgres.reset();
  });

  test('a standby that follows, but not in step', async () => {
    await store.answersWith('CREATE VIEW fake.pg_stat_replication AS SELECT 1 AS pid');
    const { status, found, cure } = await store.theFinding();
    expect([status, found]).toEqual([
      'warning',
      'none: what was acknowledged last is lost with the primary',
    ]);
    await store.isMendedBy(cure!);
    // From here on every write waits, that which drops the database too.
    await store.postgres.reset();
  });
});

describe('settings of the role and the database:', () => {
  test.each(['off', 'local', 'remote_write'])('synchronous_commit %s', async (value) => {
    await store.run(`ALTER DATABASE ${store.databaseName} SET synchronous_commit = ${value}`);
    const { check, status, found, cure } = await store.theFinding();
    expect([check, status, found]).toEqual([
      'synchronous_commit',
      'warning',
      expect.stringContaining(`${value}: Baton sets it to on for itself`),
    ]);
    await store.isMendedBy(cure!);
  });

  test('transactions that only read', async () => {
    const role = `ROLE baton IN DATABASE ${store.databaseName}`;
    await store.run(`ALTER ${role} SET default_transaction_read_only = on`);
    const found = await store.theFinding();
    expect(found).toMatchObject({
      check: 'default_transaction_read_only',
      status: 'problem',
      found: 'on: nothing can be written',
    });
    await store.isMendedBy(found.cure!);
  });

  test('an encoding that cannot keep every text', async () => {
    await store.drop();
    const how = "OWNER baton TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'";
    await store.postgres.run(`CREATE DATABASE ${store.databaseName} ${how}`);
    expect(await store.finding('server_encoding')).toMatchObject({
      status: 'problem',
      found: 'LATIN1: it cannot keep every text',
    });
  });
});

describe('what a running server cannot change:', () => {
  test('data checksums', async () => {
    await store.answersWith(`CREATE VIEW fake.pg_settings AS
      SELECT name, setting, CASE name WHEN 'data_checksums' THEN 'off' ELSE reset_val END
        AS reset_val FROM pg_catalog.pg_settings`);
    expect(await store.theFinding()).toMatchObject({
      check: 'data_checksums',
      status: 'warning',
      cure: expect.stringContaining('pg_checksums --enable'),
    });
  });

  test.each([
    ['14.19', 140_019, 'warning', /^14.19: its makers do not mend it any more/],
    ['15.0', 150_000, 'ok', /^PostgreSQL 15.0$/],
    ['19.1', 190_001, 'ok', /^PostgreSQL 19.1 \(Baton is tested up to 18\)$/],
  ])('version %s', async (version, number, status, found) => {
    await store.answersWith(`CREATE FUNCTION fake.current_setting(name text) RETURNS text RETURN
      CASE name WHEN 'server_version' THEN '${version}' WHEN 'server_version_num' THEN '${number}'
      ELSE pg_catalog.current_setting(name) END`);
    expect(await store.finding('version')).toMatchObject({
      status,
      found: expect.stringMatching(found),
    });
  });

  test.each([
    ['ahead', '1 hour', /^this machine is 3[56]\d\d\.\d s behind the database$/],
    ['behind', '-90 seconds', /^this machine is (89|90)\.\d s ahead of the database$/],
  ])('a clock that is %s', async (_where, by, found) => {
    await store.answersWith(`CREATE FUNCTION fake.clock_timestamp() RETURNS timestamptz
      RETURN pg_catalog.clock_timestamp() + interval '${by}'`);
    expect(await store.finding('clock')).toMatchObject({
      status: 'warning',
      found: expect.stringMatching(found),
      cure: expect.stringContaining('timedatectl'),
    });
  });

  test('notifications that do not arrive', async () => {
    await store.answersWith("CREATE FUNCTION fake.pg_notify(text, text) RETURNS text RETURN ''");
    expect(await store.theFinding()).toMatchObject({
      check: 'notifications',
      status: 'warning',
      found: expect.stringContaining('none arrives'),
    });
  });

  test('an answer that fails is told, and what was found before it', async () => {
    await store.answersWith(
      'CREATE VIEW fake.pg_settings AS SELECT 1 / (random() * 0)::int AS setting',
    );
    const findings = await store.examine();
    expect(findings.at(-1)).toMatchObject({ check: 'examination', status: 'problem' });
    expect(findings[0]).toMatchObject({ status: 'ok', found: 'primary, timeline 1' });
  });
});

describe('encryption:', () => {
  const directory = temporaryDirectory();
  const authority = join(directory, 'ca.pem');
  beforeAll(async () => writeFileSync(authority, await store.postgres.encrypt()));
  afterAll(async () => {
    await store.postgres.reset();
    rmSync(directory, { recursive: true });
  });

  // 0.0.0.0 leads to this machine, and is no address of the loopback.
  test.each([
    ['verify-full on this machine', '127.0.0.1', 'verify-full', 'ok', /^TLSv1\.3 on this machine$/],
    ['verify-ca elsewhere', '0.0.0.0', 'verify-ca', 'ok', /^TLSv1\.3 to 0\.0\.0\.0:\d+$/],
    ['require elsewhere', '0.0.0.0', 'require', 'warning', /certificate is not checked$/],
    ['none elsewhere', '0.0.0.0', 'disable', 'warning', /^none, to 0\.0\.0\.0:\d+: states/],
  ])('%s', async (_what, host, mode, status, found) => {
    const url = store.urlWith(({ searchParams }) => {
      searchParams.set('host', host);
      searchParams.set('sslmode', mode);
      if (mode.startsWith('verify')) searchParams.set('sslrootcert', authority);
    });
    const { cure, ...rest } = await store.finding('encryption', { databaseUrl: url });
    expect(rest).toEqual({
      check: 'encryption',
      status,
      found: expect.stringMatching(found),
    });
    if (status === 'warning') expect(cure).toContain('sslmode=verify-full');
  });
});
