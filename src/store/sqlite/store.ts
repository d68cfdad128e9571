// The SQLite store: one file, one server process; reads here, writes in the writer thread.

import { exportHeads } from '../../audit-chain.js';
import { shuttingDown } from '../../error.js';
import type { MasterKeyRing } from '../../master-key-source.js';
import { type HashName, nameHasher, textHasher } from '../../name-hash.js';
import { ReceiptSigner } from '../../receipt.js';
import { verifyAudit } from '../audit-verification.js';
import { SealBudget } from '../data-keys.js';
import { inTurn } from '../in-turn.js';
import { eventsKey } from '../outcome-rows.js';
import type { Store, StoreGauges } from '../store.js';
import { shownHash, storedName } from '../stored-states.js';
import { nameKey, Watchers } from '../watchers.js';
import { AuditReads } from './audit-reads.js';
import { DataKeys } from './data-keys.js';
import { type Connection, databaseFile, openReader } from './database.js';
import { EventReads } from './event-reads.js';
import { HandoffList } from './handoff-list.js';
import { HandoffReads } from './handoff-reads.js';
import { LinkReads } from './links.js';
import type { Lock } from './lock.js';
import { ReceiptReads } from './receipt-reads.js';
import { ReferenceReads } from './reference-reads.js';
import { Reports } from './reports.js';
import { sessionReader } from './sessions.js';
import { Writer } from './writer.js';
import type { WriterData } from './writer-thread.js';
import { untilClosed, writesOf } from './writes.js';

export interface SqliteStoreOptions {
  readonly dataDir: string;
  readonly region: string;
  /** The key of the keyed hashes in tombstones. */
  readonly hashKey: Uint8Array;
  /** The key that authenticates the audit. */
  readonly auditKey: Uint8Array;
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
  const { auditKey, hashKey, signingKey, masterKeys, now, region } = options;
  const file = databaseFile(options.dataDir);
  const watchers = new Watchers();
  const writer = await Writer.start(writerData(options, file), {
    onChanged: (keys) => handoffs.forget(keys),
    wake: (keys) => keys.reduce((woken, key) => woken + watchers.wake(key), 0),
    onReferenceChanged: () => {
      references.noteChange();
      handoffs.forgetAll();
    },
    onFatal: options.onFatal,
  });
  const reader = openReader(file);
  const hashName = nameHasher(hashKey);
  const handoffs = new HandoffReads(
    reader,
    hashName,
    new DataKeys(reader, masterKeys),
    () => writer.isSettled,
  );
  const reports = new Reports(file);
  const references = new ReferenceReads(reader, () => handoffs.forgetAll());
  const findSession = sessionReader(reader);
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
    await reports.close();
    await budget.idle();
    await writer.close();
    options.lock?.release();
  };

  return {
    ...untilClosed(
      writesOf(writer, { budget, hashName, region, now }),
      () => closing !== undefined,
    ),
    lookUp: (tenant, name) => reading(() => handoffs.lookUp(tenant, name, now())),
    lookUpNow: (tenant, name) =>
      closing === undefined ? handoffs.lookUp(tenant, name, now()) : undefined,
    ...listsOf(reader, hashName, now, reading),
    signingKeys: () => [publicKey],
    watch(tenant, name, wake) {
      const value = storedName(hashName, tenant, name);
      return watchers.watch(nameKey(tenant, { kind: name.kind, value }), wake);
    },
    ...outcomeReads(reports, new EventReads(reader), now, reading),
    watchEvents: (tenant, wake) => watchers.watch(eventsKey(tenant), wake),
    keyedHash: textHasher(hashKey),
    ...referenceReadsOf(references, reading),
    findSession: (tokenHash) => reading(() => findSession(tokenHash)),
    ...auditReads(new AuditReads(reader, auditKey), { reading, hashName, now }),

    checkReady: () =>
      reading(() => void reader.prepare('SELECT 1 FROM handoff_alias LIMIT 1').get()),
    gauges: () => ({ isReady: closing === undefined, ...gaugesOf(writer, handoffs) }),
    close() {
      closing ??= release();
      return closing;
    },
  };
}

/** What the writer thread can be given: a ring stays in its thread. */
function writerData(options: SqliteStoreOptions, file: string): Omit<WriterData, 'commitsBegun'> {
  const { dataDir, region, hashKey, auditKey, signingKey, masterKeys } = options;
  const { keys } = masterKeys.keys;
  const own = { hashKey, auditKey, signingKey, masterKeys: keys };
  return { file, dataDir, region, ...own, masterKeySource: masterKeys.source };
}

type OutcomeMethods = Pick<Store, 'stats' | 'listEvents' | 'lastEvent' | 'firstEvent'>;

function outcomeReads(
  reports: Reports,
  events: EventReads,
  now: () => number,
  reading: Reading,
): OutcomeMethods {
  const reporting = inTurn();
  return {
    // Whether the store is closing is asked when its turn has come.
    stats: (tenant, span) => reporting(() => reading(() => reports.stats(tenant, span, now()))),
    listEvents: (tenant, after, limit) => reading(() => events.list(tenant, after, limit)),
    lastEvent: (tenant) => reading(() => events.last(tenant)),
    firstEvent: (tenant) => reading(() => events.first(tenant)),
  };
}

type AuditMethods = Pick<Store, 'auditRecordOf' | 'listAudit' | 'auditHeads' | 'verifyAudit'>;

function auditReads(
  audit: AuditReads,
  parts: { reading: Reading; hashName: HashName; now: () => number },
): AuditMethods {
  const { reading, hashName, now } = parts;
  const { trail } = audit;
  return {
    auditRecordOf: (tenant, name) => shownHash + hashName(tenant, name),
    listAudit: (tenant, filter, page) => reading(() => audit.list(tenant, filter, page)),
    auditHeads: () => reading(async () => exportHeads(trail.key, now(), await trail.chains())),
    verifyAudit: (exported) => reading(() => verifyAudit(trail, exported)),
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
type Reading = <Result>(read: () => Result | Promise<Result>) => Promise<Result>;

function listsOf(
  reader: Connection,
  hashName: HashName,
  now: () => number,
  reading: Reading,
): Pick<Store, 'list' | 'listReceipts' | 'listProjectReceipts' | 'findLink'> {
  const handoffs = new HandoffList(reader, hashName);
  const receipts = new ReceiptReads(reader, hashName);
  const links = new LinkReads(reader);
  return {
    list: ({ tenant }, filter, page) => reading(() => handoffs.list(tenant, filter, page, now())),
    listReceipts: ({ tenant }, filter, page) => reading(() => receipts.list(tenant, filter, page)),
    listProjectReceipts: (accountId, page) => reading(() => receipts.listProjects(accountId, page)),
    findLink: (tenant, linkHash) => reading(() => links.find(tenant, linkHash)),
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
