// Brings a database to this version's schema: numbered SQL files, forward only, in one step.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { databaseNow } from './clock.js';
import { sqlState } from './failure.js';
import { migrationLockText } from './locks.js';
import type { Session } from './session.js';

const folder = fileURLToPath(new URL('./migrations', import.meta.url));

/**
 * A migration waits no longer than this for a table, since all that want to read it wait behind
 * it. Where a backup reads there for long, it comes again, for so long altogether.
 */
const tableMs = 1_000;
const busyMs = 30_000;
const comeAgainMs = 1_000;

/** The schema version that this version of Baton works with. */
export function newestSchemaVersion(): number {
  return migrations().length;
}

/** 0: there is no store in this database. */
export async function schemaVersion(session: Session): Promise<number> {
  const [known] = await session.simple<{ known: boolean }>(
    "SELECT to_regclass('schema_migration') IS NOT NULL AS known",
  );
  if (!known!.rows[0]!.known) return 0;
  const [newest] = await session.simple<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM schema_migration',
  );
  return newest!.rows[0]!.version;
}

/** Throws where a newer version of Baton has been here, with the cure. */
export function refuseNewerSchema(found: number): void {
  const newest = newestSchemaVersion();
  if (found > newest) {
    throw new Error(
      `The database has schema version ${found}, this version of Baton knows up to ${newest}; ` +
        'start the newer version of Baton that made it, or restore a backup from before.',
    );
  }
}

/** Throws where a store is not up to date: a tool must not change what running servers read. */
export function refuseOlderSchema(found: number): void {
  const newest = newestSchemaVersion();
  if (found > 0 && found < newest) {
    throw new Error(
      `The database has schema version ${found}, this version of Baton needs ${newest}; ` +
        'run `baton migrate`, or start the server once.',
    );
  }
}

/**
 * Does `work` where nobody else migrates. Its transaction is committed where it resolves, and what
 * a killed one began is undone by the database.
 */
export async function underMigrationLock<Result>(
  session: Session,
  work: () => Promise<Result>,
): Promise<Result> {
  const deadline = performance.now() + busyMs;
  for (;;) {
    try {
      return await tryUnderMigrationLock(session, work);
    } catch (error) {
      if (sqlState(error) !== lockNotAvailable || performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, comeAgainMs));
  }
}

/** SQLSTATE (PostgreSQL manual, appendix A). */
const lockNotAvailable = '55P03';

async function tryUnderMigrationLock<Result>(
  session: Session,
  work: () => Promise<Result>,
): Promise<Result> {
  await session.simple(`BEGIN; SET LOCAL lock_timeout = 0; ${migrationLockText}`);
  await session.simple(`SET LOCAL lock_timeout = ${tableMs}`);
  try {
    const result = await work();
    await session.simple('COMMIT');
    return result;
  } catch (error) {
    await session.simple('ROLLBACK').catch(() => {});
    throw error;
  }
}

/**
 * Applies what is missing, under the migration lock, so that nobody meets a version in between.
 * Older nodes go on meanwhile: migrations only add.
 */
export async function migrate(session: Session): Promise<void> {
  await session.simple(`CREATE TABLE IF NOT EXISTS schema_migration (
    version integer PRIMARY KEY, applied_at bigint NOT NULL)`);
  const found = await schemaVersion(session);
  refuseNewerSchema(found);
  for (const [index, file] of migrations().entries()) {
    if (index < found) continue;
    await session.simple(readFileSync(join(folder, file), 'utf8'));
    await session.simple(`INSERT INTO schema_migration VALUES (${index + 1}, ${databaseNow})`);
  }
}

function migrations(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .toSorted();
}
