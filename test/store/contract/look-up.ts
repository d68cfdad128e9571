// The contract of `lookUp`: what a name finds, exactly as written, never stale, never expired.

import { describe, expect, test } from 'vitest';
import type { NewProject } from '../../../src/project.js';
import { byId, bySharedId, type MakeStorePlace, useStore, writeOf } from './setting.js';

const oddData =
  '{"b":12345678901234567890,"a":[1.10,-0,1e400,null],"b2":{"":{"n":null}},' +
  '"e":"\\u00e9\\/é😀","10":1,"9":2}';

export function lookUpContract(
  makePlace: MakeStorePlace,
  projects: Partial<NewProject> = {},
): void {
  describe('a look-up', () => {
    const setting = useStore(makePlace, projects);

    test('finds the same answer by id, by shared id and by each alias', async () => {
      const project = await setting.newProject();
      const names = { sharedId: 'shared', aliases: ['other', 'third'] };
      await setting.store.put(project, writeOf('one', { ...names, dataText: '{"a":"é"}' }), {});
      const answer = {
        body: '{"id":"one","shared_id":"shared","data":{"a":"é"}}',
        bodyBytes: 51,
        etag: '"1"',
        lastModified: new Date(setting.now).toUTCString(),
        sunset: new Date(setting.now + 3_600_000).toUTCString(),
        expiresAt: setting.now + 3_600_000,
      };

      const found = [byId('one'), ...['shared', 'other', 'third'].map(bySharedId)];
      for (const name of found) {
        expect(await setting.store.lookUp(project.tenant, name)).toMatchObject({ found: answer });
      }
    });

    test('gives data as the text that was written', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('odd', { dataText: oddData }), {});
      expect(await setting.look(project, byId('odd'))).toBe(`{"id":"odd","data":${oddData}}`);
    });

    test('takes no shared id or alias for an id, and no id for a shared id', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one', { sharedId: 's', aliases: ['a'] }), {});
      for (const name of [byId('s'), byId('a'), bySharedId('one')]) {
        expect(await setting.look(project, name)).toBe('not_found');
      }
    });

    test('tells names apart by case, and keeps 255 code points of any script', async () => {
      const project = await setting.newProject();
      const long = '😀'.repeat(255);
      await setting.store.put(project, writeOf('Call', { sharedId: long }), {});
      expect(await setting.look(project, byId('call'))).toBe('not_found');
      expect(await setting.look(project, bySharedId(long))).toContain('"id":"Call"');
    });

    test('finds nothing of another project, whatever it is called', async () => {
      const mine = await setting.newProject();
      const other = await setting.newProject();
      await setting.store.put(mine, writeOf('one', { sharedId: 's' }), {});
      expect(await setting.look(other, byId('one'))).toBe('not_found');
      expect(await setting.look(other, bySharedId('s'))).toBe('not_found');
    });

    test('sees every write that was acknowledged before it began', async () => {
      const project = await setting.newProject();
      const names = [byId('one'), bySharedId('s'), bySharedId('a')];
      for (let round = 1; round <= 30; round++) {
        const dataText = `{"round":${round}}`;
        const write = writeOf('one', { sharedId: 's', aliases: ['a'], dataText });
        await setting.store.put(project, write, {});
        for (const name of names) expect(await setting.look(project, name)).toContain(dataText);

        const patch = { dataPatchText: `{"patched":${round}}` };
        await setting.store.patch(project, bySharedId('a'), patch, {});
        for (const name of names) {
          expect(await setting.look(project, name)).toContain(`"patched":${round}}`);
        }

        await setting.store.erase(project, bySharedId('s'), {});
        for (const name of names) expect(await setting.look(project, name)).toBe('erased');
      }
    });

    test('gives nothing from the millisecond of the expiry on, read before or not', async () => {
      const project = await setting.newProject();
      const write = { sharedId: 's', aliases: ['unread'], ttlSeconds: 1 };
      await setting.store.put(project, writeOf('one', write), {});
      setting.clock.advance(999);
      expect(await setting.look(project, byId('one'))).toContain('"id":"one"');
      expect(await setting.look(project, bySharedId('s'))).toContain('"id":"one"');

      setting.clock.advance(1);
      for (const name of [byId('one'), bySharedId('s'), bySharedId('unread')]) {
        expect(await setting.look(project, name)).toBe('expired');
      }
    });
  });
}
