// The contract of erasures by name, of receipts and of erased projects.

import { describe, expect, test } from 'vitest';
import { newKey } from '../../../src/key.js';
import { limits } from '../../../src/limits.js';
import type { Project } from '../../../src/project.js';
import { type ReceiptClaims, readReceipt } from '../../../src/receipt.js';
import type { KeptReceipt } from '../../../src/store/store.js';
import {
  byId,
  bySharedId,
  expectRefusal,
  type MakeStorePlace,
  type Setting,
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
      expect(await erasedIds(project, 'x')).toEqual(['holder', 'patched', 'replaced', 'taken-over']);
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

      const receipts = await setting.store.listProjectReceipts(accountId, { limit: 9, after: null });
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

function claimsOf(setting: Setting, receipt: string): ReceiptClaims {
  const claims = readReceipt(receipt, setting.store.signingKeys());
  expect(claims).toBeDefined();
  return claims!;
}

async function listed(setting: Setting, project: Project, id?: string): Promise<KeptReceipt[]> {
  const all: KeptReceipt[] = [];
  let after = null;
  do {
    const filter = id === undefined ? {} : { id };
    const page = await setting.store.listReceipts(project, filter, { limit: 2, after });
    all.push(...page.items);
    after = page.next;
  } while (after !== null);
  return all;
}

function receiptsOf(kept: readonly KeptReceipt[]): string[] {
  return kept.map(({ receipt }) => receipt);
}
