// The PostgreSQL store: one database, any number of server processes, every look-up by its primary.

import { textHasher } from '../../name-hash.js';
import { hidesNames } from '../../project.js';
import { SealBudget } from '../data-keys.js';
import type { Store } from '../store.js';
import { reserveSeals, rewrapDataKeys } from './data-keys.js';
import { erase, eraseNamed } from './erasures.js';
import { listHandoffs } from './handoff-list.js';
import { HandoffReads } from './handoff-reads.js';
import { type Changed, patch, put, settle } from './handoff-writes.js';
import { createKey, noteKeyUse, revokeKey, rotateKey, settleNewKey } from './key-writes.js';
import { emptyEnded, eraseProject, settleErasure, tenantsToEmpty } from './project-erasures.js';
import { changeProject, createProject, initialise, settleProject } from './project-writes.js';
import { listProjectReceipts, listReceipts } from './receipt-reads.js';
import { findAccount, findKey, findProject, listKeys, listProjects } from './reference-reads.js';
import { statement } from './session.js';
import { rewrapKeptKeys } from './settings.js';
import { connectParts, type Parts, type PostgresStoreOptions } from './store-parts.js';
import { hasToPurge, purge, purgedRowsMax, tenantsToPurge } from './tombstones.js';
import type { Clock, Transaction, Write } from './write.js';

