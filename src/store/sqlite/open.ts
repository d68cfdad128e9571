// Opens a SQLite store: directory, lock, schema, master key, region, then the store itself.

import { statSync } from 'node:fs';
import { readMasterKey } from '../../master-key.js';
import type { StoreConfig } from '../open.js';
import type { Store } from '../store.js';
import { type Connection, databaseFile, makeDatabaseFile, openWriter } from './database.js';
import { takeLock } from './lock.js';
import { migrate, refuseNewerSchema } from './migrate.js';
import { openHashKey, readSetting, writeSetting } from './settings.js';
import { openSqliteStore } from './store.js';

export async function openSqlite(
  config: StoreConfig,
  options: {
    role: 'server' | 'tool';
    now: () => number;
    onFatal: (reason: string) => void;
    onWarning: (message: string) => void;
  },
): Promise<Store> {
  const { dataDir, region } = config;
  // A first start that was killed before it had a master key leaves an empty file.
  const bytes = statSync(databaseFile(dataDir), { throwIfNoEntry: false })?.size ?? 0;
  const isNew = bytes === 0;
  makeDatabaseFile(dataDir);
  const lock = options.role === 'server' ? takeLock(dataDir) : null;
  try {
    const hashKey = prepareDatabase(config, isNew, options);
    const { now, onFatal } = options;
    return await openSqliteStore({ dataDir, region, hashKey, now, onFatal, lock });
  } catch (error) {
    lock?.release();
    throw error;
  }
}

function prepareDatabase(
  config: StoreConfig,
  isNew: boolean,
  options: { onWarning: (message: string) => void },
): Uint8Array {
  const { key, madeFile } = readMasterKey(config, isNew);
  if (madeFile !== undefined) {
    options.onWarning(
      `A master key was made in ${madeFile}. Move it away from the data, keep a copy, and name it ` +
        'with --master-key-file: without it the store cannot be opened.',
    );
  }
  const database = openWriter(databaseFile(config.dataDir));
  try {
    refuseNewerSchema(database);
    migrate(database);
    return database
      .transaction(() => {
        keepRegion(database, config.region);
        return openHashKey(database, key);
      })
      .immediate();
  } finally {
    database.close();
  }
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
