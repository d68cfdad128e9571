// Opens or migrates a SQLite store: directory, lock, schema, master key, region, then the store.

import { MasterKeyRing, readMasterKeys } from '../../master-key-source.js';
import { checkAllUnwrap } from '../data-keys.js';
import type { StoreConfig } from '../open.js';
import type { Store } from '../store.js';
import { closeWriter } from './checkpoints.js';
import { wrapperCounts } from './data-keys.js';
import { type Connection, databaseFile, makeDatabaseFile, openWriter } from './database.js';
import { takeLock } from './lock.js';
import { migrate, refuseOlderSchema, schemaVersion } from './migrate.js';
import {
  hasHashKey,
  openAuditKey,
  openHashKey,
  openSigningKey,
  readSetting,
  writeSetting,
} from './settings.js';
import { openWithSpareRoom } from './start.js';
import { openSqliteStore } from './store.js';

interface SqliteOptions {
  readonly role: 'server' | 'tool';
  readonly now: () => number;
  readonly onFatal: (reason: string) => void;
  readonly onWarning: (message: string) => void;
}

export function openSqlite(config: StoreConfig, options: SqliteOptions): Promise<Store> {
  return openWithSpareRoom(config.dataDir, () => openOnce(config, options));
}

/** The schema versions before and after; only where no server holds the store. */
export function migrateSqlite(dataDir: string): Promise<{ from: number; to: number }> {
  return openWithSpareRoom(dataDir, () => migrateOnce(dataDir));
}

async function openOnce(config: StoreConfig, options: SqliteOptions): Promise<Store> {
  const { dataDir, region } = config;
  makeDatabaseFile(dataDir);
  const lock = options.role === 'server' ? takeLock(dataDir) : null;
  try {
    const keys = prepareDatabase(config, options);
    const { now, onFatal } = options;
    return await openSqliteStore({ dataDir, region, ...keys, now, onFatal, lock });
  } catch (error) {
    lock?.release();
    throw error;
  }
}

function migrateOnce(dataDir: string): { from: number; to: number } {
  const lock = takeLock(dataDir);
  try {
    const database = openWriter(databaseFile(dataDir));
    try {
      const from = schemaVersion(database);
      migrate(database);
      return { from, to: schemaVersion(database) };
    } finally {
      closeWriter(database);
    }
  } finally {
    lock.release();
  }
}

function prepareDatabase(
  config: StoreConfig,
  options: { role: 'server' | 'tool'; onWarning: (message: string) => void },
): Keys {
  const database = openWriter(databaseFile(config.dataDir));
  try {
    if (options.role === 'tool') refuseOlderSchema(database);
    migrate(database);
    return database.transaction(() => openSettings(database, config, options)).immediate();
  } finally {
    closeWriter(database);
  }
}

interface Keys {
  readonly hashKey: Uint8Array;
  readonly auditKey: Uint8Array;
  readonly signingKey: Uint8Array;
  readonly masterKeys: MasterKeyRing;
}

/** The master keys and the store's own. Under the write lock: of two first starts one makes them. */
function openSettings(
  database: Connection,
  config: StoreConfig,
  options: { role: 'server' | 'tool'; onWarning: (message: string) => void },
): Keys {
  keepRegion(database, config.region);
  const { keys, madeFile } = readMasterKeys(config, !hasHashKey(database));
  if (madeFile !== undefined) {
    options.onWarning(
      `A master key was made in ${madeFile}. Move it away from the data, keep a copy, and name it ` +
        'with --master-key-file: without it the store cannot be opened.',
    );
  }
  const hashKey = openHashKey(database, keys);
  const auditKey = openAuditKey(database, keys);
  // A tool may be what mends it.
  if (options.role === 'server') checkAllUnwrap(wrapperCounts(database, keys).missing);
  const signingKey = openSigningKey(database, keys);
  return { hashKey, auditKey, signingKey, masterKeys: new MasterKeyRing(config, keys) };
}

/** A store belongs to one region for good. */
function keepRegion(database: Connection, region: string): void {
  const kept = readSetting(database, 'region');
  if (kept === undefined) writeSetting(database, 'region', region);
  else if (kept !== region) {
    throw new Error(
      `This store belongs to region ${kept.toString()}, found --region ${region}; ` +
        `start with --region ${kept.toString()}, or with another --data-dir.`,
    );
  }
}
