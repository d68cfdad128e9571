// Opens the store that the configuration names, made and brought up to date where that is asked.

import { existsSync } from 'node:fs';
import type { Config } from '../config.js';
import { databaseFile } from './sqlite/database.js';
import { openSqlite } from './sqlite/open.js';
import type { Store } from './store.js';

export interface OpenOptions {
  /** A server holds the store; a tool works beside a server that may hold it. */
  readonly role: 'server' | 'tool';
  /** Whether a store that does not exist is made; a server always makes it. */
  readonly create?: boolean;
  readonly now?: () => number;
  readonly onFatal?: (reason: string) => void;
  readonly onWarning?: (message: string) => void;
}

export type StoreConfig = Pick<
  Config,
  'dataDir' | 'region' | 'masterKey' | 'masterKeyFile' | 'databaseUrl'
>;

export function openStore(config: StoreConfig, options: OpenOptions): Promise<Store> {
  const create = options.create ?? options.role === 'server';
  if (!create && !existsSync(databaseFile(config.dataDir))) {
    throw new Error(
      `There is no store in ${config.dataDir}; make one with \`baton init\`, or name it with --data-dir.`,
    );
  }
  return openSqlite(config, {
    role: options.role,
    now: options.now ?? Date.now,
    onFatal: options.onFatal ?? fail,
    onWarning: options.onWarning ?? ignore,
  });
}

function fail(reason: string): void {
  throw new Error(reason);
}

function ignore(): void {}
