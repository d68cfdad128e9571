// The SQLite store: one file, one server process; reads here, writes in the writer thread.

import { shuttingDown } from '../../error.js';
import { readyAnswer } from '../../handoff.js';
import { nameHasher } from '../../name-hash.js';
import type { Project } from '../../project.js';
import type { Store } from '../store.js';
import { nameKey, Watchers } from '../watchers.js';
import type { CommandName } from './commands.js';
import { databaseFile, openReader } from './database.js';
import { HandoffList } from './handoff-list.js';
import { HandoffReads } from './handoff-reads.js';
import type { Tenancy } from './handoff-writes.js';
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
      onChanged: (keys) => handoffs.forget(keys),
      wake: (keys) => keys.reduce((woken, key) => woken + watchers.wake(key), 0),
      onReferenceChanged: () => references.noteChange(),
      onFatal: options.onFatal,
    },
  );
  const reader = openReader(file);
  const hashName = nameHasher(hashKey);
  const handoffs = new HandoffReads(reader, hashName, () => writer.isSettled);
  const handoffList = new HandoffList(reader, hashName);
  const references = new ReferenceReads(reader);

  let closing: Promise<void> | undefined;
  const reading = async <Result>(read: () => Result): Promise<Result> => {
    if (closing !== undefined) throw shuttingDown();
    return read();
  };
  const release = async () => {
    reader.close();
    await writer.close();
    options.lock?.release();
  };

  return {
    ...writesOf(writer, region, now),
    lookUp: (tenant, name) => reading(() => handoffs.lookUp(tenant, name, now())),
    lookUpNow: (tenant, name) =>
      closing === undefined ? handoffs.lookUp(tenant, name, now()) : undefined,
    list: (project, filter, page) =>
      reading(() => handoffList.list(project.tenant, filter, page, now())),
    watch: (tenant, name, wake) => watchers.watch(nameKey(tenant, name), wake),
    referenceVersion: () => references.version(),
    findProject: (account, project) => reading(() => references.findProject(account, project)),
    listProjects: (reach, page) => reading(() => references.listProjects(reach, page)),
    findAccount: (account) => reading(() => references.findAccount(account)),
    findKey: (keyId) => reading(() => references.findKey(keyId)),
    listKeys: (reach, page) => reading(() => references.listKeys(reach, page)),

    checkReady: () =>
      reading(() => void reader.prepare('SELECT 1 FROM handoff_alias LIMIT 1').get()),
    gauges: () => ({
      writesQueued: writer.queued,
      answersCached: handoffs.cached.answers,
      answersCachedBytes: handoffs.cached.bytes,
      storageFull: writer.storageFull,
    }),
    close() {
      closing ??= release();
      return closing;
    },
  };
}

type Writes = Pick<Store, CommandName>;

function writesOf(writer: Writer, region: string, now: () => number): Writes {
  return {
    async put(project, write, conditions) {
      const updatedAt = now();
      const input = { project: tenancy(project), write, conditions, now: updatedAt };
      const { created, version, expiresAt } = await writer.run('put', input);
      return { created, answer: readyAnswer({ ...write, version, updatedAt, expiresAt }) };
    },
    patch: (project, name, patch, conditions) =>
      writer.run('patch', { project: tenancy(project), name, patch, conditions, now: now() }),
    erase: (project, name, conditions) =>
      writer.run('erase', { project: tenancy(project), name, conditions, now: now() }),
    purge: () => writer.run('purge', { now: now() }),
    createProject: (project) => writer.run('createProject', { project, region, now: now() }),
    changeProject: (tenant, settings) => writer.run('changeProject', { tenant, settings }),
    createKey: (key) => writer.run('createKey', { key }),
    rotateKey: (keyId, successor, endsAt) => writer.run('rotateKey', { keyId, successor, endsAt }),
    revokeKey: (keyId, revokedAt) => writer.run('revokeKey', { keyId, revokedAt }),
    noteKeyUse: (usedAt) => writer.run('noteKeyUse', { usedAt }),
    initialise: (project, keys) => writer.run('initialise', { project, keys }),
  };
}

/** What a write needs of its project: every member more is copied to the writer thread. */
function tenancy({ tenant, retentionSeconds }: Project): Tenancy {
  return { tenant, retentionSeconds };
}
