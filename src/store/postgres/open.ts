// Opens or migrates a PostgreSQL store: primary, schema, master key, region, then the store.

import { parseDatabaseUrl } from '../../database-url.js';
import { readMasterKey } from '../../master-key.js';
import type { OpenOptions, StoreConfig } from '../open.js';
import type { Store } from '../store.js';
import { hangUp } from './client.js';
import { distribute } from './distribute.js';
import { type Candidate, findPrimary } from './find-primary.js';
import {
  migrate,
  newestSchemaVersion,
  refuseOlderSchema,
  schemaVersion,
  underMigrationLock,
} from './migrate.js';
import { Session } from './session.js';
import { openHashKey, readSetting, writeSetting } from './settings.js';
import { openPostgresStore } from './store.js';

/** How long a start looks for the primary: a server may start together with its database. */
const searchMs = { server: 30_000, tool: 5_000 };
const searchEveryMs = 500;
/** How long a migration may take, in milliseconds. */
const migrationMs = 3_600_000;

export async function openPostgres(
  config: StoreConfig & { databaseUrl: string },
  options: OpenOptions & { create: boolean },
): Promise<Store> {
  const hashKey = await onPrimary(config.databaseUrl, options.role, (session) =>
    prepare(session, config, options),
  );
  return openPostgresStore({
    address: parseDatabaseUrl(config.databaseUrl),
    poolSize: config.databasePool,
    region: config.region,
    hashKey,
    clock: options.now,
    onWarning: options.onWarning ?? (() => {}),
  });
}

/** The schema versions before and after, and the tables that were distributed, if they were to be. */
export function migratePostgres(
  databaseUrl: string,
  options: { distribute: boolean },
): Promise<{ from: number; to: number; distributed?: string[] }> {
  return onPrimary(databaseUrl, 'tool', async (session) => {
    const from = await schemaVersion(session);
    await underMigrationLock(session, () => migrate(session));
    const to = await schemaVersion(session);
    return options.distribute ? { from, to, distributed: await distribute(session) } : { from, to };
  });
}

/** Does work on a connection of its own to the primary. */
export async function onPrimary<Result>(
  databaseUrl: string,
  role: 'server' | 'tool',
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const { client } = await searchPrimary(databaseUrl, performance.now() + searchMs[role]);
  try {
    return await work(new Session(client, performance.now() + migrationMs));
  } finally {
    hangUp(client);
  }
}

async function searchPrimary(databaseUrl: string, deadline: number): Promise<Candidate> {
  const address = parseDatabaseUrl(databaseUrl);
  for (;;) {
    const { primary, failures } = await findPrimary(address, 0);
    if (primary !== undefined) return primary;
    if (performance.now() > deadline) {
      throw new Error(
        `The database has no primary that answers: ${failures.join('; ')}. ` +
          'Check --database-url, and that the database runs.',
      );
    }
    await new Promise((resolve) => setTimeout(resolve, searchEveryMs));
  }
}

/** The key of the name hashes. Of two first starts one makes the schema and the keys. */
async function prepare(
  session: Session,
  config: StoreConfig,
  options: OpenOptions & { create: boolean },
): Promise<Uint8Array> {
  const found = await schemaVersion(session);
  if (options.role === 'tool') refuseOlderSchema(found);
  if (found === 0 && !options.create) {
    throw new Error('There is no store in this database; make one with `baton init`.');
  }
  const { key } = readMasterKey(config, false);
  return underMigrationLock(session, async () => {
    if (found !== newestSchemaVersion()) await migrate(session);
    await keepRegion(session, config.region);
    return openHashKey(session, key);
  });
}

/** A store belongs to one region for good. */
async function keepRegion(session: Session, region: string): Promise<void> {
  const kept = await readSetting(session, 'region');
  if (kept === undefined) await writeSetting(session, 'region', region);
  else if (kept !== region) {
    throw new Error(
      `This store belongs to region ${kept}, found --region ${region}; ` +
        `start with --region ${kept}, or with another --database-url.`,
    );
  }
}
