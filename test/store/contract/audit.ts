// The contract of the audit: entries are kept in a chain, listed newest first, purged, verified.

import { describe, expect, test } from 'vitest';
import {
  type AuditEntry,
  type AuditFilter,
  type AuditNote,
  accountTenant,
} from '../../../src/audit.js';
import type { Project } from '../../../src/project.js';
import type { PageRequest, Store } from '../../../src/store/store.js';
import { byId, bySharedId, type MakeStorePlace, type Setting, useStore } from './setting.js';

export function auditContract(makePlace: MakeStorePlace): void {
  describe('the audit', () => {
    const setting = useStore(makePlace);

    test('gives back what was appended, names as keyed hashes', async () => {
      const project = await setting.newProject();
      const refused = { keyId: null, status: 404, cause: 'handoff_state_not_found' } as const;
      await setting.store.appendAudit([
        noteOf(setting, project, { at: 1, subject: bySharedId('call'), ...refused }),
        noteOf(setting, project, {
          at: 2,
          action: 'key_create',
          subject: 'the-key',
          requestId: null,
        }),
        noteOf(setting, project, { at: 3, action: 'list', subject: null, durationMs: 0.25 }),
      ]);
      const [list, key, lookUp] = await all(setting, project);
      const record = setting.store.auditRecordOf(project.tenant, bySharedId('call'));
      expect(record).toMatch(/^hash:[\w-]{22}$/);
      const common = { keyId: 'key', address: '192.0.2.7', status: 200, cause: null };
      expect(list).toEqual({
        ...common,
        at: 3,
        action: 'list',
        record: null,
        requestId: 'request',
        durationMs: 0.25,
      });
      expect(key).toEqual({
        ...common,
        at: 2,
        action: 'key_create',
        record: 'the-key',
        requestId: null,
        durationMs: null,
      });
      expect(lookUp).toEqual({
        at: 1,
        action: 'look_up',
        address: '192.0.2.7',
        record,
        requestId: 'request',
        durationMs: null,
        ...refused,
      });
    });

    test('tells an id from a shared id, and one tenant from another', async () => {
      const [one, other] = [await setting.newProject(), await setting.newProject()];
      const { store } = setting;
      const records = [
        store.auditRecordOf(one.tenant, byId('call')),
        store.auditRecordOf(one.tenant, bySharedId('call')),
        store.auditRecordOf(other.tenant, byId('call')),
      ];
      expect(new Set(records).size).toBe(3);
      await store.appendAudit([noteOf(setting, one), noteOf(setting, other), noteOf(setting, one)]);
      expect(await all(setting, one)).toHaveLength(2);
      expect(await all(setting, other)).toHaveLength(1);
      expect(await allEntries(store, accountTenant(one.accountId), {}, 200)).toEqual([]);
    });

    test('filters by time, action, key and record', async () => {
      const project = await setting.newProject();
      await setting.store.appendAudit([
        noteOf(setting, project, { at: 100 }),
        noteOf(setting, project, { at: 101, action: 'put' }),
        noteOf(setting, project, { at: 102, keyId: 'other' }),
        noteOf(setting, project, { at: 103, subject: byId('other') }),
      ]);
      const times = async (filter: AuditFilter) =>
        (await all(setting, project, filter)).map(({ at }) => at);
      expect(await times({ from: 101, to: 103 })).toEqual([102, 101]);
      expect(await times({ actions: ['put'] })).toEqual([101]);
      expect(await times({ keyId: 'other' })).toEqual([102]);
      const record = setting.store.auditRecordOf(project.tenant, byId('other'));
      expect(await times({ record })).toEqual([103]);
      expect(await times({ record, keyId: 'other' })).toEqual([]);
    });

    test('lists every entry once, newest first, in pages of any size, from overlapping blocks', async () => {
      const project = await setting.newProject();
      const wanted: number[] = [];
      for (let block = 0; block < 12; block++) {
        // Every block reaches into the times of those before it, and times occur twice.
        const times = Array.from({ length: 9 }, (_, n) => 1_000 + block * 4 + (n % 7) * 3);
        wanted.push(...times);
        await setting.store.appendAudit(
          times.map((at, n) => noteOf(setting, project, { at, requestId: `${block}-${n}` })),
        );
      }
      for (const limit of [1, 5, 107, 108, 200]) {
        const entries = await all(setting, project, {}, limit);
        expect(entries.map(({ at }) => at)).toEqual(wanted.toSorted((a, b) => b - a));
        expect(new Set(entries.map(({ requestId }) => requestId)).size).toBe(wanted.length);
      }
    });

    test('leads on where few of many entries fit', async () => {
      const project = await setting.newProject();
      await setting.store.appendAudit([noteOf(setting, project, { at: 10, action: 'erase' })]);
      for (let at = 20_000; at < 20_250; at++) {
        await setting.store.appendAudit([noteOf(setting, project, { at })]);
      }
      const first = await setting.store.listAudit(
        project.tenant,
        { actions: ['erase'] },
        firstPage(5),
      );
      expect([first.items.length, first.next === null]).toEqual([0, false]);
      expect((await all(setting, project, { actions: ['erase'] }, 5)).map(({ at }) => at)).toEqual([
        10,
      ]);
    });

    test('keeps more entries at once than a block holds', async () => {
      const project = await setting.newProject();
      const notes = Array.from({ length: 2_500 }, (_, at) => noteOf(setting, project, { at }));
      await setting.store.appendAudit(notes);
      expect(await all(setting, project)).toHaveLength(2_500);
    });

    test('keeps what processes wrote beside each other, each in its own chain', async () => {
      const project = await setting.newProject();
      const tool = await setting.place.open('tool', setting.clock.now);
      await Promise.all(
        [setting.store, tool, setting.store, tool].map((store, at) =>
          store.appendAudit([noteOf(setting, project, { at })]),
        ),
      );
      expect((await all(setting, project)).map(({ at }) => at)).toEqual([3, 2, 1, 0]);
      await tool.close();
      expect((await setting.store.verifyAudit(null)).findings).toEqual([]);
    });
  });

  describe('an audit of some age', () => {
    const setting = useStore(makePlace);

    test('drops what is older than a time, keeps the rest, and stays verifiable', async () => {
      const project = await setting.newProject();
      const old = setting.now - 1_000_000;
      const tool = await setting.place.open('tool', setting.clock.now);
      await tool.appendAudit([noteOf(setting, project, { at: old })]);
      await tool.close();
      for (let n = 0; n < 250; n++) {
        await setting.store.appendAudit([noteOf(setting, project, { at: old + n })]);
      }
      await setting.store.appendAudit([noteOf(setting, project, { at: setting.now })]);
      const heads = await setting.store.auditHeads();

      let dropped = 0;
      for (let count = -1; count !== 0; dropped += count) {
        count = await setting.store.purgeAudit(setting.now - 1_000);
      }
      expect(dropped).toBeGreaterThan(250);
      expect((await all(setting, project)).map(({ at }) => at)).toEqual([setting.now]);
      expect((await setting.store.verifyAudit(heads)).findings).toEqual([]);
      await setting.store.appendAudit([noteOf(setting, project)]);
      expect((await setting.store.verifyAudit(heads)).findings).toEqual([]);
    });

    test('verifies against exported heads, and not against forged ones', async () => {
      const project = await setting.newProject();
      await setting.store.appendAudit([noteOf(setting, project)]);
      const heads = await setting.store.auditHeads();
      await setting.store.appendAudit([noteOf(setting, project)]);
      const { findings, blocks, chains } = await setting.store.verifyAudit(heads);
      expect(findings).toEqual([]);
      expect([blocks > 1, chains > 0]).toEqual([true, true]);
      const forged = { ...heads, heads: heads.heads.slice(1) };
      expect((await setting.store.verifyAudit(forged)).findings).toEqual([
        expect.stringContaining('forged'),
      ]);
    });
  });
}

function noteOf(setting: Setting, project: Project, more: Partial<AuditNote> = {}): AuditNote {
  return {
    at: setting.now,
    action: 'look_up',
    tenant: project.tenant,
    keyId: 'key',
    address: '192.0.2.7',
    subject: byId('call'),
    status: 200,
    cause: null,
    requestId: 'request',
    durationMs: null,
    ...more,
  };
}

function all(
  { store }: Setting,
  project: Project,
  filter: AuditFilter = {},
  limit = 200,
): Promise<AuditEntry[]> {
  return allEntries(store, project.tenant, filter, limit);
}

function firstPage(limit: number): PageRequest {
  return { limit, after: null };
}

async function allEntries(
  store: Store,
  tenant: string,
  filter: AuditFilter,
  limit: number,
): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  let request: PageRequest | undefined = firstPage(limit);
  while (request !== undefined) {
    const { items, next }: Awaited<ReturnType<Store['listAudit']>> = await store.listAudit(
      tenant,
      filter,
      request,
    );
    expect(items.length).toBeLessThanOrEqual(limit);
    entries.push(...items);
    request = next === null ? undefined : { limit, after: next };
  }
  return entries;
}
