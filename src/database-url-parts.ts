// Takes a database URL apart as libpq does, which the URL standard cannot (several hosts, socket
// directories), and shows one without its password:
// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS

import { type BatonError, invalidRequest } from './error.js';

/** Decoded texts, not judged yet. Null or empty where the URL says nothing. */
export interface DatabaseUrlParts {
  readonly user: string | null;
  readonly password: string | null;
  readonly hosts: readonly string[];
  /** One for each host, or one for all; empty: the default port. */
  readonly ports: readonly string[];
  readonly database: string | null;
  /** What follows `?`, those apart that stand for a part above. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Makes the error of something found in the URL, and of what to do about it. */
export type Refuse = (found: string, cure: string) => BatonError;

/** The parameters that stand for another part of the URL, and win over it. */
export const partParameters = ['host', 'port', 'user', 'password', 'dbname'] as const;

const urlForm =
  /^postgres(?:ql)?:\/\/(?:([^:@/?]*)(?::([^@/]*))?@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/;
const hostForm = /^(?:\[([^\]]*)\]|([^:[\]@]*))(?::(\d*))?$/;
const encodeCredentials = 'percent-encode @ as %40 and / as %2F in user and password';

/** Throws what `refuse` makes. */
export function databaseUrlParts(text: string, refuse: Refuse): DatabaseUrlParts {
  const blank = /[\s\p{Cc}]/u.exec(text);
  if (blank !== null) {
    throw refuse(
      `white space or a control character at place ${blank.index + 1}`,
      'take it out, or percent-encode it, a space as %20',
    );
  }
  const form = urlForm.exec(text);
  if (form === null) {
    throw refuse(
      `text of ${text.length} characters that is no database URL`,
      'give one such as postgres://USER:PASSWORD@HOST:5432/DATABASE',
    );
  }
  const [, user, password, authority = '', database, query = ''] = form;
  if (database !== undefined && /[@/]/.test(database)) {
    throw refuse('@ or / after the / that ends the hosts', encodeCredentials);
  }
  const parameters = parametersOf(query, refuse);
  const places = authority.split(',').map((place, index) => placeOf(place, index, refuse));

  const decode = (part: string, what: string) => decoded(part, what, refuse);
  const parts: DatabaseUrlParts = {
    user: parameters.get('user') || decode(user ?? '', 'user') || null,
    password: parameters.get('password') || decode(password ?? '', 'password') || null,
    hosts: parameters.get('host')?.split(',') ?? places.map(({ host }) => host),
    ports: parameters.get('port')?.split(',') ?? places.map(({ port }) => port),
    database: parameters.get('dbname') || decode(database ?? '', 'database name') || null,
    parameters,
  };
  for (const name of partParameters) parameters.delete(name);
  return parts;
}

/** The URL as it may be shown: with `***` for the password, or for all that cannot be read. */
export function withoutPassword(databaseUrl: string): string {
  try {
    databaseUrlParts(databaseUrl, (found, cure) => invalidRequest(`${found}; ${cure}`));
  } catch {
    return '***';
  }
  return databaseUrl
    .replace(/^([^:]+:\/\/[^:@/?]*):[^@/]*@/, '$1:***@')
    .replace(/([?&])([^?&=]*)=[^&]*/g, (parameter, mark: string, name: string) =>
      decodeURIComponent(name) === 'password' ? `${mark}${name}=***` : parameter,
    );
}

function placeOf(text: string, index: number, refuse: Refuse): { host: string; port: string } {
  const form = hostForm.exec(text);
  if (form === null) {
    throw refuse(
      `no HOST or HOST:PORT at place ${index + 1} of the hosts`,
      `give an IPv6 address in brackets, and ${encodeCredentials}`,
    );
  }
  const [, address, name = '', port = ''] = form;
  return { host: decoded(address ?? name, `host at place ${index + 1}`, refuse), port };
}

function parametersOf(query: string, refuse: Refuse): Map<string, string> {
  const parameters = new Map<string, string>();
  if (query === '') return parameters;
  for (const [index, parameter] of query.split('&').entries()) {
    const place = `parameter at place ${index + 1}`;
    const [name = '', value, ...more] = parameter.split('=');
    if (value === undefined || more.length > 0) {
      throw refuse(`a ${place} that is not NAME=VALUE`, 'write further = signs as %3D');
    }
    const decodedName = decoded(name, place, refuse);
    if (parameters.has(decodedName)) {
      throw refuse(`a ${place} that stands there twice`, 'give it once');
    }
    parameters.set(decodedName, decoded(value, place, refuse));
  }
  return parameters;
}

function decoded(text: string, what: string, refuse: Refuse): string {
  try {
    const result = decodeURIComponent(text);
    if (!result.includes('\0')) return result;
  } catch {
    // Told below, together with what decodes to the character NUL.
  }
  throw refuse(
    `percent-encoding in the ${what} that stands for no text`,
    'encode each character as UTF-8, % itself as %25',
  );
}
