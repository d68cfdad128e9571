// The contract of projects that hide their names: lists show hashes, and no table holds a name.

import { describe, expect, test } from 'vitest';
import type { ListedHandoff } from '../../../src/handoff.js';
import type { Page, PageRequest } from '../../../src/store/store.js';
import { formsFound } from '../../support/encoded.js';
import { openRows } from '../../support/stored-rows.js';
import { byId, bySharedId, type MakeStorePlace, useStore, writeOf } from './setting.js';

const shown = /^hash:[\w-]{22}$/;
const wholePage = { limit: 200, after: null };

export function hiddenNamesContract(makePlace: MakeStorePlace): void {
  describe('a hidden name', () => {
    const setting = useStore(makePlace, { hashIds: true });

    test('is a hash in lists, and the name itself or what is shown finds it there', async () => {
      const project = await setting.newProject();
      expect(project.hashIds).toBe(true);
      const names = { sharedId: 's', aliases: ['a', 'b'] };
      await setting.store.put(project, writeOf('one', names), {});
      await setting.store.put(project, writeOf('two', { sharedId: 't' }), {});
      const { items } = await setting.store.list(project, { id: 'one' }, wholePage);
      expect(items).toHaveLength(1);
      const [item] = items;
      expect(item).toMatchObject({ sharedId: null, version: 1, status: 'pending' });
      expect(item!.aliases).toHaveLength(3);
      for (const name of [item!.id, ...item!.aliases]) expect(name).toMatch(shown);

      for (const filter of [{ id: item!.id }, { sharedId: 's' }, { sharedId: 'b' }]) {
        expect((await setting.store.list(project, filter, wholePage)).items).toEqual(items);
      }
      for (const filter of [{ id: 's' }, { sharedId: 'one' }, { sharedId: 'other' }]) {
        expect((await setting.store.list(project, filter, wholePage)).items).toEqual([]);
      }
    });

    test('is the same in the list before and after its state has ended', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one', { sharedId: 's' }), {});
      const before = await setting.store.list(project, {}, wholePage);
      await setting.store.erase(project, byId('one'), {});
      const after = await setting.store.list(project, { sharedId: 's' }, wholePage);
      expect(after.items.map(({ id, status }) => [id, status])).toEqual([
        [before.items[0]!.id, 'erased'],
      ]);
    });

    test('pages through lists, each line once', async () => {
      const project = await setting.newProject();
      for (let n = 0; n < 7; n++) {
        await setting.store.put(project, writeOf(`live-${n}`), {});
        await setting.store.put(project, writeOf(`erased-${n}`), {});
        await setting.store.erase(project, byId(`erased-${n}`), {});
        if (n % 3 === 0) setting.clock.advance(1_000);
      }
      const whole = (await setting.store.list(project, {}, wholePage)).items;
      expect(whole).toHaveLength(14);
      const paged = [];
      let after: PageRequest['after'] = null;
      do {
        const page: Page<ListedHandoff> = await setting.store.list(
          project,
          {},
          { limit: 3, after },
        );
        paged.push(...page.items);
        after = page.next;
      } while (after !== null);
      expect(paged).toEqual(whole);
    });

    test('moves over like any other, and the loser is sealed anew', async () => {
      const project = await setting.newProject();
      const write = { sharedId: 's', aliases: ['a'], dataText: '{"kept":1}' };
      await setting.store.put(project, writeOf('old', write), {});
      await setting.store.put(project, writeOf('new', { aliases: ['s'] }), {});
      expect(await setting.look(project, bySharedId('s'))).toBe('{"id":"new","data":{}}');
      expect(await setting.look(project, bySharedId('a'))).toBe('{"id":"old","data":{"kept":1}}');
    });

    test('stands in no table in any form, and neither does data, of any project', async () => {
      const hidden = await setting.newProject();
      const open = await setting.newProject({ hashIds: false });
      const names = { sharedId: 'Canary-shared-id', aliases: ['Canary-alias-1', 'Canary-alias-2'] };
      const write = writeOf('Canary-id', { ...names, dataText: '{"member":"Canary-data"}' });
      await setting.store.put(hidden, write, {});
      await setting.store.patch(hidden, byId('Canary-id'), { aliases: ['Canary-alias-1'] }, {});
      await setting.store.put(hidden, writeOf('Canary-other', { sharedId: names.sharedId }), {});
      await setting.store.put(hidden, { ...write, id: 'Canary-erased' }, {});
      await setting.store.erase(hidden, byId('Canary-erased'), {});
      await setting.store.put(hidden, { ...write, id: 'Canary-expired', ttlSeconds: 1 }, {});
      await setting.store.put(open, writeOf('plain', { dataText: '{"member":"Canary-data"}' }), {});
      setting.clock.advance(1_000);
      await setting.purgeAll();

      const rows = await openRows(setting.place.config);
      const cells = await rows.cells();
      await rows.close();
      expect(cells).toContain('plain');
      for (const cell of cells) {
        const bytes = cell instanceof Uint8Array ? cell : Buffer.from(String(cell));
        expect(formsFound(bytes, 'Canary')).toEqual([]);
        const decoded = Buffer.from(String(cell), 'base64');
        expect(formsFound(decoded, 'Canary')).toEqual([]);
      }
    });
  });
}
