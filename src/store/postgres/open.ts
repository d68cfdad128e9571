// Opens or migrates a PostgreSQL store: primary, schema, master key, region, then the store.

import { type DatabaseAddress, parseDatabaseUrl, tlsOptions } from '../../database-url.js';
import type { MasterKeys } from '../../master-key.js';
import { MasterKeyRing, readMasterKeys } from '../../master-key-source.js';
import { checkAllUnwrap } from '../data-keys.js';
import type { OpenOptions, StoreConfig } from '../open.js';
import type { Store } from '../store.js';
import { type DatabaseHost, hangUp } from './client.js';
import { wrapperCounts } from './data-keys.js';
import { distribute } from './distribute.js';
import { type Candidate, findPrimary } from './find-primary.js';
import {
  migrate,
  newestSchemaVersion,
  refuseOlderSchema,
  schemaVersion,
  underMigrationLock,
} from './migrate.js';
import type { OwnKeys } from './parts.js';
import { Session } from './session.js';
import {
  openAuditKey,
  openHashKey,
  openSigningKey,
  readSetting,
  writeSetting,
} from './settings.js';
import { noPrimaryError, startError } from './start-error.js';
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
  // Nodes that share a database share its key: none is made, and none is looked for elsewhere.
  const masterKeys = readMasterKeys(config, false).keys;
  const ownKeys = await onPrimary(config.databaseUrl, options.role, ({ session }) =>
    prepare(session, masterKeys, { ...options, region: config.region }),
  );
  return openPostgresStore({
    address: parseDatabaseUrl(config.databaseUrl),
    poolSize: config.databasePool,
    region: config.region,
    ...ownKeys,
    masterKeys: new MasterKeyRing(config, masterKeys),
    clock: options.now,
    onWarning: options.onWarning ?? (() => {}),
  });
}

/** The schema versions before and after, and the tables that were distributed, if they were to be. */
export function migratePostgres(
  databaseUrl: string,
  options: { distribute: boolean },
): Promise<{ from: number; to: number; distributed?: string[] }> {
  return onPrimary(databaseUrl, 'tool', async ({ session }) => {
    const from = await schemaVersion(session);
    await underMigrationLock(session, () => migrate(session));
    const to = await schemaVersion(session);
    return options.distribute ? { from, to, distributed: await distribute(session) } : { from, to };
  });
}

/** A connection of its own to the primary, and which host that is. */
export interface PrimarySession {
  readonly session: Session;
  readonly host: DatabaseHost;
}

/** Does work on the primary that may take so many milliseconds. */
export async function onPrimary<Result>(
  databaseUrl: string,
  role: 'server' | 'tool',
  work: (primary: PrimarySession) => Promise<Result>,
  workMs = migrationMs,
): Promise<Result> {
  const address = parseDatabaseUrl(databaseUrl);
  const { client, host } = await searchPrimary(address, performance.now() + searchMs[role]);
  try {
    return await work({ session: new Session(client, performance.now() + workMs), host });
  } catch (error) {
    throw startError(error, address, host);
  } finally {
    hangUp(client);
  }
}

/** Gives up at once where no host can be used until somebody has mended it. */
async function searchPrimary(address: DatabaseAddress, deadline: number): Promise<Candidate> {
  // Files that cannot be used are told once, not for each host.
  for (const { host } of address.hosts) tlsOptions(address.tls, host);
  for (;;) {
    const { primary, failures } = await findPrimary(address, 0);
    if (primary !== undefined) return primary;
    const isHopeless = failures.every(({ lasts }) => lasts);
    if (isHopeless || performance.now() > deadline) throw noPrimaryError(failures);
    await new Promise((resolve) => setTimeout(resolve, searchEveryMs));
  }
}

/** The keys of the store's own. Of two first starts one makes the schema and the keys. */
async function prepare(
  session: Session,
  masterKeys: MasterKeys,
  options: { role: 'server' | 'tool'; create: boolean; region: string },
): Promise<OwnKeys> {
  const found = await schemaVersion(session);
  if (options.role === 'tool') refuseOlderSchema(found);
  if (found === 0 && !options.create) {
    throw new Error('There is no store in this database; make one with `baton init`.');
  }
  return underMigrationLock(session, async () => {
    if (found !== newestSchemaVersion()) await migrate(session);
    await keepRegion(session, options.region);
    const hashKey = await openHashKey(session, masterKeys);
    const auditKey = await openAuditKey(session, masterKeys);
    // A tool may be what mends it.
    if (options.role === 'server')
      checkAllUnwrap((await wrapperCounts(session, masterKeys)).missing);
    return { hashKey, auditKey, signingKey: await openSigningKey(session, masterKeys) };
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
