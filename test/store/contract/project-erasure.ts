// The contract of `eraseProject`: what is gone at once, what is left, and who notices when.

import { describe, expect, test } from 'vitest';
import { newKey } from '../../../src/key.js';
import type { Project } from '../../../src/project.js';
import { claimsOf, listed } from './receipts.js';
import {
  byId,
  bySharedId,
  expectRefusal,
  type MakeStorePlace,
  useStore,
  writeOf,
} from './setting.js';

export function projectErasureContract(makePlace: MakeStorePlace): void {
  describe('an erased project', () => {
    const setting = useStore(makePlace);

    async function filledProject(): Promise<Project> {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('erased'), {});
      await setting.store.erase(project, byId('erased'), {});
      for (let n = 0; n < 250; n++) {
        await setting.store.put(project, writeOf(`call-${n}`, { sharedId: 'x' }), {});
      }
      return project;
    }

    test('is found no more, nor anything of it, and its receipt is', async () => {
      const project = await filledProject();
      const { tenant, accountId, projectId } = project;
      // Often enough to be kept in memory.
      for (let n = 0; n < 3; n++) await setting.look(project, byId('call-1'));
      const erased = await setting.store.eraseProject(tenant, 'KEY');
      expect(erased).toMatchObject({ projectId, erasedAt: setting.now });
      expect(claimsOf(setting, erased.receipt)).toMatchObject({
        what: 'project',
        account_id: accountId,
        project_id: projectId,
        record: null,
        key_id: 'KEY',
      });
      expect(await setting.store.findProject(accountId, projectId)).toBeUndefined();
      await expectRefusal(setting.store.lookUp(tenant, byId('call-1')), 'forbidden');
      await expectRefusal(setting.store.put(project, writeOf('new'), {}), 'forbidden');
      await expectRefusal(setting.store.erase(project, byId('call-1'), {}), 'forbidden');
      await expectRefusal(setting.store.eraseProject(tenant), 'not_found');

      const receipts = await setting.store.listProjectReceipts(accountId, {
        limit: 9,
        after: null,
      });
      expect(receipts).toEqual({ items: [erased], next: null });
      setting.clock.advance(3_600_000);
      expect(await setting.purgeAll()).toBeGreaterThan(250);
      const all = await setting.store.list(project, {}, { limit: 9, after: null });
      expect([all.items, await listed(setting, project)]).toEqual([[], []]);
      expect(await setting.look(project, byId('call-1'))).toBe('not_found');
    });

    test('is out for another process that had read it, within the time of a revoked key', async () => {
      const project = await setting.newProject();
      const { tenant } = project;
      const other = await setting.place.open('tool', setting.clock.now);
      await other.put(project, writeOf('one'), {});
      expect((await other.lookUp(tenant, byId('one'))).found).toBeDefined();
      await setting.store.eraseProject(tenant);
      const refused = async () => {
        other.referenceVersion();
        return other.lookUp(tenant, byId('one')).then(
          () => 'found',
          ({ code }) => code,
        );
      };
      await expect.poll(refused, { timeout: 5_000 }).toBe('forbidden');
      await expectRefusal(other.put(project, writeOf('two'), {}), 'forbidden');
      await other.close();
      await setting.purgeAll();
      expect(await setting.look(project, byId('two'))).toBe('not_found');
    });

    test('takes the keys that reached it alone, and is lost to the others', async () => {
      const { accountId, projectId, tenant } = await setting.newProject({ accountSlug: 'keys' });
      const second = await setting.newProject({ accountSlug: 'keys', projectSlug: 'second' });
      const made = async (projects: string[] | null) => {
        const rest = { name: null, region: 'us-1', now: setting.now, expiresAt: null };
        const { key } = newKey({ ...rest, accountId, projects, permission: 'read' });
        await setting.store.createKey(key);
        return async () => {
          const found = await setting.store.findKey(key.keyId);
          return [found?.projects, found?.revokedAt];
        };
      };
      const alone = await made([projectId]);
      const both = await made([projectId, second.projectId]);
      const other = await made([second.projectId]);
      const whole = await made(null);
      await setting.store.eraseProject(tenant);
      expect(await alone()).toEqual([[projectId], setting.now]);
      expect(await both()).toEqual([[second.projectId], null]);
      expect(await other()).toEqual([[second.projectId], null]);
      expect(await whole()).toEqual([null, null]);
    });

    test('leaves its id and slug to a new one, which has nothing of it', async () => {
      const wanted = { accountSlug: 'anew', projectSlug: 'one', projectId: 'PROJECT-ANEW' };
      const project = await setting.newProject(wanted);
      await setting.newProject({ accountSlug: 'anew', projectSlug: 'two' });
      await setting.store.put(project, writeOf('one', { sharedId: 'x' }), {});
      await setting.store.eraseProject(project.tenant);
      const anew = await setting.newProject(wanted);
      expect(anew.tenant).not.toBe(project.tenant);
      expect(await setting.look(anew, byId('one'))).toBe('not_found');
      await setting.store.put(anew, writeOf('two', { sharedId: 'x' }), {});
      setting.clock.advance(61_000);
      await setting.purgeAll();
      expect(await setting.look(anew, bySharedId('x'))).toContain('"two"');
    });

    test('of many erasures at once one is the one', async () => {
      const { tenant } = await setting.newProject();
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, () => setting.store.eraseProject(tenant)),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });
  });
}
