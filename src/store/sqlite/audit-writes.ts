// Writes of the audit, each inside the writer's transaction: blocks are chained, old ones purged.

import {
  type AuditChain,
  type AuditText,
  beginChain,
  extendChain,
  purgedMark,
  readPurgedMark,
  sealChain,
} from '../../audit-chain.js';
import {
  type BlockRow,
  blockColumns,
  type ChainRow,
  chainColumns,
  chainOf,
  purgedBlocksMax,
  purgedMarkName,
  rowOfBlock,
  rowOfChain,
} from '../audit-rows.js';
import { type Connection, prepare } from './database.js';

/** What one process writes to the audit: a chain of its own. */
export class AuditWrites {
  readonly #statements;
  readonly #key: Uint8Array;
  /** Its chain; undefined before its first block. */
  #chain: string | undefined;

  constructor(db: Connection, key: Uint8Array) {
    this.#statements = prepareAuditWrites(db);
    this.#key = key;
  }

  append({ texts }: { texts: readonly AuditText[] }): void {
    const { chain, blocks } = extendChain(this.#key, this.#current(texts[0]!.firstAt), texts);
    for (const block of blocks) this.#statements.insertBlock.run(rowOfBlock(block));
    this.#statements.writeChain.run(rowOfChain(chain));
  }

  /** Drops some blocks whose entries are all from before that time; how many. */
  purge({ before }: { before: number }): number {
    let left = purgedBlocksMax;
    for (const row of this.#statements.chains.all()) {
      if (left > 0) left -= this.#purgeChain(chainOf(row), before, left);
    }
    const count = purgedBlocksMax - left;
    if (count > 0) this.#mark(before);
    return count;
  }

  /** As the database has it, since a transaction may have been rolled back. */
  #current(now: number): AuditChain {
    const row = this.#chain === undefined ? undefined : this.#statements.chain.get(this.#chain);
    // A chain that was tampered with, or purged as a whole, is left as it is.
    return row !== undefined && this.#isSealed(chainOf(row)) ? chainOf(row) : this.#begin(now);
  }

  #begin(now: number): AuditChain {
    const unwitnessed = this.#statements.unwitnessed.all().map(chainOf);
    const sealed = unwitnessed.filter((other) => this.#isSealed(other));
    for (const other of sealed) this.#write({ ...other, witnessedSeq: other.seq });
    const { chain, block } = beginChain(this.#key, now, sealed);
    this.#statements.insertBlock.run(rowOfBlock(block));
    this.#chain = chain.chain;
    return chain;
  }

  #purgeChain(chain: AuditChain, before: number, most: number): number {
    if (!this.#isSealed(chain)) return 0;
    const blocks = this.#statements.oldest.all(chain.chain, chain.firstSeq, most);
    const end = blocks.findIndex((block) => block.last_at >= before);
    const old = end < 0 ? blocks : blocks.slice(0, end);
    const last = old.at(-1);
    if (last === undefined) return 0;
    this.#statements.dropBlocks.run(chain.chain, last.seq);
    if (last.seq === chain.seq) this.#statements.dropChain.run(chain.chain);
    else this.#write({ ...chain, firstSeq: last.seq + 1, beforeMac: last.mac });
    return old.length;
  }

  #mark(before: number): void {
    const kept = this.#statements.mark.get(purgedMarkName)?.value;
    const known = readPurgedMark(this.#key, kept);
    if (known === undefined || known >= before) return;
    this.#statements.writeMark.run(purgedMarkName, purgedMark(this.#key, before));
  }

  #write(chain: AuditChain): void {
    this.#statements.writeChain.run(rowOfChain(sealChain(this.#key, chain)));
  }

  #isSealed(chain: AuditChain): boolean {
    return sealChain(this.#key, chain).seal === chain.seal;
  }
}

function prepareAuditWrites(db: Connection) {
  return {
    insertBlock: prepare<[BlockRow]>(
      db,
      `INSERT INTO audit_block (${blockColumns})
       VALUES (@tenant, @chain, @seq, @first_at, @last_at, @mac, @entries)`,
    ),
    chain: prepare<[string], ChainRow>(
      db,
      `SELECT ${chainColumns} FROM audit_chain WHERE chain = ?`,
    ),
    chains: prepare<[], ChainRow>(db, `SELECT ${chainColumns} FROM audit_chain ORDER BY chain`),
    unwitnessed: prepare<[], ChainRow>(
      db,
      `SELECT ${chainColumns} FROM audit_chain WHERE seq > witnessed_seq ORDER BY chain`,
    ),
    writeChain: prepare<[ChainRow]>(
      db,
      `INSERT OR REPLACE INTO audit_chain (${chainColumns})
       VALUES (@chain, @first_seq, @before_mac, @seq, @mac, @at, @witnessed_seq, @seal)`,
    ),
    oldest: prepare<[string, number, number], Pick<BlockRow, 'seq' | 'last_at' | 'mac'>>(
      db,
      `SELECT seq, last_at, mac FROM audit_block WHERE chain = ? AND seq >= ?
       ORDER BY seq LIMIT ?`,
    ),
    dropBlocks: prepare<[string, number]>(
      db,
      'DELETE FROM audit_block WHERE chain = ? AND seq <= ?',
    ),
    dropChain: prepare<[string]>(db, 'DELETE FROM audit_chain WHERE chain = ?'),
    mark: prepare<[string], { value: string }>(db, 'SELECT value FROM setting WHERE name = ?'),
    writeMark: prepare<[string, string]>(
      db,
      'INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)',
    ),
  };
}
