// The SQLite store: one file, one server process; reads here, writes in the writer thread.

import { shuttingDown } from '../../error.js';
import { readyAnswer } from '../../handoff.js';
import type { MasterKeyRing } from '../../master-key-source.js';
import { type HashName, nameHasher, textHasher } from '../../name-hash.js';
import type { Project } from '../../project.js';
import { ReceiptSigner } from '../../receipt.js';
import { SealBudget } from '../data-keys.js';
import type { Store, StoreGauges } from '../store.js';
import { storedName } from '../stored-states.js';
import { nameKey, Watchers } from '../watchers.js';
import type { CommandName } from './commands.js';
import { DataKeys } from './data-keys.js';
import { type Connection, databaseFile, openReader } from './database.js';
import type { ErasingProject } from './erasures.js';
import { HandoffList } from './handoff-list.js';
import { HandoffReads } from './handoff-reads.js';
import type { Tenancy } from './handoff-writes.js';
import type { Lock } from './lock.js';
import { ReceiptReads } from './receipt-reads.js';
import { ReferenceReads } from './reference-reads.js';
import { Writer } from './writer.js';

export interface SqliteStoreOptions {
  readonly dataDir: string;
  readonly region: string;
  /** The key of the keyed hashes in tombstones. */
  readonly hashKey: Uint8Array;
  /** Signs receipts. */
  readonly signingKey: Uint8Array;
  readonly masterKeys: MasterKeyRing;
  readonly now: () => number;
  readonly onFatal: (reason: string) => void;
  /** Released when the store is closed. */
  readonly lock: Lock | null;
}

/** Opens a database whose schema is up to date. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { dataDir, hashKey, signingKey, masterKeys, now, region } = options;
  const file = databaseFile(dataDir);
  const watchers = new Watchers();
  const writer = await Writer.start(
    { file, dataDir, region, hashKey, signingKey, masterKeys: masterKeys.keys.keys },
    {
      onChanged: (keys) => handoffs.forget(keys),
      onResolved: (keys) => {
        for (const key of keys) watchers.wake(key);
      },
      onReferenceChanged: () => {
        references.noteChange();
        handoffs.forgetAll();
      },
      onFatal: options.onFatal,
    },
  );
  const reader = openReader(file);
  const hashName = nameHasher(hashKey);
  const handoffs = new HandoffReads(
    reader,
    hashName,
    new DataKeys(reader, () => masterKeys.keys),
    () => writer.isSettled,
  );
  const references = new ReferenceReads(reader, () => handoffs.forgetAll());
  const { publicKey } = new ReceiptSigner(signingKey, region);

  const budget = new SealBudget(async (tenant) => {
    if (closing !== undefined) throw shuttingDown();
    return writer.run('reserveSeals', { tenant, now: now() });
  });

  let closing: Promise<void> | undefined;
  const reading: Reading = async (read) => {
    if (closing !== undefined) throw shuttingDown();
    return read();
  };
  const release = async () => {
    reader.close();
    await budget.idle();
    await writer.close();
    options.lock?.release();
  };

  return {
    ...untilClosed(writesOf(writer, budget, region, now), () => closing !== undefined),
    lookUp: (tenant, name) => reading(() => handoffs.lookUp(tenant, name, now())),
    lookUpNow: (tenant, name) =>
      closing === undefined ? handoffs.lookUp(tenant, name, now()) : undefined,
    ...listsOf(reader, hashName, now, reading),
    signingKeys: () => [publicKey],
    watch(tenant, name, wake) {
      const value = storedName(hashName, tenant, name);
      return watchers.watch(nameKey(tenant, { kind: name.kind, value }), wake);
    },
    keyedHash: textHasher(hashKey),
    async refreshMasterKeys() {
      if (masterKeys.refresh()) await writer.run('useMasterKeys', { keys: masterKeys.keys.keys });
    },
    ...referenceReadsOf(references, reading),
    checkReady: () =>
      reading(() => void reader.prepare('SELECT 1 FROM handoff_alias LIMIT 1').get()),
    gauges: () => ({ isReady: closing === undefined, ...gaugesOf(writer, handoffs) }),
    close() {
      closing ??= release();
      return closing;
    },
  };
}

function gaugesOf(writer: Writer, { cached }: HandoffReads): Omit<StoreGauges, 'isReady'> {
  return {
    writesQueued: writer.queued,
    answersCached: cached.answers,
    answersCachedBytes: cached.bytes,
    storageFull: writer.storageFull,
    connectionsUsed: 0,
    connectionsAwaited: 0,
  };
}

/** Reads, unless the store is closing. */
type Reading = <Result>(read: () => Result) => Promise<Result>;

