// How the audit is chained: blocks of entries, each authenticated with the one before it by a key
// that the database does not hold in clear, so that whoever changes the database cannot hide it.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { nobodysTenant } from './audit.js';

/** The entries of one tenant from one flush, as text. */
export interface AuditText {
  readonly tenant: string;
  /** Times of its oldest and its newest entry. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** A JSON array of lines. */
  readonly entries: string;
}

/** A link of a chain. A chain is what one process wrote; its links are numbered from 1. */
export interface AuditBlock extends AuditText {
  readonly chain: string;
  readonly seq: number;
  readonly mac: string;
}

/** Where a chain ends, as others note it. */
export interface AuditHead {
  readonly chain: string;
  readonly seq: number;
  readonly mac: string;
  /** Time of its newest entry. */
  readonly at: number;
}

/** What is kept of a chain beside its blocks: its anchor at the beginning and its head. */
export interface AuditChain extends AuditHead {
  /** The first block that was not purged, and the mac of the one before it. */
  readonly firstSeq: number;
  readonly beforeMac: string;
  /** Up to which block its head stands in the first block of another chain. */
  readonly witnessedSeq: number;
  /** Authenticates all of this. */
  readonly seal: string;
}

export function newChainId(): string {
  return randomBytes(12).toString('base64url');
}

/**
 * A new chain with its first block, which holds the heads of the chains that no other chain holds
 * yet: where one of them is removed as a whole, that shows.
 */
export function beginChain(
  key: Uint8Array,
  at: number,
  heads: readonly AuditHead[],
): { chain: AuditChain; block: AuditBlock } {
  const lines = heads.map((head) => [head.chain, head.seq, head.mac, head.at]);
  const empty = {
    chain: newChainId(),
    seq: 0,
    mac: '',
    at,
    firstSeq: 1,
    beforeMac: '',
    witnessedSeq: 0,
    seal: '',
  };
  const entries = JSON.stringify([['heads', ...lines]]);
  const text = { tenant: nobodysTenant, firstAt: at, lastAt: at, entries };
  const { chain, blocks } = extendChain(key, empty, [text]);
  return { chain, block: blocks[0]! };
}

export function extendChain(
  key: Uint8Array,
  from: AuditChain,
  texts: readonly AuditText[],
): { chain: AuditChain; blocks: AuditBlock[] } {
  let { seq, mac, at } = from;
  const blocks = texts.map((text) => {
    seq += 1;
    at = Math.max(at, text.lastAt);
    mac = macOfBlock(key, mac, { ...text, chain: from.chain, seq });
    return { ...text, chain: from.chain, seq, mac };
  });
  return { chain: sealChain(key, { ...from, seq, mac, at }), blocks };
}

/** HMAC-SHA-256 of the block and the mac of the block before it. */
export function macOfBlock(
  key: Uint8Array,
  previousMac: string,
  block: Omit<AuditBlock, 'mac'>,
): string {
  const { chain, seq, tenant, firstAt, lastAt, entries } = block;
  return createHmac('sha256', key)
    .update(`block\n${previousMac}\n${chain}\n${seq}\n${tenant}\n${firstAt}\n${lastAt}\n`)
    .update(entries)
    .digest('base64url');
}

/** The same chain with the seal that it should have. */
export function sealChain(key: Uint8Array, chain: AuditChain): AuditChain {
  const { firstSeq, beforeMac, seq, mac, at, witnessedSeq } = chain;
  const text = `${chain.chain}\n${firstSeq}\n${beforeMac}\n${seq}\n${mac}\n${at}\n${witnessedSeq}`;
  return { ...chain, seal: sealText(key, 'chain', text) };
}

/** The heads that a first block holds. */
export function witnessedHeads({ entries }: AuditBlock): AuditHead[] {
  const [line] = JSON.parse(entries) as [['heads', ...[string, number, string, number][]]];
  return line.slice(1).map((head) => {
    const [chain, seq, mac, at] = head as [string, number, string, number];
    return { chain, seq, mac, at };
  });
}

/** Up to when blocks were purged, as it is kept: nobody can make it a later time. */
export function purgedMark(key: Uint8Array, before: number): string {
  return `${before} ${sealText(key, 'purged', String(before))}`;
}

/** Milliseconds since 1970; undefined where the mark is forged. */
export function readPurgedMark(key: Uint8Array, mark: string | undefined): number | undefined {
  if (mark === undefined) return 0;
  const before = Number.parseInt(mark, 10);
  return mark === purgedMark(key, before) ? before : undefined;
}

/** The heads of all chains, to be kept elsewhere. */
export interface ExportedHeads {
  readonly exported_at: string;
  readonly heads: readonly AuditHead[];
  /** Authenticates them: a forged file is noticed. */
  readonly seal: string;
}

export function exportHeads(key: Uint8Array, now: number, chains: AuditHead[]): ExportedHeads {
  const exported_at = new Date(now).toISOString();
  const heads = chains.map(({ chain, seq, mac, at }) => ({ chain, seq, mac, at }));
  return { exported_at, heads, seal: sealText(key, 'heads', textOfHeads({ exported_at, heads })) };
}

export function areExported(key: Uint8Array, exported: ExportedHeads): boolean {
  const wanted = Buffer.from(sealText(key, 'heads', textOfHeads(exported)));
  const found = Buffer.from(exported.seal);
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}

function textOfHeads({ exported_at, heads }: Omit<ExportedHeads, 'seal'>): string {
  return [exported_at, ...heads.map((it) => `${it.chain} ${it.seq} ${it.mac} ${it.at}`)].join('\n');
}

/** `purpose` keeps one authenticated text from standing in for another. */
function sealText(key: Uint8Array, purpose: string, text: string): string {
  return createHmac('sha256', key).update(`${purpose}\n${text}`).digest('base64url');
}
