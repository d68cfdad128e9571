// The contract of erasures by name, and of the receipts that every erasure leaves.

import { describe, expect, test } from 'vitest';
import { limits } from '../../../src/limits.js';
import type { Project } from '../../../src/project.js';
import { openStore } from '../../../src/store/open.js';
import { claimsOf, listed, receiptsOf } from './receipts.js';
import {
  byId,
  bySharedId,
  expectRefusal,
  type MakeStorePlace,
  useStore,
  writeOf,
} from './setting.js';

export function erasureContract(makePlace: MakeStorePlace): void {
  receiptContract(makePlace);
  namedErasureContract(makePlace);
}

function receiptContract(makePlace: MakeStorePlace): void {
  describe('a receipt', () => {
    const setting = useStore(makePlace);

    test('says what was erased, when and by which key, and names nobody', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('call-1', { sharedId: 'crm-1' }), {});
      const { receipt } = await setting.store.erase(project, bySharedId('crm-1'), {}, 'KEY');
      const claims = claimsOf(setting, receipt);
      expect(claims).toEqual({
        iss: 'us-1',
        iat: Math.floor(setting.now / 1000),
        jti: expect.stringMatching(/^[\w-]{16}$/),
        what: 'handoff_state',
        account_id: project.accountId,
        project_id: project.projectId,
        record: expect.stringMatching(/^hash:[\w-]{22}$/),
        erased_at: new Date(setting.now).toISOString(),
        key_id: 'KEY',
      });
      const { items } = await setting.store.list(project, {}, { limit: 1, after: null });
      expect(items[0]?.id).toBe(claims.record);
    });

    test('is signed by a key that is the same in another process and after another start', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one'), {});
      const { receipt } = await setting.store.erase(project, byId('one'), {});
      const before = setting.store.signingKeys();
      expect(Object.keys(before[0]!).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
      const other = await setting.place.open('tool', setting.clock.now);
      expect(other.signingKeys()).toEqual(before);
      await other.close();
      await setting.store.close();
      setting.store = await setting.place.open('server', setting.clock.now);
      expect(claimsOf(setting, receipt).key_id).toBeNull();
    });

    test('outlives the master key that wrapped the key that signed it', async () => {
      const place = await makePlace();
      const first = place.config.masterKey ?? 'a1'.repeat(32);
      const second = 'b2'.repeat(32);
      const openWith = (masterKey: string) =>
        openStore({ ...place.config, masterKey }, { role: 'server' });
      let store = await openWith(first);
      const before = store.signingKeys();
      await store.close();
      store = await openWith(`${second} ${first}`);
      expect(await store.rewrapKeys()).toBeGreaterThan(0);
      expect(await store.rewrapKeys()).toBe(0);
      await store.close();
      store = await openWith(second);
      expect(store.signingKeys()).toEqual(before);
      await store.close();
      await expect(openWith(first)).rejects.toThrow('This master key is not the one');
      await place.remove();
    });

    test('is found by the id, by its hash and among all of the project', async () => {
      const project = await setting.newProject();
      const other = await setting.newProject();
      const receipts: string[] = [];
      for (const id of ['one', 'two', 'one']) {
        await setting.store.put(project, writeOf(id), {});
        receipts.unshift((await setting.store.erase(project, byId(id), {})).receipt);
        setting.clock.advance(1);
      }
      const [again, two, first] = receipts;
      expect(receiptsOf(await listed(setting, project))).toEqual(receipts);
      expect(receiptsOf(await listed(setting, project, 'one'))).toEqual([again, first]);
      const [{ record } = { record: '' }] = await listed(setting, project, 'two');
      expect(receiptsOf(await listed(setting, project, record))).toEqual([two]);
      expect(await listed(setting, project, 'three')).toEqual([]);
      expect(await listed(setting, other, 'one')).toEqual([]);
    });

    test('is kept for 400 days', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('old'), {});
      await setting.store.erase(project, byId('old'), {});
      setting.clock.advance(limits.receiptSeconds * 1000 - 1);
      await setting.purgeAll();
      expect(await listed(setting, project)).toHaveLength(1);
      setting.clock.advance(1);
      await setting.purgeAll();
      expect(await listed(setting, project)).toEqual([]);
    });

    test('is not made of what was not erased', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one'), {});
      const refused = setting.store.erase(project, byId('one'), { ifMatch: [2] });
      await expectRefusal(refused, 'precondition_failed');
      expect(await listed(setting, project)).toEqual([]);
    });
  });
}

