// The PostgreSQL store: one database, any number of server processes, every look-up by its primary.

import { textHasher } from '../../name-hash.js';
import type { Store } from '../store.js';
import { auditCalls } from './audit-calls.js';
import { rewrapDataKeys } from './data-keys.js';
import { listHandoffs } from './handoff-list.js';
import { HandoffReads } from './handoff-reads.js';
import { findLink } from './links.js';
import { outcomeCalls } from './outcome-calls.js';
import { connectParts, type Parts, type PostgresStoreOptions } from './parts.js';
import { listProjectReceipts, listReceipts } from './receipt-reads.js';
import { keyWrites, projectWrites } from './reference-changes.js';
import { findAccount, findKey, findProject, listKeys, listProjects } from './reference-reads.js';
import { statement } from './session.js';
import { sessionCalls } from './sessions.js';
import { rewrapKeptKeys } from './settings.js';
import { again } from './write.js';
import { handoffWrites, linkWrites } from './writes.js';

/** Opens a database whose schema is up to date. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const parts = connectParts(options);
  const { calls, database, notifications, references, watchers } = parts;
  const { hashName } = parts.keeping;
  const reads = new HandoffReads(database, parts.keeping, options.clock);
  await database.start().catch(async (error: unknown) => {
    await database.close();
    const found = `The database cannot be written: ${database.lastTold}`;
    throw new Error(`${found}; \`baton doctor\` says why.`, { cause: error });
  });
  notifications.start();

  let closing: Promise<void> | undefined;
  const release = async () => {
    await calls.close();
    // Beside each other: each takes its time where the database hangs.
    await Promise.all([notifications.close(), database.close()]);
  };
  return {
    ...handoffWrites(parts, options.clock),
    ...linkWrites(parts),
    ...projectWrites(parts, options.region),
    ...keyWrites(parts),
    ...referenceReads(parts),
    ...sessionCalls(parts),
    ...auditCalls(parts, options),
    ...outcomeCalls(parts, options),
    lookUp: (tenant, name) => calls.track(() => reads.lookUp(tenant, name)),
    // Another node may have written a moment ago: only the database knows.
    lookUpNow: () => undefined,
    list: ({ tenant }, filter, page) =>
      parts.read((session) =>
        listHandoffs(session, hashName, options.clock, { tenant, filter, page }),
      ),
    listReceipts: ({ tenant }, filter, page) =>
      parts.read((session) => listReceipts(session, hashName, { tenant, filter, page })),
    listProjectReceipts: (accountId, page) =>
      parts.read((session) => listProjectReceipts(session, accountId, page)),
    findLink: (tenant, linkHash) => parts.read((session) => findLink(session, tenant, linkHash)),
    signingKeys: () => [parts.keeping.signer.publicKey],
    watch: (tenant, name, wake) => watchers.watch(hashName(tenant, name), wake),
    keyedHash: textHasher(options.hashKey),
    referenceVersion: () => references.version,
    rewrapKeys: () =>
      parts.write({
        async apply(transaction) {
          // First: they decide by which master key new data keys are wrapped.
          const count = await rewrapKeptKeys(transaction, parts.masterKeys.keys);
          return count + (await rewrapDataKeys(transaction, parts.masterKeys));
        },
        settle: again,
      }),
    checkReady: () => parts.read(async (session) => void (await session.first(ready))),
    gauges: () => ({
      isReady: database.isReady,
      writesQueued: parts.writeGauge.queued,
      answersCached: 0,
      answersCachedBytes: 0,
      storageFull: parts.writeGauge.storageFull,
      connectionsUsed: database.connectionsUsed,
      connectionsAwaited: database.connectionsAwaited,
    }),
    close() {
      closing ??= release();
      return closing;
    },
  };
}

const ready = statement<[], unknown>('ready', 'SELECT 1 FROM handoff_alias LIMIT 1');

type ReferenceReads = Pick<
  Store,
  'findProject' | 'listProjects' | 'findAccount' | 'findKey' | 'listKeys'
>;

function referenceReads(parts: Parts): ReferenceReads {
  const read: Parts['read'] = (work) => parts.read(work);
  return {
    findProject: (account, project) => read((session) => findProject(session, account, project)),
    listProjects: (reach, page) => read((session) => listProjects(session, reach, page)),
    findAccount: (account) => read((session) => findAccount(session, account)),
    findKey: (keyId) => read((session) => findKey(session, keyId)),
    listKeys: (reach, page) => read((session) => listKeys(session, reach, page)),
  };
}
