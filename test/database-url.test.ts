// What a database URL says, in the forms that libpq reads, and what each mistake is answered with.

import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDatabaseUrl } from '../src/database-url.js';
import { withoutPassword } from '../src/database-url-parts.js';
import { BatonError } from '../src/error.js';

/** The sentence that the URL is refused with. */
function refusal(text: string): string {
  try {
    parseDatabaseUrl(text, '--database-url');
  } catch (error) {
    if (error instanceof BatonError && error.code === 'invalid_request') return error.message;
    throw error;
  }
  throw new Error('It was accepted.');
}

function places(text: string): string[] {
  return parseDatabaseUrl(text).hosts.map(({ host, port }) => `${host} ${port}`);
}

describe('a database URL', () => {
  it('has defaults for everything but the host', () => {
    const self = userInfo().username;
    expect(parseDatabaseUrl('postgres://db.example.com')).toEqual({
      hosts: [{ host: 'db.example.com', port: 5432 }],
      user: self,
      password: null,
      database: self,
      tls: { mode: 'verify-full', rootCertFile: null, certFile: null, keyFile: null },
      applicationName: 'baton',
      connectMs: 1_000,
    });
  });

  it('may say everything', () => {
    const files = 'sslrootcert=/tls/root.pem&sslcert=/tls/node.pem&sslkey=/tls/node.key';
    const rest = 'application_name=desk%201&connect_timeout=10&target_session_attrs=read-write';
    const text = `postgresql://ada:p%40ss@h1:1,h2:2/states?sslmode=verify-full&${files}&${rest}`;

    expect(parseDatabaseUrl(text)).toEqual({
      hosts: [
        { host: 'h1', port: 1 },
        { host: 'h2', port: 2 },
      ],
      user: 'ada',
      password: 'p@ss',
      database: 'states',
      tls: {
        mode: 'verify-full',
        rootCertFile: '/tls/root.pem',
        certFile: '/tls/node.pem',
        keyFile: '/tls/node.key',
      },
      applicationName: 'desk 1',
      connectMs: 10_000,
    });
  });

  it.each([
    ['h1:5432,h2:5433,[::1]:5434/db', ['h1 5432', 'h2 5433', '::1 5434']],
    ['h1,h2:5433/db', ['h1 5432', 'h2 5433']],
    ['[2001:db8::1]', ['2001:db8::1 5432']],
    ['%68ost/', ['host 5432']],
    ['host:/', ['host 5432']],
    ['@host', ['host 5432']],
    ['host?', ['host 5432']],
    ['host:1/db?port=2', ['host 2']],
    ['h1,h2/db?port=7', ['h1 7', 'h2 7']],
    ['h1,h2/db?port=7,', ['h1 7', 'h2 5432']],
    ['/db?host=h1,::1,h3&port=1,2,3', ['h1 1', '::1 2', 'h3 3']],
    ['other/db?host=host', ['host 5432']],
    ['/db?host=/var/run/postgresql', ['/var/run/postgresql 5432']],
    ['?host=%2Fvar%2Frun%2Fpostgresql', ['/var/run/postgresql 5432']],
    ['ada@:6432?host=/run/pg', ['/run/pg 6432']],
    ['%2Fvar%2Flib%2Fpostgresql/db', ['/var/lib/postgresql 5432']],
    ['10.0.0.1:65535/db', ['10.0.0.1 65535']],
    [Array.from({ length: 16 }, (_, index) => `h${index}`).join(), expect.any(Array)],
  ])('names the hosts of postgres://%s', (rest, hosts) => {
    expect(places(`postgres://${rest}`)).toEqual(hosts);
  });

  it.each([
    ['ada@h', 'ada', null, 'ada'],
    ['ada:@h/db', 'ada', null, 'db'],
    ['ada:a%2Fb%25%C3%A9@h/d%2Fb', 'ada', 'a/b%é', 'd/b'],
    ['ada:a:b?c#d&e=f,+@h/db', 'ada', 'a:b?c#d&e=f,+', 'db'],
    ['h/db?user=ada&password=s%26s', 'ada', 's&s', 'db'],
    ['bob:old@h/db?u%73er=ada&password=new&dbname=other', 'ada', 'new', 'other'],
    ['a%3Ab@h/', 'a:b', null, 'a:b'],
  ])('names user, password and database of postgres://%s', (rest, user, password, database) => {
    expect(parseDatabaseUrl(`postgres://${rest}`)).toMatchObject({ user, password, database });
  });
});

