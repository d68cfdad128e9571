// Where a test keeps its store: a temporary directory, or a database of the shared PostgreSQL.

import { rmSync } from 'node:fs';
import { inject } from 'vitest';
import type { Config } from '../../src/config.js';
import { openStore } from '../../src/store/open.js';
import type { Store } from '../../src/store/store.js';
import { dropDatabase, newDatabase } from './postgres-database.js';
import { testConfig } from './test-config.js';

/** All that is opened in one place shares what is kept there. */
export interface StorePlace {
  readonly config: Config;
  open(role?: 'server' | 'tool', now?: () => number): Promise<Store>;
  remove(): Promise<void>;
}

/** A place of the kind that the tests run on; a new one, where `changes` does not name one. */
export async function makePlace(changes: Partial<Config> = {}): Promise<StorePlace> {
  if (inject('storeKind') === 'postgres') return PostgresPlace.make(changes);
  return new SqlitePlace(changes);
}

export class SqlitePlace implements StorePlace {
  readonly config: Config;
  readonly warnings: string[] = [];

  constructor(changes: Partial<Config> = {}) {
    this.config = testConfig(changes);
  }

  open(role: 'server' | 'tool' = 'server', now: () => number = Date.now): Promise<Store> {
    const onWarning = (message: string) => void this.warnings.push(message);
    return openStore(this.config, { role, create: true, now, onWarning });
  }

  async remove(): Promise<void> {
    rmSync(this.config.dataDir, { recursive: true, force: true });
  }
}

const testMasterKey = 'c0ffee42'.repeat(8);

export class PostgresPlace implements StorePlace {
  readonly config: Config;

  constructor(changes: Partial<Config> & { databaseUrl: string }) {
    // A store in a database has no use for a directory: whatever is written there fails.
    this.config = testConfig({ dataDir: '/dev/null/none', masterKey: testMasterKey, ...changes });
  }

  /** In a new, empty database, where `changes` does not name one. */
  static async make(changes: Partial<Config> = {}): Promise<PostgresPlace> {
    const databaseUrl = changes.databaseUrl ?? (await newDatabase(inject('postgresAdminUrl')));
    return new PostgresPlace({ ...changes, databaseUrl });
  }

  /** Where no clock is given, time goes by the database's. */
  open(role: 'server' | 'tool' = 'server', now?: () => number): Promise<Store> {
    const clock = now === undefined ? {} : { now };
    return openStore(this.config, { role, create: true, ...clock });
  }

  async remove(): Promise<void> {
    await dropDatabase(inject('postgresAdminUrl'), this.config.databaseUrl!);
  }
}
