// Opens, examines or migrates the store that the configuration names: here the backends fork.

import { existsSync } from 'node:fs';
import type { Config } from '../config.js';
import type { MasterKeySource } from '../master-key-source.js';
import type { EmptyStore, Snapshot, StoreSchema } from './backup/contents.js';
import type { Finding } from './finding.js';
import { readPostgres } from './postgres/backup.js';
import { examinePostgres } from './postgres/doctor.js';
import { newestSchemaVersion as newestPostgresSchema } from './postgres/migrate.js';
import { migratePostgres, openPostgres } from './postgres/open.js';
import { fillPostgres } from './postgres/restore.js';
import type { OnProgress } from './record-examination.js';
import { readSqlite } from './sqlite/backup.js';
import { databaseFile } from './sqlite/database.js';
import { examine } from './sqlite/doctor.js';
import { newestSchemaVersion as newestSqliteSchema } from './sqlite/migrate.js';
import { migrateSqlite, openSqlite } from './sqlite/open.js';
import { fillSqlite } from './sqlite/restore.js';
import type { Store } from './store.js';

export interface OpenOptions {
  /** A server holds the store; a tool works beside a server that may hold it. */
  readonly role: 'server' | 'tool';
  /** Whether a store that does not exist is made; a server always makes it. */
  readonly create?: boolean;
  /** The time in place of the machine's, or of the database's where that counts. */
  readonly now?: () => number;
  readonly onFatal?: (reason: string) => void;
  readonly onWarning?: (message: string) => void;
}

export type StoreConfig = MasterKeySource & Pick<Config, 'region' | 'databasePool'>;

export function openStore(config: StoreConfig, options: OpenOptions): Promise<Store> {
  const create = options.create ?? options.role === 'server';
  const { databaseUrl } = config;
  if (databaseUrl !== null) return openPostgres({ ...config, databaseUrl }, { ...options, create });
  if (!create) refuseMissing(config);
  return openSqlite(config, {
    role: options.role,
    now: options.now ?? Date.now,
    onFatal: options.onFatal ?? fail,
    onWarning: options.onWarning ?? ignore,
  });
}

/** Every check of the store, those that went well included. Each record is opened, which takes time. */
export async function examineStore(
  config: StoreConfig,
  onProgress: OnProgress = ignore,
): Promise<Finding[]> {
  const { databaseUrl } = config;
  if (databaseUrl === null) return examine(config, onProgress);
  return examinePostgres({ ...config, databaseUrl }, onProgress);
}

/**
 * Brings the store to this version's schema; gives the versions before and after. `distribute`
 * spreads a PostgreSQL store over the workers of its Citus cluster.
 */
export function migrateStore(
  config: StoreConfig,
  options: { distribute?: boolean } = {},
): Promise<{ from: number; to: number; distributed?: string[] }> {
  const { distribute = false } = options;
  if (config.databaseUrl !== null) return migratePostgres(config.databaseUrl, { distribute });
  refuseMissing(config);
  return migrateSqlite(config.dataDir);
}

/** The schema that this version gives a store of the kind that the configuration names. */
export function newestSchema({ databaseUrl }: StoreConfig): StoreSchema {
  return databaseUrl === null
    ? { storeKind: 'sqlite', schemaVersion: newestSqliteSchema() }
    : { storeKind: 'postgres', schemaVersion: newestPostgresSchema() };
}

/** Reads one moment of the store, a server running on it or not; it lasts until `work` settles. */
export async function readStore<Result>(
  config: StoreConfig,
  work: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> {
  if (config.databaseUrl !== null) return readPostgres(config.databaseUrl, work);
  refuseMissing(config);
  return readSqlite(config.dataDir, work);
}

/**
 * Fills a store that is empty or does not exist yet, with the schema of this version. It stays
 * empty where `fill` rejects. Rejects where a server runs on it, or something is in it.
 */
export function fillStore(
  config: StoreConfig,
  fill: (store: EmptyStore) => Promise<void>,
): Promise<void> {
  if (config.databaseUrl !== null) return fillPostgres(config.databaseUrl, fill);
  return fillSqlite(config.dataDir, fill);
}

function refuseMissing({ dataDir }: StoreConfig): void {
  if (existsSync(databaseFile(dataDir))) return;
  throw new Error(
    `There is no store in ${dataDir}; make one with \`baton init\`, or name it with --data-dir.`,
  );
}

function fail(reason: string): void {
  throw new Error(reason);
}

function ignore(): void {}
