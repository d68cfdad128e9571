// Makes the store of a running server unreadable, and whole again.

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Config } from '../../src/config.js';
import { asSuperuser, databaseOwner, query } from './postgres-database.js';

export interface Breakage {
  /** What the log of the server names as the cause. */
  readonly cause: string;
  readonly repair: () => Promise<void>;
}

/** Every read of it fails, where the server has to ask the file or the database. */
export async function breakStore(config: Config): Promise<Breakage> {
  const { dataDir, databaseUrl } = config;
  return databaseUrl === null ? damageFile(dataDir) : revokeTables(databaseUrl);
}

const pageBytes = 4096;

/** Overwrites every page but the first, as a failing disk does. */
function damageFile(dataDir: string): Breakage {
  const file = join(dataDir, 'baton.db');
  const whole = readFileSync(file);
  write(file, Buffer.alloc(whole.length - pageBytes, 0xa5));
  const repair = async () => write(file, whole.subarray(pageBytes));
  return { cause: 'SQLITE_CORRUPT', repair };
}

function write(file: string, pages: Uint8Array): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, pages, 0, pages.length, pageBytes);
  closeSync(descriptor);
}

/** Takes away from their owner the tables that requests read, as a mistaken REVOKE does. */
async function revokeTables(databaseUrl: string): Promise<Breakage> {
  const url = asSuperuser(inject('postgresAdminUrl'), databaseUrl);
  const tables = 'ALL ON project, api_key, handoff_state, handoff_alias, tombstone';
  await query(url, `REVOKE ${tables} FROM ${databaseOwner}`);
  const repair = async () => void (await query(url, `GRANT ${tables} TO ${databaseOwner}`));
  // insufficient_privilege (PostgreSQL manual, appendix A).
  return { cause: '42501', repair };
}
