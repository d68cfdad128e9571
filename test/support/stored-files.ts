// Every file in which a store keeps something, as bytes.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Config } from '../../src/config.js';
import { asSuperuser, query } from './postgres-database.js';

export interface StoredFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** The data directory, or the files of the database and the write-ahead log of its server. */
export async function storedFiles({ dataDir, databaseUrl }: Config): Promise<StoredFile[]> {
  if (databaseUrl === null) return filesBelow(dataDir);
  const admin = asSuperuser(inject('postgresAdminUrl'), databaseUrl);
  await query(admin, 'CHECKPOINT');
  const { rows } = await query(
    admin,
    `SELECT current_setting('data_directory') AS directory, oid FROM pg_database
     WHERE datname = current_database()`,
  );
  const { directory, oid } = rows[0] as { directory: string; oid: number };
  return [
    ...filesBelow(join(directory, 'base', String(oid))),
    ...filesBelow(join(directory, 'pg_wal')),
  ];
}

/** All of a directory; what goes while it is read is left out. */
export function filesBelow(directory: string): StoredFile[] {
  const files: StoredFile[] = [];
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    try {
      files.push({ path, bytes: readFileSync(path) });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return files;
}
