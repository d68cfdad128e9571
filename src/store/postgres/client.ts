// How a connection to one host is made, and the settings that the promises rest on.

import type { Duplex } from 'node:stream';
import { Client, type ClientBase, type ClientConfig, types } from 'pg';
import { type DatabaseAddress, tlsOptions } from '../../database-url.js';

export type DatabaseHost = DatabaseAddress['hosts'][number];

/** How long a write may wait for the lock of another one. */
const lockMs = 2_000;
/** When the database ends a transaction whose node has vanished, and frees what it locked. */
const idleInTransactionMs = 10_000;

/** Counts and times are `bigint`, all of them far below 2^53. */
const bigintType = 20;
const numbers = {
  getTypeParser: ((oid: number, format: 'text') =>
    oid === bigintType ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
};

/** What reads the text of a column of this type. */
export function typeParserOf(oid: number): (text: string) => unknown {
  return numbers.getTypeParser(oid, 'text');
}

export function clientConfig(address: DatabaseAddress, host: DatabaseHost): ClientConfig {
  return {
    host: host.host,
    port: host.port,
    user: address.user,
    database: address.database,
    ssl: tlsOptions(address.tls, host.host),
    application_name: address.applicationName,
    connectionTimeoutMillis: address.connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    types: numbers,
    ...(address.password === null ? {} : { password: address.password }),
  };
}

/**
 * An acknowledged commit is one that is on the disk and, where the database replicates in step, on
 * its standby: a role or a database may be set to less. A commit has no time limit: a cancelled
 * one may be visible and still be lost.
 */
const settings = `SELECT
  set_config('synchronous_commit', CASE current_setting('synchronous_commit')
    WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),
  set_config('statement_timeout', '0', false),
  set_config('lock_timeout', '${lockMs}', false),
  set_config('idle_in_transaction_session_timeout', '${idleInTransactionMs}', false),
  set_config('default_transaction_isolation', 'read committed', false)`;

/** How long the first statements of a connection may take. */
const prepareMs = 2_000;

export async function prepareClient(client: ClientBase): Promise<void> {
  await query(client, settings);
}

/** A statement of which an answer is expected soon, on a connection that is given up otherwise. */
export async function query<Row>(client: ClientBase, text: string): Promise<Row[]> {
  const bounded = { text, query_timeout: prepareMs };
  const { rows } = await client.query<Row & object>(bounded);
  return rows;
}

/** A connection outside the pool. Its owner listens for its end. */
export async function connect(address: DatabaseAddress, host: DatabaseHost): Promise<Client> {
  const client = new Client(clientConfig(address, host));
  // Without a listener the loss of an idle connection would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    await prepareClient(client);
    return client;
  } catch (error) {
    hangUp(client);
    throw error;
  }
}

/**
 * Listens until it is called: whether there was a warning since. After a commit it says that the
 * wait for the standby was cut short: committed, but here alone.
 */
export function watchForWarning(client: ClientBase): () => boolean {
  let wasWarned = false;
  const onNotice = () => {
    wasWarned = true;
  };
  client.on('notice', onNotice);
  return () => {
    client.off('notice', onNotice);
    return wasWarned;
  };
}

/** Ends a connection without waiting for the server, which may hang. */
export function hangUp(client: Client): void {
  client.end().catch(() => {});
  setTimeout(() => destroy(client), 500).unref();
}

/** Gives the connection up at once. What the server is doing goes on there. */
export function destroy(client: ClientBase): void {
  streamOf(client).destroy();
}

/** The driver's socket. */
export function streamOf(client: ClientBase): Duplex {
  return (client as unknown as { connection: { stream: Duplex } }).connection.stream;
}
