// The audit, read from the database: pages of entries, and all that a verification walks.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditEntry, AuditFilter } from '../../audit.js';
import { AuditPage, type BlockPlace, type BlockToRead, blocksRead } from '../audit-page.js';
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
import { type Connection, prepare } from './database.js';

export class AuditReads {
  readonly #statements;
  readonly #key: Uint8Array;

  constructor(db: Connection, key: Uint8Array) {
    this.#statements = prepareAuditReads(db);
    this.#key = key;
  }

  /** Lets look-ups be answered in between: blocks are large. */
  async list(tenant: string, filter: AuditFilter, request: PageRequest): Promise<Page<AuditEntry>> {
    const page = new AuditPage(filter, request);
    const from = filter.from ?? Number.MIN_SAFE_INTEGER;
    for (let place = page.wanted; place !== undefined; place = page.wanted) {
      page.take(this.#statements.newest.all({ tenant, from, limit: blocksRead, ...place }));
      await nextTurn();
    }
    return page.whole();
  }

  get trail(): AuditTrail {
    const statements = this.#statements;
    return {
      key: this.#key,
      chains: async () => statements.chains.all().map(chainOf),
      blocks: async (chain, from) =>
        statements.blocks.all(chain, from, verifiedBlocks).map(blockOf),
      chainsOfBlocks: async () => statements.chainsOfBlocks.all().map(({ chain }) => chain),
      purgedMark: async () => statements.mark.get(purgedMarkName)?.value,
    };
  }
}

function prepareAuditReads(db: Connection) {
  return {
    newest: prepare<[{ tenant: string; from: number; limit: number } & BlockPlace], BlockToRead>(
      db,
      `SELECT chain, seq, last_at AS "lastAt", entries FROM audit_block
       WHERE tenant = @tenant AND last_at >= @from
         AND (last_at, chain, seq) < (@lastAt, @chain, @seq)
       ORDER BY last_at DESC, chain DESC, seq DESC LIMIT @limit`,
    ),
    chains: prepare<[], ChainRow>(db, `SELECT ${chainColumns} FROM audit_chain ORDER BY chain`),
    blocks: prepare<[string, number, number], BlockRow>(
      db,
      `SELECT ${blockColumns} FROM audit_block WHERE chain = ? AND seq >= ?
       ORDER BY seq LIMIT ?`,
    ),
    chainsOfBlocks: prepare<[], { chain: string }>(
      db,
      'SELECT DISTINCT chain FROM audit_block ORDER BY chain',
    ),
    mark: prepare<[string], { value: string }>(db, 'SELECT value FROM setting WHERE name = ?'),
  };
}
