// Walks every chain of the audit and tells what is wrong with it, and where.

import {
  type AuditBlock,
  type AuditChain,
  type AuditHead,
  areExported,
  type ExportedHeads,
  macOfBlock,
  readPurgedMark,
  sealChain,
  witnessedHeads,
} from '../audit-chain.js';

/** What a store gives to be verified. */
export interface AuditTrail {
  readonly key: Uint8Array;
  chains(): Promise<AuditChain[]>;
  /** Blocks of a chain from this number on, some of them, in their order. */
  blocks(chain: string, fromSeq: number): Promise<AuditBlock[]>;
  /** Ids of chains that have blocks. */
  chainsOfBlocks(): Promise<string[]>;
  purgedMark(): Promise<string | undefined>;
}

export interface AuditVerification {
  readonly chains: number;
  readonly blocks: number;
  /** One sentence each. */
  readonly findings: readonly string[];
}

/** How often a chain is walked anew that a purge shortened meanwhile. */
const walksMax = 3;

export async function verifyAudit(
  trail: AuditTrail,
  exported: ExportedHeads | null,
): Promise<AuditVerification> {
  const findings: string[] = [];
  const chains = await trail.chains();
  const byId = new Map(chains.map((chain) => [chain.chain, chain]));
  const heads = [
    ...(await witnessed(trail, chains, findings)),
    ...noted(trail, exported, findings),
  ];

  let blocks = 0;
  for (const { chain: id } of chains) {
    const walk = await walkUnlessPurged(trail, id, heads);
    blocks += walk.blocks;
    findings.push(...walk.findings);
  }
  for (const id of await trail.chainsOfBlocks()) {
    // One that has begun meanwhile has its anchor by now.
    if (byId.has(id) || (await trail.chains()).some(({ chain }) => chain === id)) continue;
    findings.push(`Chain ${id}: its anchor is missing, and it has blocks.`);
  }
  const purgedBefore = readPurgedMark(trail.key, await trail.purgedMark());
  if (purgedBefore === undefined) findings.push('The mark of the last purge is forged.');
  for (const head of heads) {
    if (byId.has(head.chain) || head.at < (purgedBefore ?? 0)) continue;
    findings.push(
      `Chain ${head.chain}: all of it is missing; at ${timeOf(head.at)} it had ${head.seq} blocks.`,
    );
  }
  return { chains: chains.length, blocks, findings: [...new Set(findings)] };
}

/** The heads that first blocks hold. */
async function witnessed(
  trail: AuditTrail,
  chains: readonly AuditChain[],
  findings: string[],
): Promise<AuditHead[]> {
  const heads: AuditHead[] = [];
  for (const { chain, firstSeq } of chains) {
    if (firstSeq > 1) continue;
    const [first] = await trail.blocks(chain, 1);
    if (first?.seq !== 1) continue;
    try {
      heads.push(...witnessedHeads(first));
    } catch {
      findings.push(`Chain ${chain}: block 1 cannot be read.`);
    }
  }
  return heads;
}

function noted(
  { key }: AuditTrail,
  exported: ExportedHeads | null,
  findings: string[],
): readonly AuditHead[] {
  if (exported === null) return [];
  if (areExported(key, exported)) return exported.heads;
  findings.push('The exported heads are forged, or of another store; they were not compared.');
  return [];
}

interface Walk {
  readonly blocks: number;
  readonly findings: readonly string[];
}

async function walkUnlessPurged(
  trail: AuditTrail,
  id: string,
  heads: readonly AuditHead[],
): Promise<Walk> {
  for (let count = 1; ; count++) {
    const chain = (await trail.chains()).find((it) => it.chain === id);
    if (chain === undefined) return { blocks: 0, findings: [] };
    const walk = await walkChain(
      trail,
      chain,
      heads.filter((head) => head.chain === id),
    );
    if (walk.findings.length === 0 || count === walksMax) return walk;
    const after = (await trail.chains()).find((it) => it.chain === id);
    if (after?.firstSeq === chain.firstSeq) return walk;
  }
}

async function walkChain(
  trail: AuditTrail,
  chain: AuditChain,
  heads: readonly AuditHead[],
): Promise<Walk> {
  const findings: string[] = [];
  const tell = (what: string) => void findings.push(`Chain ${chain.chain}: ${what}`);
  if (sealChain(trail.key, chain).seal !== chain.seal) tell('its anchor was changed.');

  /** The macs that others know, by number. */
  const known = new Map<number, string>(heads.map(({ seq, mac }) => [seq, mac]));
  known.set(chain.seq, chain.mac);
  const compare = (seq: number, mac: string) => {
    const wanted = known.get(seq);
    if (wanted !== undefined && wanted !== mac) tell(`block ${seq} is not the one that was noted.`);
  };

  let previous = { seq: chain.firstSeq - 1, mac: chain.beforeMac };
  let blocks = 0;
  compare(previous.seq, previous.mac);
  for (;;) {
    const some = await trail.blocks(chain.chain, previous.seq + 1);
    if (some.length === 0) break;
    for (const block of some) {
      const wanted = previous.seq + 1;
      if (block.seq > wanted) tell(`${missing(wanted, block.seq - 1)} before ${placeOf(block)}.`);
      else if (macOfBlock(trail.key, previous.mac, block) !== block.mac) {
        tell(`${placeOf(block)} was changed, or stands in another's place.`);
      }
      compare(block.seq, block.mac);
      blocks += 1;
      previous = block;
    }
  }
  const last = Math.max(...known.keys());
  if (last > previous.seq) tell(`${missing(previous.seq + 1, last)} at its end.`);
  return { blocks, findings };
}

function placeOf({ seq, tenant, firstAt, lastAt }: AuditBlock): string {
  return `block ${seq} (tenant ${tenant}, ${timeOf(firstAt)} to ${timeOf(lastAt)})`;
}

function missing(from: number, to: number): string {
  return from === to ? `block ${from} is missing` : `blocks ${from} to ${to} are missing`;
}

function timeOf(time: number): string {
  return Number.isSafeInteger(time) && Math.abs(time) < 8e15
    ? new Date(time).toISOString()
    : String(time);
}