function namedErasureContract(makePlace: MakeStorePlace): void {
  describe.each([{ hashIds: false }, { hashIds: true }])('an erasure by name, %o', (wanted) => {
    const setting = useStore(makePlace);
    const newProject = () => setting.newProject(wanted);

    async function erasedIds(project: Project, name: string): Promise<string[]> {
      const erased = await setting.store.eraseNamed(project, name, 'KEY');
      for (const { id, erasedAt, receipt } of erased) {
        expect(erasedAt).toBe(setting.now);
        expect(claimsOf(setting, receipt)).toMatchObject({ what: 'handoff_state', key_id: 'KEY' });
        expect(receiptsOf(await listed(setting, project, id))).toContain(receipt);
        expect(await setting.look(project, byId(id))).toBe('erased');
      }
      return erased.map(({ id }) => id).toSorted();
    }

    test('takes who has it and everybody who lost it, however that came', async () => {
      const project = await newProject();
      const { store } = setting;
      await store.put(project, writeOf('taken-over', { sharedId: 'x' }), {});
      await store.put(project, writeOf('replaced', { aliases: ['x'] }), {});
      await store.put(project, writeOf('replaced'), {});
      await store.put(project, writeOf('patched', { sharedId: 'x', aliases: ['y'] }), {});
      await store.patch(project, byId('patched'), { sharedId: null }, {});
      await store.put(project, writeOf('holder', { aliases: ['x'] }), {});
      await store.put(project, writeOf('never', { sharedId: 'y2' }), {});
      expect(await erasedIds(project, 'x')).toEqual([
        'holder',
        'patched',
        'replaced',
        'taken-over',
      ]);
      expect(await setting.look(project, byId('never'))).toContain('never');
      expect(await setting.look(project, bySharedId('y'))).toBe('erased');
      await expectRefusal(store.eraseNamed(project, 'x'), 'handoff_state_not_found');
    });

    test('does not take a state by its id, nor one that had the name in an earlier life', async () => {
      const project = await newProject();
      const { store } = setting;
      await store.put(project, writeOf('x'), {});
      await store.put(project, writeOf('one', { sharedId: 'x', ttlSeconds: 1 }), {});
      await store.put(project, writeOf('one', { ttlSeconds: 1 }), {});
      setting.clock.advance(1_000);
      await expectRefusal(store.eraseNamed(project, 'x'), 'handoff_state_not_found');
      await store.put(project, writeOf('one'), {});
      await expectRefusal(store.eraseNamed(project, 'x'), 'handoff_state_not_found');
      expect(await setting.look(project, byId('x'))).toContain('"x"');
    });

    test('takes nothing of another project', async () => {
      const [project, other] = [await newProject(), await newProject()];
      await setting.store.put(other, writeOf('one', { sharedId: 'x' }), {});
      await expectRefusal(setting.store.eraseNamed(project, 'x'), 'handoff_state_not_found');
      expect(await setting.look(other, bySharedId('x'))).toContain('"one"');
    });

    test('among writes that claim the name leaves nobody who had it', async () => {
      const project = await newProject();
      const ids = Array.from({ length: 60 }, (_, n) => `call-${n}`);
      const erased = new Set<string>();
      const eraseSome = async () => {
        const some = await setting.store.eraseNamed(project, 'x').catch(() => []);
        for (const { id } of some) erased.add(id);
        return some.length;
      };
      const writes = ids.map((id, n) => {
        const write = setting.store.put(project, writeOf(id, { sharedId: 'x' }), {});
        return n % 6 === 0 ? Promise.all([write, eraseSome()]) : write;
      });
      await Promise.all(writes);
      while ((await eraseSome()) > 0);
      expect([...erased].toSorted()).toEqual(ids.toSorted());
      for (const id of ids) expect(await setting.look(project, byId(id))).toBe('erased');
    });

    test('takes no more than its limit at once, and the rest when it is asked again', async () => {
      const project = await newProject();
      const max = limits.erasedTogetherMax;
      for (let n = 0; n <= max; n++) {
        await setting.store.put(project, writeOf(`call-${n}`, { sharedId: 'x' }), {});
      }
      expect(await setting.store.eraseNamed(project, 'x')).toHaveLength(max);
      expect(await setting.store.eraseNamed(project, 'x')).toHaveLength(1);
      await expectRefusal(setting.store.eraseNamed(project, 'x'), 'handoff_state_not_found');
    }, 60_000);
  });
}
