// The contract of `patch`: merges into a live state in one step, or changes nothing.

import { describe, expect, test } from 'vitest';
import { limits } from '../../../src/limits.js';
import type { NewProject } from '../../../src/project.js';
import {
  byId,
  bySharedId,
  expectRefusal,
  type MakeStorePlace,
  useStore,
  writeOf,
} from './setting.js';

export function patchContract(makePlace: MakeStorePlace, projects: Partial<NewProject> = {}): void {
  describe('a patch', () => {
    const setting = useStore(makePlace, projects);

    test('merges data and leaves the rest as it was', async () => {
      const project = await setting.newProject();
      const dataText = '{"big":12345678901234567890,"gone":1,"in":{"a":1.10,"b":2}}';
      const names = { sharedId: 's', aliases: ['a'], ttlSeconds: 10 };
      const { answer } = await setting.store.put(
        project,
        writeOf('one', { ...names, dataText }),
        {},
      );
      setting.clock.advance(1_000);
      const patch = { dataPatchText: '{"gone":null,"in":{"b":3},"new":[1]}' };

      const patched = await setting.store.patch(project, bySharedId('a'), patch, {});
      expect(patched.body).toBe(
        '{"id":"one","shared_id":"s",' +
          '"data":{"big":12345678901234567890,"in":{"a":1.10,"b":3},"new":[1]}}',
      );
      expect([patched.etag, patched.expiresAt]).toEqual(['"2"', answer.expiresAt]);
      expect(patched.lastModified).toBe(new Date(setting.now).toUTCString());
      for (const name of [byId('one'), bySharedId('s'), bySharedId('a')]) {
        expect(await setting.store.lookUp(project.tenant, name)).toMatchObject({ found: patched });
      }
    });

    test('replaces names, removes them where it says null, and takes over those of others', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('other', { sharedId: 'x' }), {});
      await setting.store.put(project, writeOf('one', { sharedId: 's', aliases: ['a', 'b'] }), {});

      await setting.store.patch(project, byId('one'), { sharedId: 'x', aliases: ['b', 'c'] }, {});
      const body = '{"id":"one","shared_id":"x","data":{}}';
      for (const name of ['x', 'b', 'c']) {
        expect(await setting.look(project, bySharedId(name))).toBe(body);
      }
      for (const name of ['s', 'a']) {
        expect(await setting.look(project, bySharedId(name))).toBe('not_found');
      }
      expect(await setting.look(project, byId('other'))).toBe('{"id":"other","data":{}}');

      await setting.store.patch(project, byId('one'), { sharedId: null, aliases: null }, {});
      for (const name of ['x', 'b', 'c']) {
        expect(await setting.look(project, bySharedId(name))).toBe('not_found');
      }
    });

    test('starts the expiry anew with a ttl, and with null at the retention', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one', { ttlSeconds: 10 }), {});
      setting.clock.advance(5_000);
      const patch = (ttlSeconds: number | null) =>
        setting.store.patch(project, byId('one'), { ttlSeconds }, {});
      expect((await patch(20)).expiresAt).toBe(setting.now + 20_000);
      expect((await patch(null)).expiresAt).toBe(setting.now + 3_600_000);
      await expectRefusal(patch(3_601), 'invalid_request');
    });

    test('tells why there is nothing, but first that a precondition fails', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('old', { sharedId: 'old-s', ttlSeconds: 1 }), {});
      await setting.store.put(project, writeOf('erased', { sharedId: 'erased-s' }), {});
      await setting.store.erase(project, byId('erased'), {});
      setting.clock.advance(1_000);
      const cases = [
        [byId('never'), 'handoff_state_not_found'],
        [byId('old'), 'handoff_state_expired'],
        [bySharedId('old-s'), 'handoff_state_expired'],
        [byId('erased'), 'handoff_state_erased'],
        [bySharedId('erased-s'), 'handoff_state_erased'],
      ] as const;
      for (const [name, code] of cases) {
        const patch = { dataPatchText: '{"a":1}' };
        await expectRefusal(setting.store.patch(project, name, patch, {}), code);
        const conditions = { ifMatch: [1] };
        await expectRefusal(
          setting.store.patch(project, name, patch, conditions),
          'precondition_failed',
        );
      }
    });

    test('changes nothing where the version is another, or the result beyond a limit', async () => {
      const project = await setting.newProject();
      const big = `{"text":"${'x'.repeat(limits.dataBytesMax - 20)}"}`;
      const aliases = ['a', 'b', 'c'];
      await setting.store.put(project, writeOf('one', { aliases, dataText: big }), {});
      const before = await setting.store.lookUp(project.tenant, byId('one'));
      const levels = limits.dataLevelsMax;
      const deep = `${'{"a":'.repeat(levels)}{}${'}'.repeat(levels)}`;
      const many = Array.from({ length: limits.aliasesMax + 1 }, (_, n) => `alias-${n}`);
      const cases = [
        [{ dataPatchText: '{"more":"xxxxxxxxxxxxxxxxxxxx"}' }, {}, 'payload_too_large'],
        [{ dataPatchText: `{"text":1,"deep":${deep}}` }, {}, 'invalid_request'],
        [{ sharedId: 's', aliases: many }, {}, 'invalid_request'],
        [{ id: 'two', sharedId: 's' }, {}, 'invalid_request'],
        [{ sharedId: 's' }, { ifMatch: [2] }, 'precondition_failed'],
      ] as const;
      for (const [patch, conditions, code] of cases) {
        await expectRefusal(setting.store.patch(project, byId('one'), patch, conditions), code);
      }
      expect(await setting.store.lookUp(project.tenant, byId('one'))).toEqual(before);
      expect(await setting.look(project, bySharedId('s'))).toBe('not_found');

      const same = { id: 'one', sharedId: 's' };
      const patched = await setting.store.patch(project, byId('one'), same, { ifMatch: [1] });
      expect(patched.etag).toBe('"2"');
    });

    test('of 100 at once loses none', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one'), {});
      const members = Array.from({ length: 100 }, (_, n) => `member-${n}`);
      await Promise.all(
        members.map((member) =>
          setting.store.patch(project, byId('one'), { dataPatchText: `{"${member}":1}` }, {}),
        ),
      );
      const { found } = await setting.store.lookUp(project.tenant, byId('one'));
      expect(Object.keys(JSON.parse(found!.body).data).toSorted()).toEqual(members.toSorted());
      expect(found!.etag).toBe('"101"');
    });
  });
}
