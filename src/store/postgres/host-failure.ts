// Why a host cannot be used, in words, and what to do about it.

import { DatabaseError } from 'pg';
import type { DatabaseAddress } from '../../database-url.js';
import type { DatabaseHost } from './client.js';
import { superuserCommand } from './superuser-command.js';

export interface HostFailure {
  /** What was found, to follow the name of the host. */
  readonly found: string;
  /** What to do, within a sentence. */
  readonly advice: string;
  /** What to run, or to look with. */
  readonly command: string;
  /** Whether waiting does not help: somebody has to mend it. */
  readonly lasts: boolean;
}

export function nameOf({ host, port }: DatabaseHost): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What a connection that could not be made failed with. No word of it is of the password. */
export function hostFailure(
  error: unknown,
  address: DatabaseAddress,
  host: DatabaseHost,
): HostFailure {
  if (error instanceof DatabaseError) return refusal(error, address, host);
  const { code = '', message } = error as NodeJS.ErrnoException;
  return (
    encryptionFailure(code, message, host) ??
    networkFailure(code, message, host) ??
    (address.password === null && message.startsWith('SASL') ? noPassword : undefined) ?? {
      found: `cannot be used (${message || code})`,
      advice: 'check --database-url',
      command: lookCommand(host),
      lasts: false,
    }
  );
}

/** By SQLSTATE (PostgreSQL manual, appendix A). */
function refusal(
  { code, message }: DatabaseError,
  { user, database, tls }: DatabaseAddress,
  host: DatabaseHost,
): HostFailure {
  const asSuperuser = (sql: string) => superuserCommand(host, 'postgres', sql);
  switch (code) {
    case '28P01':
      return {
        found: `knows no user "${user}" with this password`,
        advice: 'give the right user and password in --database-url',
        command: asSuperuser(`\\password ${user}`),
        lasts: true,
      };
    case '28000':
      return {
        found: `does not let user "${user}" in (${message})`,
        advice:
          'check pg_hba.conf, and the user in --database-url' +
          (tls.mode === 'disable' ? '; where it has to encrypt, add sslmode=verify-full' : ''),
        command: asSuperuser('SELECT * FROM pg_hba_file_rules'),
        lasts: true,
      };
    case '3D000':
      return {
        found: `has no database "${database}"`,
        advice: `make it with \`createdb -O ${user} ${database}\`, or correct --database-url`,
        command: `createdb -h ${host.host} -p ${host.port} -U postgres -O ${user} ${database}`,
        lasts: true,
      };
    case '42501':
      return {
        found: `does not let user "${user}" use database "${database}"`,
        advice: 'let its owner run GRANT CONNECT ON DATABASE, or correct --database-url',
        command: asSuperuser(`GRANT CONNECT ON DATABASE "${database}" TO "${user}"`),
        lasts: true,
      };
    case '53300':
      return {
        found: `has no connection left (${message})`,
        advice: 'raise its limit, or lower --database-pool of the nodes',
        command: asSuperuser(
          'SELECT usename, datname, count(*) FROM pg_stat_activity GROUP BY 1, 2',
        ),
        lasts: false,
      };
    default:
      return {
        found: `says: ${message} (${code})`,
        advice: 'check that the database is up, and --database-url',
        command: lookCommand(host),
        lasts: false,
      };
  }
}

const noPassword: HostFailure = {
  found: 'wants a password',
  advice: 'give one in --database-url',
  command: 'baton doctor --database-url postgres://USER:PASSWORD@HOST/DATABASE',
  lasts: true,
};

function encryptionFailure(
  code: string,
  message: string,
  host: DatabaseHost,
): HostFailure | undefined {
  if (/does not support SSL/.test(message)) {
    return {
      found: 'does not encrypt',
      advice: 'set ssl = on there, or give sslmode=disable in --database-url',
      command: superuserCommand(host, 'postgres', 'ALTER SYSTEM SET ssl = on'),
      lasts: true,
    };
  }
  // The codes of node:tls, which are OpenSSL's for a certificate.
  if (!/CERT|SIGNATURE|INVALID_CA|INVALID_PURPOSE|^ERR_(?:TLS|SSL)_/.test(code)) return undefined;
  const isOther = code === 'ERR_TLS_CERT_ALTNAME_INVALID';
  return {
    found: `shows a certificate ${isOther ? 'of another host' : 'not to be trusted'} (${code})`,
    advice: isOther
      ? 'name the host in --database-url as its certificate does'
      : 'name the file of its authority with sslrootcert=… in --database-url',
    command:
      `openssl s_client -starttls postgres -connect ${nameOf(host)} </dev/null ` +
      '| openssl x509 -noout -subject -issuer -dates -ext subjectAltName',
    lasts: true,
  };
}

function networkFailure(
  code: string,
  message: string,
  host: DatabaseHost,
): HostFailure | undefined {
  const found = networkFindings.find(([pattern]) => pattern.test(`${code} ${message}`))?.[1];
  if (found === undefined) return undefined;
  const advice = 'check that PostgreSQL runs there, and --database-url';
  return { found, advice, command: lookCommand(host), lasts: false };
}

const networkFindings: [RegExp, string][] = [
  [/^ECONNREFUSED/, 'refuses the connection'],
  [/^ENOENT/, 'has no socket'],
  [/^(?:ENOTFOUND|EAI_AGAIN)/, 'has no address'],
  [/^(?:ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)|timeout/, 'does not answer in time'],
  [/^(?:ECONNRESET|EPIPE)|terminated/, 'breaks the connection off'],
];

function lookCommand({ host, port }: DatabaseHost): string {
  return `pg_isready -h ${host} -p ${port}`;
}
