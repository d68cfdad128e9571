// What a start says where PostgreSQL does not let it, when it gives up at once, and when it waits.

import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OwnPostgres } from '../support/own-postgres.js';
import { asSuperuser, dropDatabase, newDatabase, query } from '../support/postgres-database.js';
import { PostgresPlace } from '../support/store-place.js';
import { temporaryDirectory } from '../support/test-config.js';

let postgres: OwnPostgres;
let databaseUrl: string;
beforeAll(async () => {
  postgres = await OwnPostgres.start();
});
afterAll(() => postgres.remove());
beforeEach(async () => {
  databaseUrl = await newDatabase(postgres.server.adminUrl);
});
afterEach(() => dropDatabase(postgres.server.adminUrl, databaseUrl));

/** A server that waits looks for its primary for half a minute. */
const atOnceMs = 5_000;

function urlWith(change: (url: URL) => void): string {
  const url = new URL(databaseUrl);
  change(url);
  return url.href;
}

function encrypted(host: string, authority?: string): string {
  return urlWith(({ searchParams }) => {
    searchParams.set('host', host);
    searchParams.set('sslmode', 'verify-full');
    if (authority !== undefined) searchParams.set('sslrootcert', authority);
  });
}

async function inDatabase(...statements: string[]): Promise<void> {
  const url = asSuperuser(postgres.server.adminUrl, databaseUrl);
  for (const statement of statements) await query(url, statement);
}

/** What a server says that gives up at once: a sentence, without the password. */
async function refusal(url: string, changes: object = {}): Promise<string> {
  const startedAt = performance.now();
  const message = await failure(url, 'server', changes);
  expect(performance.now() - startedAt).toBeLessThan(atOnceMs);
  return message;
}

async function failure(url: string, role: 'server' | 'tool', changes: object = {}) {
  const error = await new PostgresPlace({ databaseUrl: url, ...changes }).open(role).then(
    () => expect.fail('the store was opened'),
    (reason: Error) => reason,
  );
  // Of any other class the place in the program is told too, as of a mistake.
  expect(error.constructor).toBe(Error);
  expect(error.message).not.toContain(new URL(url).password || '***');
  expect(error.message).toMatch(/^[^\n]+\.$/);
  return error.message;
}

