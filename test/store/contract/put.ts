// The contract of `put`: whole states, their versions, names and lives, and who wins.

import { describe, expect, test } from 'vitest';
import type { HandoffWrite } from '../../../src/handoff.js';
import type { NewProject } from '../../../src/project.js';
import {
  byId,
  bySharedId,
  expectRefusal,
  type MakeStorePlace,
  useStore,
  writeOf,
} from './setting.js';

export function putContract(makePlace: MakeStorePlace, projects: Partial<NewProject> = {}): void {
  describe('a put', () => {
    const setting = useStore(makePlace, projects);

    test('makes a state, then replaces it, and each time the version rises', async () => {
      const project = await setting.newProject();
      const first = await setting.store.put(project, writeOf('one'), {});
      const second = await setting.store.put(project, writeOf('one', { dataText: '{"b":2}' }), {});
      expect([first.created, first.answer.etag]).toEqual([true, '"1"']);
      expect([second.created, second.answer.etag]).toEqual([false, '"2"']);
      const found = await setting.store.lookUp(project.tenant, byId('one'));
      expect(found).toMatchObject({ found: second.answer });
    });

    test('removes what it leaves out, and starts the expiry anew', async () => {
      const project = await setting.newProject();
      const names = { sharedId: 's', aliases: ['a', 'b'], ttlSeconds: 10 };
      await setting.store.put(project, writeOf('one', { ...names, dataText: '{"a":1}' }), {});
      setting.clock.advance(9_000);
      const { answer } = await setting.store.put(project, writeOf('one', { aliases: ['b'] }), {});

      expect(answer.body).toBe('{"id":"one","data":{}}');
      expect(answer.expiresAt).toBe(setting.now + 3_600_000);
      expect(await setting.look(project, bySharedId('s'))).toBe('not_found');
      expect(await setting.look(project, bySharedId('a'))).toBe('not_found');
      expect(await setting.look(project, bySharedId('b'))).toBe(answer.body);
    });

    test('takes a ttl up to the retention as it is now, and refuses a longer one', async () => {
      const project = await setting.newProject();
      const longest = await setting.store.put(project, writeOf('one', { ttlSeconds: 3_600 }), {});
      expect(longest.answer.expiresAt).toBe(setting.now + 3_600_000);
      const longer = writeOf('two', { ttlSeconds: 3_601 });
      await expectRefusal(setting.store.put(project, longer, {}), 'invalid_request');
      expect(await setting.look(project, byId('two'))).toBe('not_found');

      const wider = await setting.store.changeProject(project.tenant, { retentionSeconds: 7_200 });
      expect((await setting.store.put(wider, longer, {})).created).toBe(true);
      const { found } = await setting.store.lookUp(project.tenant, byId('one'));
      expect(found?.expiresAt).toBe(setting.now + 3_600_000);
    });

    test('keeps each alias once and refuses more than eight', async () => {
      const project = await setting.newProject();
      const eight = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
      const twice = { sharedId: 's', aliases: [...eight, 'a', 'b'] };
      await setting.store.put(project, writeOf('one', twice), {});
      const { items } = await setting.store.list(project, {}, { limit: 1, after: null });
      expect(items[0]?.aliases).toEqual(setting.listed([...eight, 's'], 8));

      const nine = writeOf('two', { aliases: [...eight, 'i'] });
      await expectRefusal(setting.store.put(project, nine, {}), 'invalid_request');
      expect(await setting.look(project, byId('two'))).toBe('not_found');
      expect(await setting.look(project, bySharedId('a'))).toContain('"id":"one"');
    });

    test('moves a name over in one step: the loser drops it and its version rises', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('old', { sharedId: 's', aliases: ['a', 'k'] }), {});
      setting.clock.advance(5);
      await setting.store.put(project, writeOf('new', { sharedId: 'a', aliases: ['s'] }), {});

      const { found } = await setting.store.lookUp(project.tenant, byId('old'));
      expect(found?.body).toBe('{"id":"old","data":{}}');
      expect(Number(found?.etag.slice(1, -1))).toBeGreaterThan(1);
      expect(await setting.look(project, bySharedId('k'))).toBe(found?.body);
      const taken = '{"id":"new","shared_id":"a","data":{}}';
      expect(await setting.look(project, bySharedId('s'))).toBe(taken);
      expect(await setting.look(project, bySharedId('a'))).toBe(taken);

      const { items } = await setting.store.list(project, { id: 'old' }, { limit: 1, after: null });
      expect(items[0]).toMatchObject({
        sharedId: null,
        aliases: setting.listed(['k'], 1),
        updatedAt: setting.now,
      });
    });

    test('is refused where a precondition fails, and then nothing changes', async () => {
      const project = await setting.newProject();
      const put = (data: string, conditions: Parameters<typeof setting.store.put>[2]) =>
        setting.store.put(project, writeOf('one', { dataText: data }), conditions);
      await expectRefusal(put('{}', { ifMatch: '*' }), 'precondition_failed');
      await expectRefusal(put('{}', { ifMatch: [1] }), 'precondition_failed');
      expect(await setting.look(project, byId('one'))).toBe('not_found');

      expect((await put('{"n":1}', { ifNoneMatch: '*' })).created).toBe(true);
      await expectRefusal(put('{"n":2}', { ifNoneMatch: '*' }), 'precondition_failed');
      await expectRefusal(put('{"n":3}', { ifMatch: [2, 7] }), 'precondition_failed');
      expect(await setting.look(project, byId('one'))).toBe('{"id":"one","data":{"n":1}}');
      expect((await put('{"n":4}', { ifMatch: [7, 1] })).answer.etag).toBe('"2"');
      expect((await put('{"n":5}', { ifMatch: '*' })).answer.etag).toBe('"3"');
    });

    test('finds nothing to match in an expired state, and makes a new one of it', async () => {
      const project = await setting.newProject();
      const one = writeOf('one', { sharedId: 's', ttlSeconds: 1 });
      await setting.store.put(project, one, {});
      setting.clock.advance(1_000);
      await expectRefusal(setting.store.put(project, one, { ifMatch: [1] }), 'precondition_failed');
      const again = await setting.store.put(project, writeOf('one'), { ifNoneMatch: '*' });
      expect([again.created, again.answer.etag]).toEqual([true, '"2"']);
      expect(await setting.look(project, bySharedId('s'))).toBe('expired');
    });

    test('goes on with the version of an ended state while its tombstone lives', async () => {
      const project = await setting.newProject();
      const etags: string[] = [];
      const put = async () => {
        const write = writeOf('one', { ttlSeconds: 1 });
        const { created, answer } = await setting.store.put(project, write, {});
        expect(created).toBe(true);
        etags.push(answer.etag);
      };
      await put();
      await setting.store.erase(project, byId('one'), {});
      await put();
      setting.clock.advance(1_000);
      await setting.purgeAll();
      await put();
      setting.clock.advance(1_000);
      await put();
      setting.clock.advance(1_000 + 30 * 86_400_000);
      await setting.purgeAll();
      await put();
      expect(etags).toEqual(['"1"', '"2"', '"3"', '"4"', '"1"']);
    });

    test('of 200 at once on one id each gets a version of its own, the last one stays', async () => {
      const project = await setting.newProject();
      const writes = Array.from({ length: 200 }, (_, n) =>
        setting.store.put(project, writeOf('one', { dataText: `{"n":${n}}` }), {}),
      );
      const puts = await Promise.all(writes);
      const versions = puts.map(({ answer }) => Number(answer.etag.slice(1, -1)));
      expect(versions.toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 200 }, (_, n) => n + 1),
      );
      expect(puts.filter(({ created }) => created)).toHaveLength(1);
      const { found } = await setting.store.lookUp(project.tenant, byId('one'));
      expect(found).toMatchObject(puts.find(({ answer }) => answer.etag === '"200"')!.answer);
    });

    test('of 200 at once that name one version exactly one is let through', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one'), {});
      const writes = Array.from({ length: 200 }, (_, n) => {
        const write: HandoffWrite = writeOf('one', { dataText: `{"n":${n}}` });
        return setting.store.put(project, write, { ifMatch: [1] });
      });
      const results = await Promise.allSettled(writes);
      const through = results.filter(({ status }) => status === 'fulfilled');
      const refused = results.filter(({ status }) => status === 'rejected');
      expect([through.length, refused.length]).toEqual([1, 199]);
      for (const { reason } of refused as PromiseRejectedResult[]) {
        expect(reason).toMatchObject({ code: 'precondition_failed' });
      }
    });

    test('of many at once that claim one shared id one owns it and the others none', async () => {
      const project = await setting.newProject();
      const ids = Array.from({ length: 50 }, (_, n) => `id-${n}`);
      await Promise.all(
        ids.map((id) => setting.store.put(project, writeOf(id, { sharedId: 's' }), {})),
      );
      const bodies = await Promise.all(ids.map((id) => setting.look(project, byId(id))));
      const owners = bodies.filter((body) => body.includes('"shared_id":"s"'));
      expect(owners).toEqual([await setting.look(project, bySharedId('s'))]);
    });
  });
}
