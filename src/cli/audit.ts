// `baton audit`: reads the audit of the store, follows it, verifies it, and exports its heads.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AuditEntry, accountTenant, nobodysTenant } from '../audit.js';
import type { ExportedHeads } from '../audit-chain.js';
import { UsageError } from '../read-config.js';
import type { Store } from '../store/store.js';
import { auditBody } from '../wire.js';
import { addConfiguredCommand, addGroup, type Branch } from './command.js';
import { exitCodes } from './exit-code.js';
import { accountIdOf, allPages, projectAt, withStore } from './open-store.js';
import { optional, readText, toggle } from './option.js';
import { printTable, timeText } from './table.js';
import { printJson, type Terminal } from './terminal.js';

const json = toggle('print JSON');
const followEveryMs = 500;
/** What may be committed after entries that are newer: no longer than an entry is on its way. */
const followBackMs = 15_000;

export function addAuditCommands(branch: Branch): void {
  const group = addGroup(branch, 'audit', 'read and verify who did what, when and from where');
  addShow(group);
  addVerify(group);
  addHeads(group);
}

function addShow(group: Branch): void {
  const options = {
    account: optional('ACCOUNT', 'the account, by id or slug', readText),
    project: optional('PROJECT', 'the project, by id or slug; without it: the account', readText),
    follow: toggle('go on with what comes, until a signal ends it'),
    json: toggle('print JSON; with --follow one entry a line'),
  };
  addConfiguredCommand(
    group,
    {
      name: 'show',
      isDefault: true,
      summary: 'print the audit, newest first',
      notes:
        'Without --project the calls that concern the account itself; without --account those\n' +
        'that belong to none, such as calls without a key. --follow prints the oldest first.',
      options,
      takes: 'store',
    },
    async (values, { config }, terminal) => {
      await withStore(config, terminal, async (store) => {
        const tenant = await tenantOf(store, values.account, values.project);
        if (values.follow) return follow(store, tenant, values.json, terminal);
        const entries = await allPages((page) => store.listAudit(tenant, {}, page));
        if (values.json) printJson(terminal, { items: entries.map(auditBody) });
        else printTable(terminal, headings, entries.map(cellsOf));
      });
    },
  );
}

function addVerify(group: Branch): void {
  const options = {
    heads: optional('FILE', 'heads that `baton audit heads` exported', readText),
    json,
  };
  addConfiguredCommand(
    group,
    {
      name: 'verify',
      summary: 'look for what was removed, changed or put elsewhere',
      notes:
        'Exits 1 where it finds something. What was cut off at the end of a chain is found up to\n' +
        'the exported heads: export them often, and keep them where no one can change them.',
      options,
      takes: 'store',
    },
    async (values, { config }, terminal) => {
      const heads = values.heads === undefined ? null : readHeads(values.heads);
      const found = await withStore(config, terminal, (store) => store.verifyAudit(heads));
      const { chains, blocks, findings } = found;
      if (values.json) printJson(terminal, { chains, blocks, findings });
      else {
        for (const finding of findings) terminal.print(finding);
        const verdict = findings.length === 0 ? 'nothing is wrong' : `found: ${findings.length}`;
        terminal.print(`${chains} chains, ${blocks} blocks: ${verdict}.`);
      }
      return findings.length === 0 ? exitCodes.done : exitCodes.failed;
    },
  );
}

function addHeads(group: Branch): void {
  addConfiguredCommand(
    group,
    {
      name: 'heads',
      summary: 'export where each chain ends, as JSON, to be kept elsewhere',
      notes: 'baton audit heads > heads.json; later: baton audit verify --heads heads.json',
      options: { json: toggle('JSON is what it always prints') },
      takes: 'store',
    },
    async (_values, { config }, terminal) => {
      printJson(terminal, await withStore(config, terminal, (store) => store.auditHeads()));
    },
  );
}

async function tenantOf(
  store: Store,
  account: string | undefined,
  project: string | undefined,
): Promise<string> {
  if (account === undefined) {
    if (project === undefined) return nobodysTenant;
    throw new UsageError(['--account: found none beside --project; give the account of it.']);
  }
  if (project === undefined) return accountTenant(await accountIdOf(store, account));
  return (await projectAt(store, account, project)).tenant;
}

/** Prints each entry once, as they are committed. */
async function follow(
  store: Store,
  tenant: string,
  asJson: boolean,
  terminal: Terminal,
): Promise<void> {
  const ending = new AbortController();
  const end = () => ending.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  /** Those of the last seconds, by what tells them apart. */
  let printed = new Map<string, number>();
  let from = Date.now();
  while (!ending.signal.aborted) {
    const since = from - followBackMs;
    const entries = await allPages((page) => store.listAudit(tenant, { from: since }, page));
    for (const entry of entries.toReversed()) {
      from = Math.max(from, entry.at);
      const line = JSON.stringify(auditBody(entry));
      if (printed.has(line)) continue;
      printed.set(line, entry.at);
      terminal.print(asJson ? line : cellsOf(entry).join('  '));
    }
    printed = new Map([...printed].filter(([, at]) => at >= from - followBackMs));
    await sleep(followEveryMs, undefined, { signal: ending.signal }).catch(() => {});
  }
}

function readHeads(file: string): ExportedHeads {
  try {
    const read = JSON.parse(readFileSync(file, 'utf8')) as ExportedHeads;
    if (typeof read.seal === 'string' && Array.isArray(read.heads)) return read;
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw new Error(`--heads: ${file} cannot be read; check its path and its mode.`, {
        cause: error,
      });
    }
  }
  throw new UsageError([
    '--heads: found a file that is no export; give one that `baton audit heads` printed.',
  ]);
}

const headings = [
  'AT',
  'ACTION',
  'STATUS',
  'CAUSE',
  'MS',
  'KEY ID',
  'ADDRESS',
  'RECORD',
  'REQUEST',
];

function cellsOf(entry: AuditEntry): string[] {
  const { at, action, status, cause, durationMs, keyId, address, requestId, calls } = entry;
  const record = calls === undefined ? entry.record : `${calls} calls`;
  return [
    timeText(at),
    action,
    String(status),
    cause ?? '–',
    String(durationMs ?? '–'),
    keyId ?? '–',
    address,
    record ?? '–',
    requestId ?? '–',
  ];
}
