// What a database URL says: where PostgreSQL is, who connects, and how that is encrypted.

import { X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { type ConnectionOptions, checkServerIdentity, type PeerCertificate } from 'node:tls';
import { type DatabaseHost, databaseHosts, isLocal, isSocketDirectory } from './database-hosts.js';
import {
  type DatabaseUrlParts,
  databaseUrlParts,
  partParameters,
  type Refuse,
} from './database-url-parts.js';
import { invalidRequest } from './error.js';
import { limits } from './limits.js';
import { nearest } from './nearest.js';
import { readCertificate, readCertificateAndKey } from './pem-files.js';

export interface DatabaseAddress {
  /** At least one, in the order of the URL. */
  readonly hosts: readonly DatabaseHost[];
  readonly user: string;
  readonly password: string | null;
  readonly database: string;
  readonly tls: DatabaseTls;
  readonly applicationName: string;
  /** Milliseconds in which a connection must be made. */
  readonly connectMs: number;
}

/** `sslmode` as libpq has it; `require` encrypts without looking at the certificate. */
export interface DatabaseTls {
  readonly mode: 'disable' | 'require' | 'verify-ca' | 'verify-full';
  /** Absolute paths. Without the first, the authorities that Node.js knows. */
  readonly rootCertFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
}

const tlsModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
const fileParameters = ['sslrootcert', 'sslcert', 'sslkey'] as const;
const ownParameters = [
  'sslmode',
  ...fileParameters,
  'application_name',
  'connect_timeout',
  'target_session_attrs',
] as const;

const connectMsDefault = 1_000;

/** Throws `invalid_request` with a sentence that begins with `name` and repeats nothing found. */
export function parseDatabaseUrl(text: string, name = 'The database URL'): DatabaseAddress {
  const refuse: Refuse = (found, cure) => invalidRequest(`${name}: found ${found}; ${cure}.`);
  const parts = databaseUrlParts(text, refuse);
  checkParameterNames(parts, refuse);

  const hosts = databaseHosts(parts, refuse);
  const user = parts.user ?? ownUser(refuse);
  const { parameters } = parts;
  return {
    hosts,
    user,
    password: parts.password,
    database: parts.database ?? user,
    tls: tlsOf(
      parameters,
      hosts.every(({ host }) => isLocal(host)),
      refuse,
    ),
    applicationName: applicationNameOf(parameters.get('application_name'), refuse),
    connectMs: connectMsOf(parameters.get('connect_timeout'), refuse),
  };
}

/**
 * What `pg` takes as `ssl` for one host: false where nothing is encrypted. Throws a plain error
 * with one sentence that names the parameter and the file where a file cannot be used.
 */
export function tlsOptions(tls: DatabaseTls, host: string): false | ConnectionOptions {
  // As in libpq: what goes over a socket of this machine is never encrypted.
  if (tls.mode === 'disable' || isSocketDirectory(host)) return false;

  const { mode, rootCertFile, certFile, keyFile } = tls;
  const options: ConnectionOptions = {
    rejectUnauthorized: mode !== 'require',
    ...(rootCertFile === null ? {} : { ca: readCertificate('sslrootcert', rootCertFile) }),
    ...(certFile === null || keyFile === null
      ? {}
      : readCertificateAndKey({ cert: 'sslcert', key: 'sslkey' }, certFile, keyFile)),
  };
  if (mode === 'verify-ca') options.checkServerIdentity = () => undefined;
  if (mode === 'verify-full') {
    // Bound to the host, since node:tls would compare the server name, and none is sent for an
    // IP address (RFC 6066, section 3).
    options.checkServerIdentity = (_name, certificate) => identityError(host, certificate);
  }
  return options;
}

/** Undefined where the certificate is that of the host. */
function identityError(host: string, certificate: PeerCertificate): Error | undefined {
  // Some releases of Node.js take no certificate for an IPv6 address, 22.23 for one
  // (nodejs/node#64144).
  const isOwn = isIPv6(host) && new X509Certificate(certificate.raw).checkIP(host) !== undefined;
  return isOwn ? undefined : checkServerIdentity(host, certificate);
}

function checkParameterNames({ parameters }: DatabaseUrlParts, refuse: Refuse): void {
  const known: readonly string[] = [...ownParameters, ...partParameters];
  for (const name of parameters.keys()) {
    if (known.includes(name)) continue;
    throw refuse(
      `a parameter of ${name.length} characters that Baton does not know`,
      `${question(name, known)}give one of ${known.join(', ')}`,
    );
  }

  const session = parameters.get('target_session_attrs');
  if (session !== undefined && session !== 'read-write') {
    throw refuse(
      'a target_session_attrs other than read-write',
      'leave it out: Baton looks for the primary by itself',
    );
  }
}

/** The user of this process, as libpq takes it. */
function ownUser(refuse: Refuse): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that has no name.
    throw refuse('no user', 'give one, as in postgres://USER@HOST/DATABASE');
  }
}

