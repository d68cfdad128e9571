// The contract of `erase` and `purge`: how states end, and what is still known of them.

import { describe, expect, test } from 'vitest';
import type { NewProject } from '../../../src/project.js';
import {
  byId,
  bySharedId,
  expectRefusal,
  type MakeStorePlace,
  useStore,
  writeOf,
} from './setting.js';

const tombstoneMs = 30 * 86_400_000;

export function endingsContract(
  makePlace: MakeStorePlace,
  projects: Partial<NewProject> = {},
): void {
  describe('an ending', () => {
    const setting = useStore(makePlace, projects);

    test('an erasure takes content and every name, and says so afterwards', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one', { sharedId: 's', aliases: ['a'] }), {});
      const erased = await setting.store.erase(project, bySharedId('a'), {});
      expect(erased).toMatchObject({ id: 'one', erasedAt: setting.now });
      for (const name of [byId('one'), bySharedId('s'), bySharedId('a')]) {
        expect(await setting.look(project, name)).toBe('erased');
        await expectRefusal(setting.store.erase(project, name, {}), 'handoff_state_erased');
      }
    });

    test('an erasure of what is not there says why, but first that a precondition fails', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('old', { ttlSeconds: 1 }), {});
      setting.clock.advance(1_000);
      const erase = (id: string, conditions = {}) =>
        setting.store.erase(project, byId(id), conditions);
      await expectRefusal(erase('never'), 'handoff_state_not_found');
      await expectRefusal(erase('old'), 'handoff_state_expired');
      await expectRefusal(erase('never', { ifMatch: '*' }), 'precondition_failed');
      await expectRefusal(erase('old', { ifMatch: [1] }), 'precondition_failed');
    });

    test('an erasure of another version is refused and nothing is lost', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one'), {});
      const erase = (version: number) =>
        setting.store.erase(project, byId('one'), { ifMatch: [version] });
      await expectRefusal(erase(2), 'precondition_failed');
      expect(await setting.look(project, byId('one'))).toBe('{"id":"one","data":{}}');
      expect((await erase(1)).id).toBe('one');
    });

    test('a name that an expired state had and has again, then gives up, has not ended', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one', { sharedId: 's', ttlSeconds: 1 }), {});
      setting.clock.advance(1_000);
      await setting.store.put(project, writeOf('one', { sharedId: 's' }), {});
      await setting.store.put(project, writeOf('one'), {});
      expect(await setting.look(project, bySharedId('s'))).toBe('not_found');
    });

    test('a name taken over from an expired state, then given up, has not ended', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('old', { sharedId: 's', ttlSeconds: 1 }), {});
      setting.clock.advance(1_000);
      await setting.store.put(project, writeOf('new', { sharedId: 's' }), {});
      await setting.store.put(project, writeOf('new'), {});
      expect(await setting.look(project, bySharedId('s'))).toBe('not_found');
      expect(await setting.look(project, byId('old'))).toBe('expired');
    });

    test('one erasure of many at once is the one', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one'), {});
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, () => setting.store.erase(project, byId('one'), {})),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    test('a name that moved over does not end with the one who lost it', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('old', { sharedId: 's', ttlSeconds: 1 }), {});
      await setting.store.put(project, writeOf('erased', { sharedId: 't' }), {});
      await setting.store.put(project, writeOf('new', { sharedId: 's', aliases: ['t'] }), {});
      await setting.store.erase(project, byId('erased'), {});
      setting.clock.advance(1_000);
      await setting.purgeAll();
      expect(await setting.look(project, bySharedId('s'))).toContain('"id":"new"');
      expect(await setting.look(project, bySharedId('t'))).toContain('"id":"new"');
      expect(await setting.look(project, byId('old'))).toBe('expired');
    });

    test('a name of an ended state is found again as soon as another one takes it', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one', { sharedId: 's', ttlSeconds: 1 }), {});
      setting.clock.advance(1_000);
      await setting.store.put(project, writeOf('two', { sharedId: 's' }), {});
      expect(await setting.look(project, bySharedId('s'))).toContain('"id":"two"');
      await setting.purgeAll();
      expect(await setting.look(project, bySharedId('s'))).toContain('"id":"two"');
      await setting.store.erase(project, byId('two'), {});
      await setting.store.put(project, writeOf('three', { aliases: ['s'] }), {});
      expect(await setting.look(project, bySharedId('s'))).toContain('"id":"three"');
      expect(await setting.look(project, byId('one'))).toBe('expired');
      expect(await setting.look(project, byId('two'))).toBe('erased');
    });

    test('a purge takes what has expired, and only that', async () => {
      const project = await setting.newProject();
      await setting.purgeAll();
      for (const id of ['a', 'b', 'c']) {
        await setting.store.put(project, writeOf(id, { ttlSeconds: 1 }), {});
      }
      await setting.store.put(project, writeOf('live', { ttlSeconds: 2 }), {});
      expect(await setting.store.purge()).toBe(0);
      setting.clock.advance(1_000);
      expect(await setting.purgeAll()).toBe(3);
      expect(await setting.store.purge()).toBe(0);
      expect(await setting.look(project, byId('a'))).toBe('expired');
      expect(await setting.look(project, byId('live'))).toBe('{"id":"live","data":{}}');
    });

    test('expired, erased and never written are told apart for 30 days', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('old', { sharedId: 's', ttlSeconds: 1 }), {});
      await setting.store.put(project, writeOf('erased', { aliases: ['t'] }), {});
      setting.clock.advance(1_000);
      await setting.store.erase(project, byId('erased'), {});

      const causes = () =>
        Promise.all(
          [byId('old'), bySharedId('s'), byId('erased'), bySharedId('t'), byId('never')].map(
            (name) => setting.look(project, name),
          ),
        );
      const told = ['expired', 'expired', 'erased', 'erased', 'not_found'];
      expect(await causes()).toEqual(told);
      await setting.purgeAll();
      expect(await causes()).toEqual(told);
      setting.clock.advance(tombstoneMs - 1);
      await setting.purgeAll();
      expect(await causes()).toEqual(told);
      setting.clock.advance(1);
      await setting.purgeAll();
      expect(await causes()).toEqual(told.map(() => 'not_found'));
    });
  });
}