function listsOf(
  reader: Connection,
  hashName: HashName,
  now: () => number,
  reading: Reading,
): Pick<Store, 'list' | 'listReceipts' | 'listProjectReceipts'> {
  const handoffs = new HandoffList(reader, hashName);
  const receipts = new ReceiptReads(reader, hashName);
  return {
    list: ({ tenant }, filter, page) => reading(() => handoffs.list(tenant, filter, page, now())),
    listReceipts: ({ tenant }, filter, page) => reading(() => receipts.list(tenant, filter, page)),
    listProjectReceipts: (accountId, page) => reading(() => receipts.listProjects(accountId, page)),
  };
}

function referenceReadsOf(
  references: ReferenceReads,
  reading: Reading,
): Pick<
  Store,
  'referenceVersion' | 'findProject' | 'listProjects' | 'findAccount' | 'findKey' | 'listKeys'
> {
  return {
    referenceVersion: () => references.version(),
    findProject: (account, project) => reading(() => references.findProject(account, project)),
    listProjects: (reach, page) => reading(() => references.listProjects(reach, page)),
    findAccount: (account) => reading(() => references.findAccount(account)),
    findKey: (keyId) => reading(() => references.findKey(keyId)),
    listKeys: (reach, page) => reading(() => references.listKeys(reach, page)),
  };
}

type Writes = Pick<Store, Exclude<CommandName, 'reserveSeals' | 'useMasterKeys'>>;

function writesOf(writer: Writer, budget: SealBudget, region: string, now: () => number): Writes {
  return {
    put(full, write, conditions) {
      const project = tenancy(full);
      return budget.spend(full.tenant, async (keyNumber) => {
        const updatedAt = now();
        const input = { project, write, conditions, now: updatedAt, keyNumber };
        const { created, version, expiresAt } = await writer.run('put', input);
        return { created, answer: readyAnswer({ ...write, version, updatedAt, expiresAt }) };
      });
    },
    patch(full, name, patch, conditions) {
      const project = tenancy(full);
      return budget.spend(full.tenant, (keyNumber) =>
        writer.run('patch', { project, name, patch, conditions, now: now(), keyNumber }),
      );
    },
    erase: (full, name, conditions, erasedBy) => {
      const erasure = { project: erasing(full), now: now(), erasedBy: erasedBy ?? null };
      return writer.run('erase', { ...erasure, name, conditions });
    },
    eraseNamed: (full, alias, erasedBy) => {
      const erasure = { project: erasing(full), now: now(), erasedBy: erasedBy ?? null };
      return writer.run('eraseNamed', { ...erasure, alias });
    },
    purge: () => writer.run('purge', { now: now() }),
    createProject: (project) => writer.run('createProject', { project, region, now: now() }),
    changeProject: (tenant, settings) => writer.run('changeProject', { tenant, settings }),
    eraseProject: (tenant, erasedBy) =>
      writer.run('eraseProject', { tenant, now: now(), erasedBy: erasedBy ?? null }),
    createKey: (key) => writer.run('createKey', { key }),
    rotateKey: (keyId, successor, endsAt) => writer.run('rotateKey', { keyId, successor, endsAt }),
    revokeKey: (keyId, revokedAt) => writer.run('revokeKey', { keyId, revokedAt }),
    noteKeyUse: (usedAt) => writer.run('noteKeyUse', { usedAt }),
    rewrapKeys: () => writer.run('rewrapKeys', undefined),
    initialise: (project, keys) => writer.run('initialise', { project, keys }),
  };
}

/** The same writes, each refused once the store closes, though the writer still has some to do. */
function untilClosed(writes: Writes, isClosing: () => boolean): Writes {
  const guarded = Object.entries(writes).map(([name, write]) => {
    const begin = write as (...input: unknown[]) => Promise<unknown>;
    return [
      name,
      async (...input: unknown[]) => {
        if (isClosing()) throw shuttingDown();
        return begin(...input);
      },
    ];
  });
  return Object.fromEntries(guarded) as Writes;
}

/** What a write needs of its project: every member more is copied to the writer thread. */
function tenancy({ tenant, retentionSeconds }: Project): Tenancy {
  return { tenant, retentionSeconds };
}

function erasing({ tenant, accountId, projectId }: Project): ErasingProject {
  return { tenant, accountId, projectId };
}
