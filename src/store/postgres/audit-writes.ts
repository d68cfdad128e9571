// Writes of the audit, each inside a transaction: blocks are chained, old ones purged.

import {
  type AuditBlock,
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
import { type Session, statement } from './session.js';
import { readSetting } from './settings.js';
import type { Settled, Transaction } from './write.js';

const bigints = '::bigint[]';
const texts = '::text[]';
const insertBlocks = statement<unknown[][]>(
  'insert_audit_blocks',
  `INSERT INTO audit_block (${blockColumns})
   SELECT * FROM unnest($1${texts}, $2${texts}, $3${bigints}, $4${bigints}, $5${bigints},
     $6${texts}, $7${texts})`,
);
/** Held by whoever begins a chain or settles whether it did: the row to lock may not be there. */
const lockChain = statement<[chain: string], unknown>(
  'lock_audit_chain',
  "SELECT pg_advisory_xact_lock(hashtextextended('baton audit ' || $1, 0))",
);
const chainNamed = statement<[chain: string], ChainRow>(
  'audit_chain',
  `SELECT ${chainColumns} FROM audit_chain WHERE chain = $1 FOR UPDATE`,
);
const oldChains = statement<[], ChainRow>(
  'old_audit_chains',
  `SELECT ${chainColumns} FROM audit_chain ORDER BY chain FOR UPDATE SKIP LOCKED`,
);
const unwitnessed = statement<[], ChainRow>(
  'unwitnessed_audit_chains',
  `SELECT ${chainColumns} FROM audit_chain WHERE seq > witnessed_seq ORDER BY chain FOR UPDATE`,
);
const writeChainRow = statement<unknown[]>(
  'write_audit_chain',
  `INSERT INTO audit_chain (${chainColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
   ON CONFLICT (chain) DO UPDATE SET
     first_seq = excluded.first_seq, before_mac = excluded.before_mac, seq = excluded.seq,
     mac = excluded.mac, at = excluded.at, witnessed_seq = excluded.witnessed_seq,
     seal = excluded.seal`,
);
const oldest = statement<
  [chain: string, fromSeq: number, limit: number],
  Pick<BlockRow, 'seq' | 'last_at' | 'mac'>
>(
  'oldest_audit_blocks',
  'SELECT seq, last_at, mac FROM audit_block WHERE chain = $1 AND seq >= $2 ORDER BY seq LIMIT $3',
);
const dropBlocks = statement<[chain: string, seq: number]>(
  'drop_audit_blocks',
  'DELETE FROM audit_block WHERE chain = $1 AND seq <= $2',
);
const dropChain = statement<[chain: string]>(
  'drop_audit_chain',
  'DELETE FROM audit_chain WHERE chain = $1',
);
const blockMac = statement<[chain: string, seq: number], { mac: string }>(
  'audit_block_mac',
  'SELECT mac FROM audit_block WHERE chain = $1 AND seq = $2',
);
const writeMark = statement<[name: string, value: string]>(
  'write_audit_mark',
  `INSERT INTO setting (name, value) VALUES ($1, $2)
   ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
);

/** What one process writes to the audit: a chain of its own. */
export class AuditWrites {
  readonly #key: Uint8Array;
  /** Its chain; undefined before its first block is committed. */
  #chain: string | undefined;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** Gives the last block that it wrote. */
  async append(transaction: Transaction, added: readonly AuditText[]): Promise<AuditBlock> {
    const from = await this.#current(transaction, added[0]!.firstAt);
    const { chain, blocks } = extendChain(this.#key, from, added);
    await insert(transaction, blocks);
    await writeChain(transaction, chain);
    return blocks.at(-1)!;
  }

  /** Whether that block was kept, after a commit that got no answer. */
  async settle(transaction: Transaction, last: AuditBlock): Promise<Settled> {
    await transaction.first(lockChain, last.chain);
    const found = await transaction.first(blockMac, last.chain, last.seq);
    return found?.mac === last.mac ? 'done' : 'undone';
  }

  /** The next entries follow this block. */
  noteWritten(last: AuditBlock): void {
    this.#chain = last.chain;
  }

  /** Drops some blocks whose entries are all from before that time; how many. */
  async purge(transaction: Transaction, before: number): Promise<number> {
    let left = purgedBlocksMax;
    for (const row of await transaction.all(oldChains)) {
      if (left > 0) left -= await this.#purgeChain(transaction, chainOf(row), before, left);
    }
    const count = purgedBlocksMax - left;
    if (count > 0) await this.#mark(transaction, before);
    return count;
  }

  /** As the database has it, since nobody may know how the last commit ended. */
  async #current(transaction: Transaction, now: number): Promise<AuditChain> {
    if (this.#chain === undefined) return this.#begin(transaction, now);
    await transaction.first(lockChain, this.#chain);
    const row = await transaction.first(chainNamed, this.#chain);
    // A chain that was tampered with, or purged as a whole, is left as it is.
    return row !== undefined && this.#isSealed(chainOf(row))
      ? chainOf(row)
      : this.#begin(transaction, now);
  }

  async #begin(transaction: Transaction, now: number): Promise<AuditChain> {
    const rows = await transaction.all(unwitnessed);
    const sealed = rows.map(chainOf).filter((other) => this.#isSealed(other));
    for (const other of sealed) {
      await this.#write(transaction, { ...other, witnessedSeq: other.seq });
    }
    const { chain, block } = beginChain(this.#key, now, sealed);
    await transaction.first(lockChain, chain.chain);
    await insert(transaction, [block]);
    return chain;
  }

  async #purgeChain(
    transaction: Transaction,
    chain: AuditChain,
    before: number,
    most: number,
  ): Promise<number> {
    if (!this.#isSealed(chain)) return 0;
    const blocks = await transaction.all(oldest, chain.chain, chain.firstSeq, most);
    const end = blocks.findIndex((block) => block.last_at >= before);
    const old = end < 0 ? blocks : blocks.slice(0, end);
    const last = old.at(-1);
    if (last === undefined) return 0;
    await transaction.run(dropBlocks, chain.chain, last.seq);
    if (last.seq === chain.seq) await transaction.run(dropChain, chain.chain);
    else await this.#write(transaction, { ...chain, firstSeq: last.seq + 1, beforeMac: last.mac });
    return old.length;
  }

  async #mark(transaction: Transaction, before: number): Promise<void> {
    const known = readPurgedMark(this.#key, await readSetting(transaction, purgedMarkName));
    if (known === undefined || known >= before) return;
    await transaction.run(writeMark, purgedMarkName, purgedMark(this.#key, before));
  }

  #write(transaction: Transaction, chain: AuditChain): Promise<void> {
    return writeChain(transaction, sealChain(this.#key, chain));
  }

  #isSealed(chain: AuditChain): boolean {
    return sealChain(this.#key, chain).seal === chain.seal;
  }
}

async function insert(session: Session, blocks: readonly AuditBlock[]): Promise<void> {
  const rows = blocks.map(rowOfBlock);
  await session.run(
    insertBlocks,
    rows.map((row) => row.tenant),
    rows.map((row) => row.chain),
    rows.map((row) => row.seq),
    rows.map((row) => row.first_at),
    rows.map((row) => row.last_at),
    rows.map((row) => row.mac),
    rows.map((row) => row.entries),
  );
}

async function writeChain(session: Session, chain: AuditChain): Promise<void> {
  const row = rowOfChain(chain);
  await session.run(
    writeChainRow,
    row.chain,
    row.first_seq,
    row.before_mac,
    row.seq,
    row.mac,
    row.at,
    row.witnessed_seq,
    row.seal,
  );
}
