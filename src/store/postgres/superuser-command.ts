// Commands for the operator to copy: what a superuser of the database has to run.

import { escapeIdentifier } from 'pg';
import type { DatabaseHost } from './client.js';

/** One call of psql, a statement after another, each in a transaction of its own. */
export function superuserCommand(
  { host, port }: DatabaseHost,
  database: string,
  ...statements: string[]
): string {
  const words = statements.map((statement) => `-c ${shellWord(statement)}`);
  return `psql -h ${host} -p ${port} -U postgres -d ${shellWord(database)} ${words.join(' ')}`;
}

/** A name as SQL takes it, whatever it holds. */
export function quoted(name: string): string {
  return escapeIdentifier(name);
}

/** The text as one word of a shell, in quotes where it needs them. */
function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
