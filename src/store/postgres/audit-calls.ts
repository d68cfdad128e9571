// The part of the store contract that concerns the audit.

import { type AuditBlock, exportHeads } from '../../audit-chain.js';
import { auditTexts } from '../audit-texts.js';
import { verifyAudit } from '../audit-verification.js';
import type { Store } from '../store.js';
import { shownHash } from '../stored-states.js';
import { auditTrail, listAudit } from './audit-reads.js';
import { AuditWrites } from './audit-writes.js';
import type { Parts, PostgresStoreOptions } from './parts.js';
import { again } from './write.js';

type AuditCalls = Pick<
  Store,
  'appendAudit' | 'auditRecordOf' | 'listAudit' | 'purgeAudit' | 'auditHeads' | 'verifyAudit'
>;

export function auditCalls(parts: Parts, { auditKey, clock }: PostgresStoreOptions): AuditCalls {
  const { hashName } = parts.keeping;
  const writes = new AuditWrites(auditKey);
  const trail = auditTrail(auditKey, (work) => parts.read(work));
  return {
    async appendAudit(notes) {
      if (notes.length === 0) return;
      const texts = auditTexts(hashName, notes);
      const last = await parts.write<AuditBlock>({
        apply: (transaction) => writes.append(transaction, texts),
        settle: (transaction, block) => writes.settle(transaction, block),
        purpose: 'audit',
      });
      writes.noteWritten(last);
    },
    auditRecordOf: (tenant, name) => shownHash + hashName(tenant, name),
    listAudit: (tenant, filter, page) =>
      parts.read((session) => listAudit(session, tenant, filter, page)),
    purgeAudit: (before) =>
      parts.write({ apply: (transaction) => writes.purge(transaction, before), settle: again }),
    auditHeads: async () => exportHeads(auditKey, clock?.() ?? Date.now(), await trail.chains()),
    verifyAudit: (exported) => verifyAudit(trail, exported),
  };
}