it('takes the longest and the shortest time to connect', () => {
  const { connectMs } = parseDatabaseUrl('postgres://h?connect_timeout=60');
  expect(connectMs).toBe(60_000);
  expect(parseDatabaseUrl('postgres://h?connect_timeout=1').connectMs).toBe(1_000);
});

describe('its TLS', () => {
  it.each([
    ['localhost/db', 'disable'],
    ['127.0.0.1,127.8.9.10,[::1],[0:0:0:0:0:0:0:1]/db', 'disable'],
    ['/db?host=/var/run/postgresql', 'disable'],
    ['localhost,db/db', 'verify-full'],
    ['10.0.0.1/db', 'verify-full'],
    ['localhost.example.com/db', 'verify-full'],
    ['127.0.0.1.example.com/db', 'verify-full'],
    ['db/db?sslmode=disable', 'disable'],
    ['db/db?sslmode=require', 'require'],
    ['db/db?sslmode=verify-ca&sslrootcert=root.pem', 'verify-ca'],
    ['localhost/db?sslmode=verify-full', 'verify-full'],
    ['db/db?sslmode=require&sslrootcert=root.pem', 'verify-ca'],
    ['db/db?sslrootcert=root.pem', 'verify-full'],
    ['db/db?sslrootcert=system', 'verify-full'],
  ])('of postgres://%s is %s', (rest, mode) => {
    expect(parseDatabaseUrl(`postgres://ada@${rest}`).tls.mode).toBe(mode);
  });

  it('names files by absolute paths, and none for the authorities of the system', () => {
    const own = parseDatabaseUrl('postgres://db?sslrootcert=tls/root.pem').tls;
    expect(own.rootCertFile).toBe(resolve('tls/root.pem'));
    const { tls } = parseDatabaseUrl('postgres://db?sslrootcert=system&sslmode=verify-full');
    expect(tls.rootCertFile).toBeNull();
  });
});

