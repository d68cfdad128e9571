// What the tests of backups start from: places that share a master key, and a folder for files.

import { rmSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import type { Config } from '../../src/config.js';
import type { Snapshot } from '../../src/store/backup/contents.js';
import { backupTables } from '../../src/store/backup/tables.js';
import { readStore } from '../../src/store/open.js';
import { makePlace, type StorePlace } from '../support/store-place.js';
import { temporaryDirectory } from '../support/test-config.js';

export const masterKey = 'be11a0fe'.repeat(8);

/** An empty place, removed with the test. */
export async function emptyPlace(changes: Partial<Config> = {}): Promise<StorePlace> {
  const place = await makePlace({ masterKey, ...changes });
  onTestFinished(() => place.remove());
  return place;
}

/** A folder for files, removed with the test. */
export function folder(): string {
  const directory = temporaryDirectory();
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Every row of a store that a backup is to hold, by table, in an order of its own. */
export function allRows(config: Config): Promise<Record<string, string[]>> {
  return readStore(config, rowsOf);
}

export async function rowsOf(snapshot: Snapshot): Promise<Record<string, string[]>> {
  const tables: Record<string, string[]> = {};
  for (const table of backupTables) {
    const rows: string[] = [];
    for await (const some of snapshot.rows(table)) {
      rows.push(...some.map((row) => JSON.stringify(row)));
    }
    tables[table.name] = rows.toSorted();
  }
  return tables;
}