function tlsOf(
  parameters: ReadonlyMap<string, string>,
  isLocalOnly: boolean,
  refuse: Refuse,
): DatabaseTls {
  const given = tlsModeOf(parameters.get('sslmode'), refuse);
  const mode = given ?? (isLocalOnly ? 'disable' : 'verify-full');
  const files = fileParameters.filter((name) => parameters.has(name));
  const empty = files.find((name) => parameters.get(name) === '');

  if (empty !== undefined) throw refuse(`${empty} without a path`, 'give it, or leave it out');
  if (mode === 'disable' && files.length > 0) {
    throw refuse(
      `${files[0]} for a connection that is not encrypted`,
      'add sslmode=verify-full, or leave it out',
    );
  }
  if (parameters.has('sslcert') !== parameters.has('sslkey')) {
    throw refuse('one of sslcert and sslkey without the other', 'give both or neither');
  }

  const fileOf = (name: (typeof fileParameters)[number]) =>
    parameters.has(name) ? resolve(parameters.get(name)!) : null;
  // `system` is libpq's word for the public authorities. They vouch for anyone's name, so that a
  // check without the name would let anyone pass.
  const isSystem = parameters.get('sslrootcert') === 'system';
  const rootCertFile = isSystem ? null : fileOf('sslrootcert');
  if (rootCertFile === null && (mode === 'verify-ca' || (isSystem && mode === 'require'))) {
    throw refuse(
      `sslmode=${mode} with the public authorities`,
      'give sslmode=verify-full, or the file of your own authority as sslrootcert',
    );
  }
  return {
    mode: mode === 'require' && rootCertFile !== null ? 'verify-ca' : mode,
    rootCertFile,
    certFile: fileOf('sslcert'),
    keyFile: fileOf('sslkey'),
  };
}

function tlsModeOf(text: string | undefined, refuse: Refuse): DatabaseTls['mode'] | undefined {
  if (text === undefined) return undefined;
  if (text === 'prefer' || text === 'allow') {
    throw refuse(
      `sslmode=${text}, which falls back to clear text and so protects nothing`,
      'give disable, or require or more',
    );
  }
  const mode = tlsModes.find((candidate) => candidate === text);
  if (mode !== undefined) return mode;
  throw refuse(
    'an sslmode that Baton does not know',
    `${question(text, tlsModes)}give one of ${tlsModes.join(', ')}`,
  );
}

/** Of one byte a character, since PostgreSQL shows others as `?`, and of its 63 bytes. */
function applicationNameOf(text: string | undefined, refuse: Refuse): string {
  if (text === undefined) return 'baton';
  if (/^[\x20-\x7e]{1,63}$/.test(text)) return text;
  throw refuse(
    `an application_name of ${text.length} characters that does not fit`,
    'give 1 to 63 printable ASCII characters',
  );
}

function connectMsOf(text: string | undefined, refuse: Refuse): number {
  if (text === undefined) return connectMsDefault;
  const seconds = Number(text);
  if (/^\d{1,9}$/.test(text) && seconds >= 1 && seconds <= limits.databaseConnectSecondsMax) {
    return seconds * 1_000;
  }
  throw refuse(
    'a connect_timeout that does not fit',
    `give whole seconds from 1 to ${limits.databaseConnectSecondsMax}`,
  );
}

/** `did you mean …? ` where a known word is near. */
function question(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined ? '' : `did you mean ${meant}? `;
}
