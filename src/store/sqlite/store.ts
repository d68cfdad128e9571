// The SQLite store: one file, one server process; reads here, writes in the writer thread.

import { nameHasher } from '../../name-hash.js';
import type { Store } from '../store.js';
import { nameKey, Watchers } from '../watchers.js';
import { databaseFile, openReader } from './database.js';
import { HandoffReads } from './handoff-reads.js';
import type { Lock } from './lock.js';
import { ReferenceReads } from './reference-reads.js';
import { Writer } from './writer.js';

export interface SqliteStoreOptions {
  readonly dataDir: string;
  readonly region: string;
  /** The key of the keyed hashes in tombstones. */
  readonly hashKey: Uint8Array;
  readonly now: () => number;
  readonly onFatal: (reason: string) => void;
  /** Released when the store is closed. */
  readonly lock: Lock | null;
}

/** Opens a database whose schema is up to date. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { dataDir, hashKey, now, region } = options;
  const file = databaseFile(dataDir);
  const watchers = new Watchers();

  const writer = await Writer.start(
    { file, dataDir, hashKey },
    {
      onChanged(keys) {
        handoffs.forget(keys);
        for (const key of keys) watchers.wake(key);
      },
      onReferenceChanged: () => references.forget(),
      onFatal: options.onFatal,
    },
  );
  const reader = openReader(file);
  const handoffs = new HandoffReads(reader, nameHasher(hashKey), () => writer.isSettled);
  const references = new ReferenceReads(reader);

  return {
    lookUp: async (tenant, name) => handoffs.lookUp(tenant, name, now()),
    put: (project, write, conditions) =>
      writer.run('put', { project, write, conditions, now: now() }),
    patch: (project, name, patch, conditions) =>
      writer.run('patch', { project, name, patch, conditions, now: now() }),
    erase: (project, name, conditions) =>
      writer.run('erase', { project, name, conditions, now: now() }),
    list: async (project, filter, page) => handoffs.list(project.tenant, filter, page, now()),
    watch: (tenant, name, wake) => watchers.watch(nameKey(tenant, name), wake),
    purge: () => writer.run('purge', { now: now() }),

    findProject: async (account, project) => references.findProject(account, project),
    listProjects: async (reach, page) => references.listProjects(reach, page),
    findAccount: async (account) => references.findAccount(account),
    createProject: (project) => writer.run('createProject', { project, region, now: now() }),
    changeProject: (tenant, settings) => writer.run('changeProject', { tenant, settings }),

    findKey: async (keyId) => references.findKey(keyId),
    listKeys: async (reach, page) => references.listKeys(reach, page),
    async createKey(key) {
      await writer.run('createKey', { key });
    },
    async rotateKey(keyId, successor, endsAt) {
      await writer.run('rotateKey', { keyId, successor, endsAt });
    },
    revokeKey: (keyId, revokedAt) => writer.run('revokeKey', { keyId, revokedAt }),
    async noteKeyUse(usedAt) {
      await writer.run('noteKeyUse', { usedAt });
    },
    initialise: (project, keys) => writer.run('initialise', { project, keys }),

    async checkReady() {
      reader.prepare('SELECT 1').get();
    },
    gauges: () => ({
      writesQueued: writer.queued,
      answersCached: handoffs.cached.answers,
      answersCachedBytes: handoffs.cached.bytes,
      storageFull: writer.storageFull,
    }),
    async close() {
      reader.close();
      await writer.close();
      options.lock?.release();
    },
  };
}
