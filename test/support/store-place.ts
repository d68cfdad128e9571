// A SQLite store for a test: a temporary directory, opened as a server or as a tool opens it.

import { rmSync } from 'node:fs';
import type { Config } from '../../src/config.js';
import { openStore } from '../../src/store/open.js';
import type { Store } from '../../src/store/store.js';
import { testConfig } from './server.js';

export class SqlitePlace {
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
