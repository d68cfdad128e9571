// The contract of `watch`: whoever watches a name is woken by each write that concerns it.

import { describe, expect, test } from 'vitest';
import type { HandoffName } from '../../../src/handoff.js';
import type { NewProject, Project } from '../../../src/project.js';
import { byId, bySharedId, type MakeStorePlace, useStore, writeOf } from './setting.js';

export function watchContract(makePlace: MakeStorePlace, projects: Partial<NewProject> = {}): void {
  describe('a watch', () => {
    const setting = useStore(makePlace, projects);

    /** What a look-up gives right when the watch of the name wakes for the first time. */
    function seenWhenWoken(project: Project, name: HandoffName): Promise<string> {
      return new Promise((resolve, reject) => {
        const end = setting.store.watch(project.tenant, name, () => {
          end();
          setting.look(project, name).then(resolve, reject);
        });
      });
    }

    test('wakes for each name of a new state, and the look-up then finds it', async () => {
      const project = await setting.newProject();
      const names = [byId('one'), bySharedId('s'), bySharedId('a')];
      const seen = names.map((name) => seenWhenWoken(project, name));
      await setting.store.put(project, writeOf('one', { sharedId: 's', aliases: ['a'] }), {});
      for (const body of await Promise.all(seen)) expect(body).toContain('"id":"one"');
    });

    test('wakes for a patch that adds a name, and for an erasure', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one'), {});
      const named = seenWhenWoken(project, bySharedId('late'));
      await setting.store.patch(project, byId('one'), { aliases: ['late'] }, {});
      expect(await named).toContain('"id":"one"');

      const ended = [byId('one'), bySharedId('late')].map((name) => seenWhenWoken(project, name));
      await setting.store.erase(project, byId('one'), {});
      expect(await Promise.all(ended)).toEqual(['erased', 'erased']);
    });

    test('wakes the one who loses a name', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('old', { sharedId: 's' }), {});
      const seen = seenWhenWoken(project, byId('old'));
      await setting.store.put(project, writeOf('new', { sharedId: 's' }), {});
      expect(await seen).toBe('{"id":"old","data":{}}');
    });

    test('that ends while others go on ends alone', async () => {
      const project = await setting.newProject();
      let woken = 0;
      const end = setting.store.watch(project.tenant, byId('one'), () => {
        woken += 1;
      });
      const other = seenWhenWoken(project, byId('one'));
      end();
      end();
      await setting.store.put(project, writeOf('one'), {});
      expect(await other).toContain('"id":"one"');
      expect(woken).toBe(0);
    });

    test('that is registered before the look-up misses no write', async () => {
      const project = await setting.newProject();
      for (let round = 0; round < 200; round++) {
        const name = bySharedId(`s-${round}`);
        const written = setting.store.put(
          project,
          writeOf(`id-${round}`, { sharedId: name.value }),
          {},
        );
        // Begun at another moment of the write in each round.
        for (let turn = 0; turn < round % 8; turn++) await new Promise(setImmediate);
        const woken = seenWhenWoken(project, name);
        const first = await setting.look(project, name);
        if (first === 'not_found') expect(await woken).toContain('"id":"id-');
        await written;
      }
    });
  });
}
