// The contract of a store's own life: ready, closed, and opened again with everything in it.

import { describe, expect, test } from 'vitest';
import type { Store } from '../../../src/store/store.js';
import {
  byId,
  bySharedId,
  expectRefusal,
  type MakeStorePlace,
  type Setting,
  useStore,
  writeOf,
} from './setting.js';

export function lifeContract(makePlace: MakeStorePlace): void {
  describe('a store', () => {
    const setting = useStore(makePlace);

    test('is ready and says how much waits and how much it keeps', async () => {
      await setting.store.checkReady();
      const gauges = setting.store.gauges();
      expect(gauges.storageFull).toBe(false);
      for (const number of [gauges.writesQueued, gauges.answersCached, gauges.answersCachedBytes]) {
        expect(number).toBeGreaterThanOrEqual(0);
      }
    });

    test('closes after every write that it accepted, and keeps all of them', async () => {
      const project = await setting.newProject({ accountSlug: 'kept', projectSlug: 'kept' });
      const names = { sharedId: 's', aliases: ['a'], dataText: '{"n":1.10}' };
      const { answer } = await setting.store.put(project, writeOf('one', names), {});
      await setting.store.put(project, writeOf('erased'), {});
      await setting.store.erase(project, byId('erased'), {});
      const writes = Array.from({ length: 300 }, (_, n) =>
        setting.store.put(project, writeOf(`last-${n}`), {}),
      );
      await setting.store.close();
      expect(await Promise.all(writes)).toHaveLength(300);

      await reopen(setting);
      expect(await setting.store.findProject('kept', 'kept')).toEqual(project);
      for (const name of [byId('one'), bySharedId('s'), bySharedId('a')]) {
        expect(await setting.store.lookUp(project.tenant, name)).toMatchObject({ found: answer });
      }
      expect(await setting.look(project, byId('erased'))).toBe('erased');
      for (let n = 0; n < 300; n++) {
        expect(await setting.look(project, byId(`last-${n}`))).toBe(`{"id":"last-${n}","data":{}}`);
      }
    });

    test('that is closed, or closing, is unavailable to every call', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one'), {});
      const { store } = setting;
      const closing = store.close();
      await expectAllUnavailable(store, project);
      await closing;
      await expectAllUnavailable(store, project);
      await reopen(setting);
    });
  });
}

async function reopen(setting: Setting): Promise<void> {
  setting.store = await setting.place.open('server', setting.clock.now);
}

async function expectAllUnavailable(
  store: Store,
  project: Parameters<Store['put']>[0],
): Promise<void> {
  const page = { limit: 1, after: null };
  const reach = { accountId: project.accountId, projects: null };
  const calls = [
    store.lookUp(project.tenant, byId('one')),
    store.put(project, writeOf('one'), {}),
    store.patch(project, byId('one'), {}, {}),
    store.erase(project, byId('one'), {}),
    store.list(project, {}, page),
    store.purge(),
    store.findProject(project.accountId, project.projectId),
    store.findAccount(project.accountId),
    store.listProjects(reach, page),
    store.changeProject(project.tenant, {}),
    store.findKey('AAAAAAAAAAAA'),
    store.listKeys(reach, page),
    store.noteKeyUse(new Map()),
    store.checkReady(),
  ];
  await Promise.all(calls.map((call) => expectRefusal(call, 'unavailable')));
}
