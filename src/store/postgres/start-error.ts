// What a start or a command says where the database does not let it go on, and what to do.

import { DatabaseError } from 'pg';
import type { DatabaseAddress } from '../../database-url.js';
import type { DatabaseHost } from './client.js';
import { isLost, sqlState } from './failure.js';
import type { Search } from './find-primary.js';
import { nameOf } from './host-failure.js';
import { quoted } from './superuser-command.js';

export function noPrimaryError(failures: Search['failures']): Error {
  const told = failures.map((failure) => failure.told);
  const advice = new Set(failures.map((failure) => failure.advice));
  return new Error(
    `The database has no primary that can be used: ${[...told, ...advice].join('; ')}.`,
  );
}

/** What failed on the primary; an error that has its own sentence stays as it is. */
export function startError(
  error: unknown,
  { user, database }: DatabaseAddress,
  host: DatabaseHost,
): unknown {
  const cure = cures.get(sqlState(error) ?? '');
  if (cure === undefined && isLost(error)) {
    const message = `${nameOf(host)} was lost before it had answered; start again.`;
    return new Error(message, { cause: error });
  }
  if (!(error instanceof DatabaseError)) return error;
  const advice =
    cure?.(quoted(user), quoted(database)) ?? 'run `baton doctor` with the same database URL';
  const found = `${nameOf(host)} refuses the work (${error.message}, ${error.code})`;
  return new Error(`${found}; ${advice}.`, { cause: error });
}

/** By SQLSTATE (PostgreSQL manual, appendix A): no privilege, no schema, read only, locked, no room. */
const cures = new Map<string, (user: string, database: string) => string>([
  [
    '42501',
    (user) =>
      `let a superuser run GRANT CREATE ON SCHEMA public TO ${user}, or see what else is missing ` +
      'with `baton doctor`',
  ],
  ['3F000', (user) => `make one with CREATE SCHEMA AUTHORIZATION ${user}`],
  [
    '25006',
    (user, database) =>
      `run ALTER ROLE ${user} IN DATABASE ${database} SET default_transaction_read_only = off`,
  ],
  [
    '55P03',
    () => 'a backup, or something else that reads for long, keeps a table; start again after it',
  ],
  ['53100', () => 'make room on its disk'],
]);
