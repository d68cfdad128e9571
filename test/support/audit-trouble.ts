// Ways in which the audit of a running server cannot be written, while look-ups still can be read.

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Client } from 'pg';
import { inject } from 'vitest';
import type { Config } from '../../src/config.js';
import { asSuperuser, databaseOwner, query } from './postgres-database.js';
import { onDatabase } from './raw-audit.js';

export interface Trouble {
  readonly end: () => Promise<void>;
}

export type MakeTrouble = (config: Config) => Promise<Trouble>;

/** Somebody else holds the lock that a write of the audit waits for. */
export async function hangAudit({ dataDir, databaseUrl }: Config): Promise<Trouble> {
  if (databaseUrl === null) {
    const database = new Database(join(dataDir, 'baton.db'));
    database.exec('BEGIN IMMEDIATE');
    return { end: async () => void database.exec('COMMIT').close() };
  }
  const client = new Client({ connectionString: databaseUrl });
  // A test that fails leaves it to the end of the database.
  client.on('error', () => {});
  await client.connect();
  await client.query('BEGIN; LOCK TABLE audit_block IN SHARE MODE');
  const end = async () => {
    await client.query('COMMIT');
    await client.end();
  };
  return { end };
}

/** The database refuses each entry at once, as where it is read-only. */
export function refuseAudit(config: Config): Promise<Trouble> {
  return refuse(config, 'INSERT', 'audit_block');
}

/** The same for the notes of when keys were used. */
export function refuseKeyUse(config: Config): Promise<Trouble> {
  return refuse(config, 'UPDATE', 'api_key');
}

/** The same for outcomes, where a look-up without result is among them. */
export function refuseOutcomes(config: Config): Promise<Trouble> {
  return refuse(config, 'INSERT', 'resultless_look_up');
}

async function refuse(config: Config, verb: 'INSERT' | 'UPDATE', table: string): Promise<Trouble> {
  if (config.databaseUrl === null) {
    const trigger = `BEFORE ${verb} ON ${table} BEGIN SELECT raise(ABORT, 'read-only'); END`;
    await onDatabase(config, `CREATE TRIGGER refusal ${trigger}`);
    return { end: async () => void (await onDatabase(config, 'DROP TRIGGER refusal')) };
  }
  const url = asSuperuser(inject('postgresAdminUrl'), config.databaseUrl);
  await query(url, `REVOKE ${verb} ON ${table} FROM ${databaseOwner}`);
  const grant = `GRANT ${verb} ON ${table} TO ${databaseOwner}`;
  return { end: async () => void (await query(url, grant)) };
}
