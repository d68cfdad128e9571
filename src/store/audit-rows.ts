// Rows of the audit as the stores keep them, and what they become.

import type { AuditBlock, AuditChain } from '../audit-chain.js';

export const blockColumns = 'tenant, chain, seq, first_at, last_at, mac, entries';
export const chainColumns = 'chain, first_seq, before_mac, seq, mac, at, witnessed_seq, seal';

/** Name of the setting that says up to when blocks were purged. */
export const purgedMarkName = 'audit_purged';

/** Blocks that a purge drops in one step, so that writes go on between. */
export const purgedBlocksMax = 200;
/** Blocks that a verification reads at once. */
export const verifiedBlocks = 50;

export interface BlockRow {
  readonly tenant: string;
  readonly chain: string;
  readonly seq: number;
  readonly first_at: number;
  readonly last_at: number;
  readonly mac: string;
  readonly entries: string;
}

export interface ChainRow {
  readonly chain: string;
  readonly first_seq: number;
  readonly before_mac: string;
  readonly seq: number;
  readonly mac: string;
  readonly at: number;
  readonly witnessed_seq: number;
  readonly seal: string;
}

export function blockOf({ first_at, last_at, ...row }: BlockRow): AuditBlock {
  return { ...row, firstAt: first_at, lastAt: last_at };
}

export function rowOfBlock({ firstAt, lastAt, ...block }: AuditBlock): BlockRow {
  return { ...block, first_at: firstAt, last_at: lastAt };
}

export function chainOf(row: ChainRow): AuditChain {
  const { first_seq, before_mac, witnessed_seq, ...rest } = row;
  return { ...rest, firstSeq: first_seq, beforeMac: before_mac, witnessedSeq: witnessed_seq };
}

export function rowOfChain(chain: AuditChain): ChainRow {
  const { firstSeq, beforeMac, witnessedSeq, ...rest } = chain;
  return { ...rest, first_seq: firstSeq, before_mac: beforeMac, witnessed_seq: witnessedSeq };
}
