// What the PostgreSQL store is made of, connected with each other.

import type { DatabaseAddress } from '../../database-url.js';
import type { MasterKeyRing } from '../../master-key-source.js';
import { nameHasher } from '../../name-hash.js';
import { ReceiptSigner } from '../../receipt.js';
import { Watchers } from '../watchers.js';
import { Calls } from './calls.js';
import { DataKeys } from './data-keys.js';
import { Database } from './database.js';
import type { Keeping } from './handoff-writes.js';
import { Notifications } from './notifications.js';
import type { ReferenceParts } from './reference-changes.js';
import { ReferenceChanges } from './reference-reads.js';
import type { Session } from './session.js';
import { type Clock, carryOut } from './write.js';
import { WriteGauge } from './write-gauge.js';

/** The keys that a store keeps for itself. */
export interface OwnKeys {
  /** The key of the keyed hashes in tombstones and notifications. */
  readonly hashKey: Uint8Array;
  /** The key that authenticates the audit. */
  readonly auditKey: Uint8Array;
  /** Signs receipts. */
  readonly signingKey: Uint8Array;
}

export interface PostgresStoreOptions extends OwnKeys {
  readonly address: DatabaseAddress;
  /** Connections, besides two of its own. */
  readonly poolSize: number;
  readonly region: string;
  readonly masterKeys: MasterKeyRing;
  /** Stands in for the time of the database. */
  readonly clock: Clock;
  readonly onWarning: (message: string) => void;
}

export interface Parts extends ReferenceParts {
  readonly calls: Calls;
  readonly database: Database;
  readonly keeping: Keeping;
  readonly masterKeys: MasterKeyRing;
  readonly watchers: Watchers;
  readonly writeGauge: WriteGauge;
  /** Counts a write that is under way; `write` does so itself. */
  track<Result>(work: () => Promise<Result>): Promise<Result>;
  read<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
}

export function connectParts(options: PostgresStoreOptions): Parts {
  const watchers = new Watchers();
  const dataKeys = new DataKeys(options.masterKeys);
  // A project may have been erased, and its keys with it.
  const references = new ReferenceChanges(() => dataKeys.forget());
  const calls = new Calls();
  let isSealing = false;
  const writeGauge = new WriteGauge();
  const database = new Database({
    ...options,
    onNews(news) {
      references.noteStored(news.referenceVersion);
      isSealing = news.isSealing;
    },
  });
  const notifications = new Notifications(database, {
    onWritten: (hash) => watchers.wake(hash),
    onReferenceChanged: () => references.noteChange(),
    onGap() {
      references.noteChange();
      watchers.wakeAll();
    },
    onWarning: options.onWarning,
  });
  const track: Parts['track'] = (work) => calls.track(() => writeGauge.run(work));
  return {
    calls,
    database,
    keeping: {
      hashName: nameHasher(options.hashKey),
      dataKeys,
      signer: new ReceiptSigner(options.signingKey, options.region),
    },
    masterKeys: options.masterKeys,
    isSealing: () => isSealing,
    notifications,
    references,
    watchers,
    writeGauge,
    read: (work) => calls.track(() => database.read(work)),
    track,
    write: (write) => track(() => carryOut(database, options.clock, write)),
  };
}