/** Opens a database whose schema is up to date. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const parts = connectParts(options);
  const { calls, database, notifications, references, watchers } = parts;
  const { hashName } = parts.keeping;
  const reads = new HandoffReads(database, parts.keeping, options.clock);
  database.start();
  await database.primary(database.deadline()).catch(async (error: unknown) => {
    await database.close();
    const found = `The database cannot be written: ${database.lastTold}`;
    throw new Error(`${found}; \`baton doctor\` says why.`, { cause: error });
  });
  notifications.start();

  let closing: Promise<void> | undefined;
  const release = async () => {
    await calls.close();
    await notifications.close();
    await database.close();
  };
  return {
    ...handoffWrites(parts, options.clock),
    ...projectWrites(parts, options.region),
    ...keyWrites(parts),
    ...referenceReads(parts),
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
    signingKeys: () => [parts.keeping.signer.publicKey],
    watch: (tenant, name, wake) => watchers.watch(hashName(tenant, name), wake),
    keyedHash: textHasher(options.hashKey),
    referenceVersion: () => references.version,
    rewrapKeys: () =>
      parts.write({
        async apply(transaction) {
          const { keys } = parts.masterKeys;
          const count = await rewrapDataKeys(transaction, keys);
          return count + (await rewrapKeptKeys(transaction, keys));
        },
        settle: again,
      }),
    async refreshMasterKeys() {
      parts.masterKeys.refresh();
    },
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

function handoffWrites(
  parts: Parts,
  clock: Clock,
): Pick<Store, 'put' | 'patch' | 'erase' | 'eraseNamed' | 'purge'> {
  const { keeping, notifications, watchers } = parts;
  const { hashName } = keeping;
  const budget = new SealBudget((tenant) =>
    parts.write({
      apply: (transaction) => reserveSeals(transaction, parts.masterKeys.keys, tenant),
      settle: again,
    }),
  );
  const sealing = <Output>(
    tenant: string,
    write: (keyNumber: number | undefined) => Promise<Output>,
  ) => (parts.isSealing() || hidesNames(tenant) ? budget.spend(tenant, write) : write(undefined));

  async function change<Output>(
    tenant: string,
    apply: (transaction: Transaction) => Promise<Changed<Output>>,
  ): Promise<Output> {
    const { output, changed } = await parts.write<Changed<Output>>({
      apply,
      settle: (transaction, result) => settle(transaction, hashName, tenant, result),
      isSame: (result, before) => result.versionBefore === before.versionBefore,
    });
    for (const hash of changed) watchers.wake(hash);
    notifications.tellWritten(changed);
    return output;
  }

  return {
    put: (project, write, conditions) =>
      sealing(project.tenant, (keyNumber) => {
        const input = { project, write, conditions, keyNumber };
        return change(project.tenant, (it) => put(it, keeping, input));
      }),
    patch: (project, name, merge, conditions) =>
      sealing(project.tenant, (keyNumber) => {
        const input = { project, name, patch: merge, conditions, keyNumber };
        return change(project.tenant, (it) => patch(it, keeping, input));
      }),
    erase: (project, name, conditions, erasedBy) => {
      const input = { project, name, conditions, erasedBy: erasedBy ?? null };
      return change(project.tenant, (it) => erase(it, keeping, input));
    },
    eraseNamed: (project, alias, erasedBy) => {
      const input = { project, alias, erasedBy: erasedBy ?? null };
      return change(project.tenant, (it) => eraseNamed(it, keeping, input));
    },
    async purge() {
      let count = 0;
      for (const tenant of await parts.read((session) => tenantsToEmpty(session, clock))) {
        count += await parts.write({
          apply: (transaction) => emptyEnded(transaction, tenant, purgedRowsMax),
          settle: again,
        });
      }
      for (const tenant of await parts.read(tenantsToPurge)) {
        if (!(await parts.read((session) => hasToPurge(session, tenant, clock)))) continue;
        count += await parts.write({
          apply: (transaction) => purge(transaction, hashName, tenant),
          settle: again,
        });
      }
      return count;
    },
  };
}

function projectWrites(
  parts: Parts,
  region: string,
): Pick<Store, 'createProject' | 'changeProject' | 'eraseProject' | 'initialise'> {
  return {
    createProject: (project) =>
      changeReference(parts, {
        apply: (transaction) => createProject(transaction, { project, region }),
        settle: (session, after) => settleProject(session, { before: undefined, after }),
      }),
    async changeProject(tenant, settings) {
      const { after } = await changeReference(parts, {
        apply: (transaction) => changeProject(transaction, { tenant, settings }),
        settle: settleProject,
      });
      return after;
    },
    eraseProject: (tenant, erasedBy) =>
      changeReference(parts, {
        apply: (transaction) =>
          eraseProject(transaction, {
            tenant,
            erasedBy: erasedBy ?? null,
            signer: parts.keeping.signer,
          }),
        settle: (session) => settleErasure(session, tenant),
      }),
    initialise: (project, keys) =>
      changeReference(parts, {
        apply: (transaction) => initialise(transaction, { project, keys }),
        settle: async (session, made) =>
          made ? settleProject(session, { before: undefined, after: project }) : 'undone',
      }),
  };
}

function keyWrites(
  parts: Parts,
): Pick<Store, 'createKey' | 'rotateKey' | 'revokeKey' | 'noteKeyUse'> {
  return {
    createKey: (key) =>
      changeReference(parts, {
        apply: (transaction) => createKey(transaction, key),
        settle: (session) => settleNewKey(session, key.keyId),
      }),
    rotateKey: (keyId, successor, endsAt) =>
      changeReference(parts, {
        apply: (transaction) => rotateKey(transaction, { keyId, successor, endsAt }),
        settle: (session) => settleNewKey(session, successor.keyId),
      }),
    revokeKey: (keyId, revokedAt) =>
      changeReference(parts, {
        apply: (transaction) => revokeKey(transaction, { keyId, revokedAt }),
        settle: again,
      }),
    noteKeyUse: (usedAt) =>
      parts.write({
        apply: (transaction) => noteKeyUse(transaction, usedAt),
        settle: again,
      }),
  };
}

/** For what does no more when it is done twice. */
async function again(): Promise<'undone'> {
  return 'undone';
}

async function changeReference<Result>(parts: Parts, write: Write<Result>): Promise<Result> {
  try {
    return await parts.write(write);
  } finally {
    // Even where nobody knows whether it was carried out.
    parts.references.noteChange();
    parts.notifications.tellReferenceChanged();
  }
}

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
