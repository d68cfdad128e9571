// Every file in which a store keeps something, as bytes.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Config } from '../../src/config.js';
import { asSuperuser, query } from './postgres-database.js';
import { logOf } from './postgres-server.js';

export interface StoredFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** The data directory; of PostgreSQL without other databases, and with its log. */
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
  const databases = join(directory, 'base');
  const own = join(databases, String(oid));
  return [
    ...filesBelow(directory, (path) => path.startsWith(own) || !path.startsWith(databases)),
    { path: logOf(directory), bytes: readFileSync(logOf(directory)) },
  ];
}

/** All of a directory that is wanted; what goes while it is read is left out. */
export function filesBelow(
  directory: string,
  isWanted: (path: string) => boolean = () => true,
): StoredFile[] {
  const files: StoredFile[] = [];
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !isWanted(path)) continue;
    try {
      files.push({ path, bytes: readFileSync(path) });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return files;
}
