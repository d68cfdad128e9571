// The part of the store contract that concerns the audit.

import { type AuditBlock, exportHeads } from '../../audit-chain.js';
import type { HashName } from '../../name-hash.js';
import { auditTexts } from '../audit-texts.js';
import { verifyAudit } from '../audit-verification.js';
import type { Store } from '../store.js';
import { shownHash } from '../stored-states.js';
import { auditTrail, listAudit } from './audit-reads.js';
import { AuditWrites } from './audit-writes.js';
import type { Session } from './session.js';
import type { Clock, Write } from './write.js';

type AuditCalls = Pick<
  Store,
  'appendAudit' | 'auditRecordOf' | 'listAudit' | 'purgeAudit' | 'auditHeads' | 'verifyAudit'
>;

interface AuditParts {
  readonly auditKey: Uint8Array;
  readonly hashName: HashName;
  readonly clock: Clock;
  read<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
  write<Result>(write: Write<Result>): Promise<Result>;
}

export function auditCalls(parts: AuditParts): AuditCalls {
  const { auditKey, clock, hashName, read, write } = parts;
  const writes = new AuditWrites(auditKey);
  const trail = auditTrail(auditKey, read);
  return {
    async appendAudit(notes) {
      if (notes.length === 0) return;
      const texts = auditTexts(hashName, notes);
      const last = await write<AuditBlock>({
        apply: (transaction) => writes.append(transaction, texts),
        settle: (transaction, block) => writes.settle(transaction, block),
      });
      writes.noteWritten(last);
    },
    auditRecordOf: (tenant, name) => shownHash + hashName(tenant, name),
    listAudit: (tenant, filter, page) =>
      read((session) => listAudit(session, tenant, filter, page)),
    purgeAudit: (before) =>
      write({
        apply: (transaction) => writes.purge(transaction, before),
        settle: async () => 'undone',
      }),
    auditHeads: async () => exportHeads(auditKey, clock?.() ?? Date.now(), await trail.chains()),
    verifyAudit: (exported) => verifyAudit(trail, exported),
  };
}
