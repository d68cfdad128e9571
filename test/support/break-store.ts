// Makes some tables of a running server's store unreadable, and whole again.

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { inject } from 'vitest';
import type { Config } from '../../src/config.js';
import { asSuperuser, databaseOwner, query } from './postgres-database.js';

export interface Breakage {
  /** What the log of the server names as the cause. */
  readonly cause: string;
  readonly repair: () => Promise<void>;
}

const handoffTables = ['handoff_state', 'handoff_alias', 'tombstone'];

/**
 * Every read of the tables fails, where the server has to ask the file or the database. Those of
 * handoffs are read by nothing else than requests, as long as there are no outcomes to record: the
 * writer of SQLite, which ends its process over damage, is out of it.
 */
export async function breakStore(
  config: Config,
  tables: readonly string[] = handoffTables,
): Promise<Breakage> {
  const { dataDir, databaseUrl } = config;
  return databaseUrl === null ? damageFile(dataDir, tables) : revokeTables(databaseUrl, tables);
}

const pageBytes = 4096;

/** Overwrites every page of the tables and of their keys, as a failing disk does. */
function damageFile(dataDir: string, tables: readonly string[]): Breakage {
  const file = join(dataDir, 'baton.db');
  const pages = pagesOf(file, tables);
  const whole = readFileSync(file);
  write(file, pages, () => Buffer.alloc(pageBytes, 0xa5));
  const repair = async () =>
    write(file, pages, (start) => whole.subarray(start, start + pageBytes));
  return { cause: 'SQLITE_CORRUPT', repair };
}

function pagesOf(file: string, tables: readonly string[]): number[] {
  const database = new Database(file, { readonly: true });
  const names = tables.flatMap((table) => [table, `sqlite_autoindex_${table}_1`]);
  const pages = database
    .prepare<string[], number>(
      `SELECT pageno FROM dbstat WHERE name IN (${names.map(() => '?').join(', ')})`,
    )
    .pluck()
    .all(...names);
  database.close();
  return pages;
}

function write(file: string, pages: readonly number[], content: (start: number) => Buffer): void {
  const descriptor = openSync(file, 'r+');
  for (const page of pages) {
    const start = (page - 1) * pageBytes;
    writeSync(descriptor, content(start), 0, pageBytes, start);
  }
  closeSync(descriptor);
}

/** Takes away from their owner the tables that requests read, as a mistaken REVOKE does. */
async function revokeTables(databaseUrl: string, tables: readonly string[]): Promise<Breakage> {
  const url = asSuperuser(inject('postgresAdminUrl'), databaseUrl);
  const rights = `ALL ON ${tables.join(', ')}`;
  await query(url, `REVOKE ${rights} FROM ${databaseOwner}`);
  const repair = async () => void (await query(url, `GRANT ${rights} TO ${databaseOwner}`));
  // insufficient_privilege (PostgreSQL manual, appendix A).
  return { cause: '42501', repair };
}
