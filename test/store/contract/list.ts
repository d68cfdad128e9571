// The contract of `list`: every handoff of a project once, newest first, never its data.

import { describe, expect, test } from 'vitest';
import type { ListedHandoff } from '../../../src/handoff.js';
import type { Project } from '../../../src/project.js';
import type { HandoffFilter, PageRequest } from '../../../src/store/store.js';
import { byId, type MakeStorePlace, type Setting, useStore, writeOf } from './setting.js';

/** All the pages of `limit` lines. */
async function listAll(
  setting: Setting,
  project: Project,
  filter: HandoffFilter = {},
  limit = 200,
): Promise<ListedHandoff[]> {
  const all: ListedHandoff[] = [];
  let after: PageRequest['after'] = null;
  do {
    const { items, next } = await setting.store.list(project, filter, { limit, after });
    expect(items.length).toBeLessThanOrEqual(limit);
    all.push(...items);
    after = next;
  } while (after !== null);
  return all;
}

export function listContract(makePlace: MakeStorePlace): void {
  describe('a list', () => {
    const setting = useStore(makePlace);

    /** Ids of what a filter finds, sorted. */
    async function idsOf(project: Project, filter: HandoffFilter): Promise<string[]> {
      return (await listAll(setting, project, filter)).map(({ id }) => id).toSorted();
    }

    test('says of each state its names, version, times and status, and no more', async () => {
      const project = await setting.newProject();
      const writtenAt = setting.now;
      const write = { sharedId: 's', aliases: ['a', 'b'], ttlSeconds: 60 };
      await setting.store.put(project, writeOf('one', { ...write, dataText: '{"x":1}' }), {});
      setting.clock.advance(500);
      await setting.store.patch(project, byId('one'), { dataPatchText: '{"y":2}' }, {});

      expect(await listAll(setting, project)).toEqual([
        {
          id: 'one',
          sharedId: 's',
          aliases: ['a', 'b'],
          version: 2,
          writtenAt,
          updatedAt: writtenAt + 500,
          expiresAt: writtenAt + 60_000,
          status: 'pending',
          pickedUpAt: null,
        },
      ]);
      expect(await listAll(setting, await setting.newProject())).toEqual([]);
    });

    test('is newest first by first write, then by id, page by page, each line once', async () => {
      const project = await setting.newProject();
      const ids: string[] = [];
      for (let minute = 0; minute < 4; minute++) {
        // Written at the same time in an order of their own.
        for (const letter of ['b', 'c', 'a']) {
          await setting.store.put(project, writeOf(`${minute}-${letter}`), {});
        }
        ids.unshift(...['c', 'b', 'a'].map((letter) => `${minute}-${letter}`));
        setting.clock.advance(60_000);
      }
      await setting.store.put(project, writeOf('0-b', { dataText: '{"again":1}' }), {});
      for (const limit of [1, 2, 3, 5, 12, 13]) {
        const items = await listAll(setting, project, {}, limit);
        expect(items.map(({ id }) => id)).toEqual(ids);
      }
    });

    test('is filtered by id, by shared id or alias, by status and by time', async () => {
      const project = await setting.newProject();
      const from = setting.now;
      await setting.store.put(project, writeOf('one', { sharedId: 's', aliases: ['a'] }), {});
      setting.clock.advance(1_000);
      await setting.store.put(project, writeOf('two', { ttlSeconds: 1 }), {});
      setting.clock.advance(1_000);
      await setting.store.put(project, writeOf('three'), {});

      expect(await idsOf(project, { id: 'one' })).toEqual(['one']);
      expect(await idsOf(project, { id: 's' })).toEqual([]);
      expect(await idsOf(project, { sharedId: 's' })).toEqual(['one']);
      expect(await idsOf(project, { sharedId: 'a' })).toEqual(['one']);
      expect(await idsOf(project, { sharedId: 'one' })).toEqual([]);
      expect(await idsOf(project, { status: 'pending' })).toEqual(['one', 'three']);
      expect(await idsOf(project, { status: 'picked_up' })).toEqual([]);
      expect(await idsOf(project, { from: from + 1_000 })).toHaveLength(2);
      expect(await idsOf(project, { to: from + 1_000 })).toEqual(['one']);
      expect(await idsOf(project, { from: from + 1, to: from + 1_000 })).toEqual([]);
      expect(await idsOf(project, { status: 'pending', from: from + 1 })).toEqual(['three']);
    });

    test('keeps to all the filters that are given together, for live and ended states', async () => {
      const project = await setting.newProject();
      const from = setting.now;
      await setting.store.put(project, writeOf('live', { sharedId: 's-live' }), {});
      await setting.store.put(project, writeOf('due', { sharedId: 's-due', ttlSeconds: 2 }), {});
      await setting.store.put(project, writeOf('ended', { sharedId: 's-ended' }), {});
      setting.clock.advance(1_000);
      await setting.store.erase(project, byId('ended'), {});
      setting.clock.advance(1_000);
      const [ended] = await idsOf(project, { id: 'ended' });

      const cases = [
        ['live', 'pending', 'live'],
        ['due', 'expired', 'due'],
        ['ended', 'erased', ended],
      ] as const;
      for (const [name, status, shown] of cases) {
        for (const named of [{ id: name }, { sharedId: `s-${name}` }]) {
          const both = { id: name, sharedId: `s-${name}`, status, from, to: from + 1 };
          for (const filter of [{ ...named, status }, { ...named, from, to: from + 1 }, both]) {
            expect(await idsOf(project, filter)).toEqual([shown]);
          }
          const other = status === 'pending' ? 'expired' : 'pending';
          for (const miss of [{ status: other }, { from: from + 1 }, { to: from }] as const) {
            expect(await idsOf(project, { ...named, ...miss })).toEqual([]);
          }
        }
        expect(await idsOf(project, { id: name, sharedId: 's-other' })).toEqual([]);
        expect(await idsOf(project, { id: 'other', sharedId: `s-${name}` })).toEqual([]);
      }
      for (const status of ['picked_up', 'late', 'missed'] as const) {
        expect(await idsOf(project, { status })).toEqual([]);
      }
    });

    test('shows ended states without their names, and still finds them by id', async () => {
      const project = await setting.newProject();
      const names = { sharedId: 's-old', aliases: ['a-old'], ttlSeconds: 1 };
      await setting.store.put(project, writeOf('expired-one', names), {});
      await setting.store.put(project, writeOf('erased-one', { sharedId: 's-erased' }), {});
      const [first] = await listAll(setting, project, { id: 'erased-one' });
      setting.clock.advance(1_000);
      await setting.store.erase(project, byId('erased-one'), {});
      await setting.purgeAll();

      const items = await listAll(setting, project);
      expect(items.map(({ status }) => status).toSorted()).toEqual(['erased', 'expired']);
      for (const item of items) {
        expect(item.id).toMatch(/^hash:[\w-]+$/);
        expect([item.sharedId, item.aliases]).toEqual([null, []]);
        expect([item.version, item.writtenAt]).toEqual([1, first!.writtenAt]);
      }
      for (const status of ['expired', 'erased'] as const) {
        const [item] = items.filter((it) => it.status === status);
        expect(await listAll(setting, project, { status })).toEqual([item]);
        expect(await listAll(setting, project, { id: `${status}-one` })).toEqual([item]);
        expect(await listAll(setting, project, { id: item!.id })).toEqual([item]);
      }
    });

    test('finds an ended state by each old name, and no other of the same moment', async () => {
      const project = await setting.newProject();
      for (const id of ['one', 'two']) {
        const names = { sharedId: `s-${id}`, aliases: [`a-${id}`], ttlSeconds: 1 };
        await setting.store.put(project, writeOf(id, names), {});
      }
      setting.clock.advance(1_000);
      await setting.purgeAll();
      for (const id of ['one', 'two']) {
        const ended = await listAll(setting, project, { id });
        expect(ended).toHaveLength(1);
        expect(await listAll(setting, project, { sharedId: `s-${id}` })).toEqual(ended);
        expect(await listAll(setting, project, { sharedId: `a-${id}` })).toEqual(ended);
      }
    });

    test('calls a state expired before it is purged as after it', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one', { ttlSeconds: 1 }), {});
      setting.clock.advance(1_000);
      for (const filter of [{}, { status: 'expired' }, { id: 'one' }] as const) {
        const items = await listAll(setting, project, filter);
        expect(items.map(({ status }) => status)).toEqual(['expired']);
      }
      expect(await listAll(setting, project, { status: 'pending' })).toEqual([]);
      await setting.purgeAll();
      const items = await listAll(setting, project);
      expect(items.map(({ status }) => status)).toEqual(['expired']);
    });

    test('has no line more of an ended state once its tombstone is dropped', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one'), {});
      await setting.store.erase(project, byId('one'), {});
      expect(await listAll(setting, project)).toHaveLength(1);
      setting.clock.advance(30 * 86_400_000);
      await setting.purgeAll();
      expect(await listAll(setting, project)).toEqual([]);
    });

    test('pages through live and ended states alike', async () => {
      const project = await setting.newProject();
      for (let n = 0; n < 6; n++) {
        await setting.store.put(project, writeOf(`live-${n}`), {});
        await setting.store.put(project, writeOf(`erased-${n}`), {});
        await setting.store.erase(project, byId(`erased-${n}`), {});
        if (n % 2 === 0) setting.clock.advance(1_000);
      }
      const whole = await listAll(setting, project);
      expect(whole).toHaveLength(12);
      for (const limit of [1, 2, 5]) {
        expect(await listAll(setting, project, {}, limit)).toEqual(whole);
      }
    });
  });
}
