// The audit, read from the database: pages of entries, and all that a verification walks.

import type { AuditEntry, AuditFilter } from '../../audit.js';
import { AuditPage, type BlockToRead, blocksRead } from '../audit-page.js';
import {
  type BlockRow,
  blockColumns,
  blockOf,
  type ChainRow,
  chainColumns,
  chainOf,
  purgedMarkName,
  verifiedBlocks,
} from '../audit-rows.js';
import type { AuditTrail } from '../audit-verification.js';
import type { Page, PageRequest } from '../store.js';
import { type Session, statement } from './session.js';
import { readSetting } from './settings.js';

const newest = statement<
  [tenant: string, from: number, lastAt: number, chain: string, seq: number, limit: number],
  BlockToRead
>(
  'newest_audit_blocks',
  `SELECT chain, seq, last_at AS "lastAt", entries FROM audit_block
   WHERE tenant = $1 AND last_at >= $2 AND (last_at, chain, seq) < ($3::bigint, $4::text, $5::bigint)
   ORDER BY last_at DESC, chain DESC, seq DESC LIMIT $6`,
);
const chains = statement<[], ChainRow>(
  'audit_chains',
  `SELECT ${chainColumns} FROM audit_chain ORDER BY chain`,
);
const blocksOf = statement<[chain: string, fromSeq: number, limit: number], BlockRow>(
  'audit_blocks',
  `SELECT ${blockColumns} FROM audit_block WHERE chain = $1 AND seq >= $2 ORDER BY seq LIMIT $3`,
);
const chainsOfBlocks = statement<[], { chain: string }>(
  'chains_of_audit_blocks',
  'SELECT DISTINCT chain FROM audit_block ORDER BY chain',
);

export async function listAudit(
  session: Session,
  tenant: string,
  filter: AuditFilter,
  request: PageRequest,
): Promise<Page<AuditEntry>> {
  const page = new AuditPage(filter, request);
  const from = filter.from ?? Number.MIN_SAFE_INTEGER;
  for (let place = page.wanted; place !== undefined; place = page.wanted) {
    const { lastAt, chain, seq } = place;
    page.take(await session.all(newest, tenant, from, lastAt, chain, seq, blocksRead));
  }
  return page.whole();
}

/** Each part of it is read for itself, since a walk may take longer than a connection is lent. */
export function auditTrail(
  key: Uint8Array,
  read: <Result>(work: (session: Session) => Promise<Result>) => Promise<Result>,
): AuditTrail {
  return {
    key,
    chains: async () => (await read((session) => session.all(chains))).map(chainOf),
    blocks: async (chain, from) => {
      const rows = await read((session) => session.all(blocksOf, chain, from, verifiedBlocks));
      return rows.map(blockOf);
    },
    chainsOfBlocks: async () => {
      const rows = await read((session) => session.all(chainsOfBlocks));
      return rows.map(({ chain }) => chain);
    },
    purgedMark: () => read((session) => readSetting(session, purgedMarkName)),
  };
}
