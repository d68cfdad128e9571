// Databases of the tests in a PostgreSQL that runs: made, asked and dropped by its superuser.

import { randomBytes } from 'node:crypto';
import { Client, type QueryResult } from 'pg';

/** Who owns the databases of the tests: no superuser, as in production. */
export const databaseOwner = 'baton';

/** Runs one statement on a connection of its own. */
export async function query(databaseUrl: string, statement: string): Promise<QueryResult> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The superuser's connection to the database that the owner's URL names. */
export function asSuperuser(adminUrl: string, databaseUrl: string): string {
  const url = new URL(adminUrl);
  url.pathname = new URL(databaseUrl).pathname;
  return url.href;
}

/** Makes an empty database, or a copy of one that is in use by nobody; gives its owner's URL. */
export async function newDatabase(adminUrl: string, original = 'template1'): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  // Copied through the log: the other way waits for two checkpoints and takes four times as long.
  const copied = `TEMPLATE ${original} STRATEGY WAL_LOG`;
  await query(adminUrl, `CREATE DATABASE ${name} OWNER ${databaseOwner} ${copied}`);
  const url = new URL(adminUrl);
  url.username = databaseOwner;
  url.pathname = `/${name}`;
  return url.href;
}

/** Drops it with the connections that there are. */
export async function dropDatabase(adminUrl: string, databaseUrl: string): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  await query(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}