describe('a database URL that is refused', () => {
  const seventeen = Array.from({ length: 17 }, (_, index) => `h${index}`).join();
  it.each([
    ['', 'text of 0 characters that is no database URL'],
    ['mysql://h/db', 'that is no database URL'],
    ['postgre://h/db', 'that is no database URL'],
    ['postgres:h/db', 'that is no database URL'],
    ['h/db', 'that is no database URL'],
    ['postgres://h/d b', 'white space or a control character at place 15'],
    ['postgres://h/db\n', 'white space or a control character at place 16'],
    ['postgres://', 'no host at place 1 of the hosts; .*\\?host=/var/run/postgresql'],
    ['postgres:///db', 'no host at place 1'],
    ['postgres://ada@/db', 'no host at place 1'],
    ['postgres://h1,,h2/db', 'no host at place 2'],
    ['postgres://h1,/db', 'no host at place 2'],
    [`postgres://${seventeen}/db`, '17 hosts; give at most 16'],
    ['postgres://[::1/db', 'no HOST or HOST:PORT at place 1'],
    ['postgres://h1,[::1]x/db', 'no HOST or HOST:PORT at place 2'],
    ['postgres://::1/db', 'no HOST or HOST:PORT at place 1 .* brackets'],
    ['postgres://h:port/db', 'no HOST or HOST:PORT at place 1'],
    ['postgres://[]/db', 'no host at place 1'],
    ['postgres://[fe80::1%25eth0]/db', 'neither a host name nor an address at place 1'],
    ['postgres://h_,h!/db', 'neither a host name nor an address at place 2'],
    ['postgres://1.2.3/db', 'neither a host name nor an address at place 1'],
    ['postgres:///db?host=run/pg', 'neither a host name nor an address'],
    ['postgres://h:0/db', 'no port at place 1 .* from 1 to 65535'],
    ['postgres://h:65536/db', 'no port at place 1'],
    ['postgres://h:000080/db', 'no port at place 1'],
    ['postgres://h/db?port=1e3', 'no port at place 1'],
    ['postgres://h1,h2/db?port=1,2,3', '2 hosts and 3 ports'],
    ['postgres://a:1,b:2/db?host=c', '1 hosts and 2 ports'],
    ['postgres://%zz', 'percent-encoding in the host at place 1'],
    ['postgres://a%@h', 'percent-encoding in the user .* % itself as %25'],
    ['postgres://a:%ff@h', 'percent-encoding in the password'],
    ['postgres://a:%00@h', 'percent-encoding in the password'],
    ['postgres://h/%1', 'percent-encoding in the database name'],
    ['postgres://h?dbname=%XX', 'percent-encoding in the parameter at place 1'],
    ['postgres://h?sslmode=disable&zzz', 'a parameter at place 2 that is not NAME=VALUE'],
    ['postgres://h?key=key=value', 'a parameter at place 1 that is not NAME=VALUE'],
    ['postgres://h?sslmode=disable&sslmode=disable', 'a parameter at place 2 .* twice'],
    ['postgres://h?ssl_mode=disable', 'a parameter of 8 .*; did you mean sslmode\\? give one of'],
    ['postgres://h?uzer=a', 'did you mean user\\?'],
    ['postgres://h?options=-c', 'a parameter of 7 characters that Baton does not know; give one'],
    ['postgres://h?sslmode=prefer', 'sslmode=prefer, which falls back to clear text'],
    ['postgres://h?sslmode=allow', 'sslmode=allow, which falls back to clear text'],
    ['postgres://h?sslmode=verify_full', 'an sslmode .* did you mean verify-full\\?'],
    ['postgres://h?sslmode=', 'an sslmode that Baton does not know; give one of disable, require'],
    ['postgres://h?sslrootcert=', 'sslrootcert without a path'],
    ['postgres://h?sslmode=disable&sslrootcert=r', 'sslrootcert for .* not encrypted'],
    ['postgres://localhost?sslcert=c&sslkey=k', 'sslcert for .* add sslmode=verify-full'],
    ['postgres://h?sslcert=c', 'one of sslcert and sslkey without the other'],
    ['postgres://h?sslkey=k', 'one of sslcert and sslkey without the other'],
    ['postgres://h?sslrootcert=system&sslmode=require', 'sslmode=require with the public'],
    ['postgres://h?sslrootcert=system&sslmode=verify-ca', 'sslmode=verify-ca with the public'],
    ['postgres://h?sslmode=verify-ca', 'sslmode=verify-ca with the public .* sslrootcert'],
    ['postgres://h?application_name=', 'an application_name of 0 characters'],
    [`postgres://h?application_name=${'a'.repeat(64)}`, 'an application_name of 64'],
    ['postgres://h?application_name=%C3%A9', 'an application_name of 1 characters'],
    ['postgres://h?connect_timeout=0', 'whole seconds from 1 to 60'],
    ['postgres://h?connect_timeout=61', 'whole seconds from 1 to 60'],
    ['postgres://h?connect_timeout=1.5', 'whole seconds from 1 to 60'],
    ['postgres://h?target_session_attrs=any', 'target_session_attrs other than read-write'],
  ])('is %j', (text, sentence) => {
    expect(refusal(text)).toMatch(new RegExp(`^--database-url: found .*${sentence}`));
    expect(refusal(text)).toMatch(/; .*\.$/);
  });

  it.each([
    'postgres://ada:hun@ter2@db/states',
    'postgres://ada:hunter2/x@db/states',
    'postgres://ada:12/hunter2@db/states',
    'postgres://ada:hunter2 @db/states',
    'postgres://ada:hunter2%@db/states',
    'postgres://ada:12/hun?ter2@db/states',
    'hunter2',
    'postgres://db/states?password=hunter2&sslmode=hunter2',
    'postgres://db/states?passwort=hunter2',
    'postgres://db/states?hunter2=1',
    'postgres://db/states?connect_timeout=hunter2',
  ])('repeats nothing of %s', (text) => {
    expect(refusal(text)).not.toMatch(/hun|ter2/);
  });

  it('says how to write a password with an @', () => {
    expect(refusal('postgres://ada:a@b@db/states')).toContain('@ as %40 and / as %2F');
  });
});

describe('a database URL without its password', () => {
  it.each([
    ['postgres://ada:hunter2@db:5432/states', 'postgres://ada:***@db:5432/states'],
    ['postgres://ada:hunter2?@h1:1,h2/s?user=a@b', 'postgres://ada:***@h1:1,h2/s?user=a@b'],
    ['postgres://:hunter2@db', 'postgres://:***@db'],
    ['postgres://db/s?password=hunter2&user=a', 'postgres://db/s?password=***&user=a'],
    ['postgres://db?user=a&p%61ssword=hunter2', 'postgres://db?user=a&p%61ssword=***'],
    ['postgres://ada@db:5432/states', 'postgres://ada@db:5432/states'],
    ['postgres://db:5432/s?application_name=a@b', 'postgres://db:5432/s?application_name=a@b'],
    ['postgres://ada:hun@ter/2@h1:1,h2:2/states', '***'],
    ['hunter2', '***'],
  ])('shows %s as %s', (text, shown) => {
    expect(withoutPassword(text)).toBe(shown);
  });
});
