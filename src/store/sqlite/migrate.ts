// Brings a database to this version's schema: numbered SQL files, forward only, in one step.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Connection } from './database.js';

const folder = fileURLToPath(new URL('./migrations', import.meta.url));

/** The schema version that this version of Baton works with. */
export function newestSchemaVersion(): number {
  return migrations().length;
}

export function schemaVersion(database: Connection): number {
  return database.pragma('user_version', { simple: true }) as number;
}

/** Throws where a newer version of Baton has been here, with the cure. */
export function refuseNewerSchema(database: Connection): void {
  const found = schemaVersion(database);
  const newest = newestSchemaVersion();
  if (found > newest) {
    throw new Error(
      `The database has schema version ${found}, this version of Baton knows up to ${newest}; ` +
        'start the newer version of Baton that made it, or restore a backup from before.',
    );
  }
}

/** Throws where a store is not up to date: a tool must not change what a running server reads. */
export function refuseOlderSchema(database: Connection): void {
  const found = schemaVersion(database);
  const newest = newestSchemaVersion();
  if (found > 0 && found < newest) {
    throw new Error(
      `The database has schema version ${found}, this version of Baton needs ${newest}; ` +
        'run `baton migrate`, or start the server once.',
    );
  }
}

/**
 * Applies what is missing, all of it in one step, so that nobody meets a version in between, and
 * returns the versions that it applied. Two at once is harmless.
 */
export function migrate(database: Connection): number[] {
  refuseNewerSchema(database);
  const newest = newestSchemaVersion();
  if (schemaVersion(database) === newest) return [];

  const apply = database.transaction(() => {
    const applied: number[] = [];
    for (const [index, file] of migrations().entries()) {
      if (index < schemaVersion(database)) continue;
      database.exec(readFileSync(join(folder, file), 'utf8'));
      database.pragma(`user_version = ${index + 1}`);
      applied.push(index + 1);
    }
    return applied;
  });
  return apply.immediate();
}

function migrations(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .toSorted();
}