describe('a server gives up at once', () => {
  test('where the password is another, or the user', async () => {
    const here = `127.0.0.1:${postgres.server.port}`;
    for (const [name, user] of [['password', 'baton'] as const, ['username', 'other'] as const]) {
      const message = await refusal(urlWith((url) => (url[name] = 'other')));
      expect(message).toContain(`${here} knows no user "${user}" with this password; give the`);
    }
    expect(await refusal(urlWith((url) => (url.password = '')))).toContain(
      `${here} wants a password; give one in --database-url`,
    );
  });

  test('where the user may not come in', async () => {
    await postgres.run('ALTER ROLE baton NOLOGIN');
    try {
      expect(await refusal(databaseUrl)).toMatch(
        /does not let user "baton" in \(.+\); check pg_hba\.conf.+; .+ add sslmode=verify-full\.$/,
      );
    } finally {
      await postgres.run('ALTER ROLE baton LOGIN');
    }
  });

  test('where there is no such database, or it may not be used', async () => {
    expect(await refusal(urlWith((url) => (url.pathname = '/elsewhere')))).toContain(
      'has no database "elsewhere"; make it with `createdb -O baton elsewhere`',
    );
    const { pathname } = new URL(databaseUrl);
    const name = pathname.slice(1);
    await inDatabase(
      `ALTER DATABASE ${name} OWNER TO postgres`,
      `REVOKE ALL ON DATABASE ${name} FROM PUBLIC`,
    );
    expect(await refusal(databaseUrl)).toContain(
      `does not let user "baton" use database "${name}"; let its owner run GRANT CONNECT`,
    );
  });

  test('where every host refuses, and a file of TLS cannot be read', async () => {
    const twice = urlWith((url) => {
      url.searchParams.set('host', '127.0.0.1,localhost');
      url.password = 'other';
    });
    expect(await refusal(twice)).toMatch(/127\.0\.0\.1:\d+ knows no .+; localhost:\d+ knows no/);
    const missing = urlWith(({ searchParams }) => {
      searchParams.set('sslmode', 'verify-full');
      searchParams.set('sslrootcert', '/missing.pem');
    });
    expect(await refusal(missing)).toMatch(/^sslrootcert: the file \/missing\.pem cannot be read/);
  });

  test('where it may not make its tables, or write at all', async () => {
    await inDatabase(
      'ALTER SCHEMA public OWNER TO postgres',
      'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
    );
    expect(await refusal(databaseUrl)).toMatch(
      /\(permission denied for schema public, 42501\); .+ GRANT CREATE ON SCHEMA public TO "baton"/,
    );
    const name = new URL(databaseUrl).pathname.slice(1);
    await inDatabase(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    expect(await refusal(databaseUrl)).toContain(
      `ALTER ROLE "baton" IN DATABASE "${name}" SET default_transaction_read_only = off`,
    );
  });

  test('where its heartbeat is refused', async () => {
    await (await new PostgresPlace({ databaseUrl }).open()).close();
    await inDatabase('REVOKE INSERT ON node FROM baton');
    expect(await refusal(databaseUrl)).toMatch(/permission denied for table node; `baton doctor`/);
  });

  test('where no master key is given, whatever the data directory holds', async () => {
    const dataDir = temporaryDirectory();
    writeFileSync(join(dataDir, 'master.key'), 'ab'.repeat(32));
    const message = await refusal(databaseUrl, { dataDir, masterKey: null });
    expect(message).toMatch(/found none; .*openssl rand -hex 32.*--master-key-file/);
    rmSync(dataDir, { recursive: true });
  });
});

describe('a server gives up at once on a host', () => {
  test('that does not encrypt', async () => {
    expect(await refusal(encrypted('127.0.0.1'))).toMatch(
      /does not encrypt; set ssl = on there, or give sslmode=disable/,
    );
  });

  test('whose certificate is not trusted, or of another host', async () => {
    const directory = temporaryDirectory();
    const authority = join(directory, 'ca.pem');
    writeFileSync(authority, await postgres.encrypt());
    expect(await refusal(encrypted('127.0.0.1'))).toMatch(
      /shows a certificate not to be trusted \(\w+\); name .+ with sslrootcert=/,
    );
    // It leads to this machine, and the certificate does not name it.
    expect(await refusal(encrypted('0.0.0.0', authority))).toMatch(
      /shows a certificate of another host \(\w+\); name the host in --database-url as/,
    );
    const store = await new PostgresPlace({
      databaseUrl: encrypted('127.0.0.1', authority),
    }).open();
    await store.close();
    rmSync(directory, { recursive: true });
    await postgres.reset();
  });
});

describe('a server waits', () => {
  test('for a standby to become the primary', async () => {
    const name = new URL(databaseUrl).pathname.slice(1);
    // In place of PostgreSQL's own, until the path is as it was.
    await inDatabase(
      'CREATE FUNCTION public.pg_is_in_recovery() RETURNS boolean RETURN true',
      `ALTER DATABASE ${name} SET search_path = public, pg_catalog`,
    );
    const opening = new PostgresPlace({ databaseUrl }).open();
    expect(await failure(databaseUrl, 'tool')).toMatch(
      /used: 127\.0\.0\.1:\d+ is a standby; name every host of the cluster in --database-url\.$/,
    );
    await inDatabase(`ALTER DATABASE ${name} RESET search_path`);
    await (await opening).close();
  });

  test('for a connection to become free', async () => {
    await postgres.run('ALTER ROLE baton CONNECTION LIMIT 0');
    const opening = new PostgresPlace({ databaseUrl }).open();
    expect(await failure(databaseUrl, 'tool')).toMatch(
      /has no connection left \(too many connections for role "baton"\); .*--database-pool/,
    );
    await postgres.run('ALTER ROLE baton CONNECTION LIMIT -1');
    await (await opening).close();
  });

  test('for a database that is down, or starts', async () => {
    await postgres.server.stop();
    const opening = new PostgresPlace({ databaseUrl }).open();
    const { port } = postgres.server;
    const byName = urlWith((url) => (url.hostname = 'localhost'));
    expect(await failure(byName, 'tool')).toContain(
      `localhost:${port} refuses the connection; check that PostgreSQL runs there, and --data`,
    );
    await postgres.server.resume();
    await (await opening).close();
  });

  test('for one that has no address, hangs or hangs up; a command for seconds', async () => {
    const rude = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    const silent = createServer().listen(0, '127.0.0.1');
    await Promise.all([once(rude, 'listening'), once(silent, 'listening')]);
    const [rudePort, silentPort] = [rude, silent].map(
      (server) => (server.address() as { port: number }).port,
    );
    const url = urlWith(({ searchParams }) => {
      searchParams.set('host', 'database.invalid,127.0.0.1,127.0.0.1');
      searchParams.set('port', `5432,${rudePort},${silentPort}`);
      searchParams.set('sslmode', 'disable');
    });
    const startedAt = performance.now();
    expect(await failure(url, 'tool')).toBe(
      'The database has no primary that can be used: database.invalid:5432 has no address; ' +
        `127.0.0.1:${rudePort} breaks the connection off; ` +
        `127.0.0.1:${silentPort} does not answer in time; ` +
        'check that PostgreSQL runs there, and --database-url.',
    );
    expect(performance.now() - startedAt).toBeGreaterThan(4_000);
    rude.close();
    silent.close();
  });
});

test('a start that loses its connection says so, and the next one works', async () => {
  const place = new PostgresPlace({ databaseUrl });
  await (await place.open()).close();
  const holder = new Client({ connectionString: databaseUrl });
  await holder.connect();
  await holder.query('BEGIN; LOCK TABLE setting');
  const failing = failure(databaseUrl, 'server');
  const url = asSuperuser(postgres.server.adminUrl, databaseUrl);
  const ending = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await expect.poll(async () => (await query(url, ending)).rowCount).toBeGreaterThan(0);
  expect(await failing).toMatch(/:\d+ was lost before it had answered; start again\.$/);
  await holder.end();
  await (await place.open()).close();
});
