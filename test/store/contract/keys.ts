// The contract of API keys: kept whole, listed within the reach, ended for good.

import { describe, expect, test } from 'vitest';
import { type ApiKey, newKey, rotatedKey } from '../../../src/key.js';
import type { PageRequest, Reach } from '../../../src/store/store.js';
import { expectRefusal, type MakeStorePlace, useStore } from './setting.js';

export function keysContract(makePlace: MakeStorePlace): void {
  describe('a key', () => {
    const setting = useStore(makePlace);

    async function createKey(wanted: Partial<Parameters<typeof newKey>[0]> = {}): Promise<ApiKey> {
      const { key } = keyOf(wanted);
      await setting.store.createKey(key);
      return key;
    }

    function keyOf(wanted: Partial<Parameters<typeof newKey>[0]>): { key: ApiKey } {
      return newKey({
        name: null,
        accountId: 'ws-1',
        projects: null,
        permission: 'write',
        region: 'us-1',
        now: setting.now,
        expiresAt: null,
        ...wanted,
      });
    }

    async function listAll(reach: Reach, limit = 200): Promise<ApiKey[]> {
      const keys: ApiKey[] = [];
      let after: PageRequest['after'] = null;
      do {
        const { items, next } = await setting.store.listKeys(reach, { limit, after });
        keys.push(...items);
        after = next;
      } while (after !== null);
      return keys;
    }

    test('is found as it was made', async () => {
      const wanted = { name: 'desk', projects: ['P-1', 'P-2'], expiresAt: setting.now + 5_000 };
      for (const key of [await createKey(wanted), await createKey()]) {
        const found = await setting.store.findKey(key.keyId);
        expect({ ...found, secretHash: undefined }).toEqual({ ...key, secretHash: undefined });
        expect(Buffer.from(found!.secretHash)).toEqual(Buffer.from(key.secretHash));
      }
      expect(await setting.store.findKey('AAAAAAAAAAAA')).toBeUndefined();
    });

    test('is found, listed and handed on with its view', async () => {
      const accountId = 'ws-views';
      const views = ['full', 'masked', { allow: ['/a', '/é "/*'] }] as const;
      for (const view of views) {
        const old = await createKey({ accountId, permission: 'read', view });
        const life = { now: setting.now, expiresAt: undefined, expiresAtMost: null };
        const { key: successor } = rotatedKey(old, life);
        await setting.store.rotateKey(old.keyId, successor, setting.now);
        for (const { keyId } of [old, successor]) {
          expect((await setting.store.findKey(keyId))?.view).toEqual(view);
        }
        expect((await setting.store.revokeKey(old.keyId, setting.now)).view).toEqual(view);
        setting.clock.advance(1_000);
      }
      const listed = (await listAll({ accountId, projects: null })).map(({ view }) => view);
      expect(listed).toEqual(views.toReversed().flatMap((view) => [view, view]));
    });

    test('is listed newest first, page by page, within the reach', async () => {
      const accountId = 'ws-listed';
      const keys: Record<string, string> = {};
      const projects = { all: null, one: ['P-1'], two: ['P-2'], both: ['P-1', 'P-2'] };
      for (const [name, ofProjects] of Object.entries(projects)) {
        const key = await createKey({ accountId, projects: ofProjects, name });
        keys[name] = key.keyId;
        setting.clock.advance(1_000);
      }
      const namesIn = async (reach: string[] | null, limit: number) =>
        (await listAll({ accountId, projects: reach }, limit)).map(({ name }) => name);
      for (const limit of [1, 2, 4, 5]) {
        expect(await namesIn(null, limit)).toEqual(['both', 'two', 'one', 'all']);
        expect(await namesIn(['P-1'], limit)).toEqual(['one']);
        expect(await namesIn(['P-2', 'P-1'], limit)).toEqual(['both', 'two', 'one']);
        expect(await namesIn(['P-3'], limit)).toEqual([]);
      }
      expect(await listAll({ accountId: 'ws-none', projects: null })).toEqual([]);
    });

    test('is rotated: the successor is there, the old one ends, no later than before', async () => {
      const endless = await createKey();
      const short = await createKey({ expiresAt: setting.now + 1_000 });
      for (const old of [endless, short]) {
        const { key: successor } = keyOf({ name: 'successor' });
        await setting.store.rotateKey(old.keyId, successor, setting.now + 5_000);
        expect(await setting.store.findKey(successor.keyId)).toMatchObject({ name: 'successor' });
        const ended = await setting.store.findKey(old.keyId);
        expect(ended?.expiresAt).toBe(setting.now + (old === short ? 1_000 : 5_000));
      }
      const { key } = keyOf({});
      await expectRefusal(setting.store.rotateKey('AAAAAAAAAAAA', key, setting.now), 'not_found');
      expect(await setting.store.findKey(key.keyId)).toBeUndefined();
    });

    test('is rotated once, and not after it was revoked', async () => {
      const [rotated, revoked] = [await createKey(), await createKey()];
      await setting.store.rotateKey(rotated.keyId, keyOf({}).key, setting.now + 5_000);
      await setting.store.revokeKey(revoked.keyId, setting.now);
      for (const { keyId } of [rotated, revoked]) {
        const { key } = keyOf({});
        const again = setting.store.rotateKey(keyId, key, setting.now + 9_000);
        await expectRefusal(again, 'conflict');
        expect(await setting.store.findKey(key.keyId)).toBeUndefined();
      }
      const { expiresAt } = (await setting.store.findKey(rotated.keyId))!;
      expect(expiresAt).toBe(setting.now + 5_000);
    });

    test('or a project raises the reference version before its change is acknowledged', async () => {
      const project = await setting.newProject();
      const key = await createKey();
      const { key: successor } = keyOf({});
      const changes = [
        () => setting.store.createKey(keyOf({}).key),
        () => setting.store.rotateKey(key.keyId, successor, setting.now),
        () => setting.store.revokeKey(successor.keyId, setting.now),
        () => setting.newProject(),
        () => setting.store.changeProject(project.tenant, { retentionSeconds: 60 }),
      ];
      for (const change of changes) {
        const before = setting.store.referenceVersion();
        await change();
        expect(setting.store.referenceVersion()).toBeGreaterThan(before);
      }
    });

    test('is revoked for good, at the first time that it was asked', async () => {
      const key = await createKey();
      expect((await setting.store.findKey(key.keyId))?.revokedAt).toBe(null);
      const revoked = await setting.store.revokeKey(key.keyId, setting.now);
      expect(revoked.revokedAt).toBe(setting.now);
      const again = await setting.store.revokeKey(key.keyId, setting.now + 1_000);
      expect(again.revokedAt).toBe(setting.now);
      expect((await setting.store.findKey(key.keyId))?.revokedAt).toBe(setting.now);
      await expectRefusal(setting.store.revokeKey('AAAAAAAAAAAA', setting.now), 'not_found');
    });

    test('shows when it was last used, however late and in which order that is told', async () => {
      const accountId = 'ws-used';
      const key = await createKey({ accountId });
      await setting.store.noteKeyUse(new Map([[key.keyId, setting.now + 2_000]]));
      const early = new Map([
        [key.keyId, setting.now + 1_000],
        ['AAAAAAAAAAAA', setting.now],
      ]);
      await setting.store.noteKeyUse(early);
      const [listed] = await listAll({ accountId, projects: null });
      expect(listed?.lastUsedAt).toBe(setting.now + 2_000);
    });

    test('that another process makes or revokes is seen within a second', async () => {
      const other = await setting.place.open('tool', setting.clock.now);
      try {
        const key = await createKey();
        expect((await setting.store.findKey(key.keyId))?.revokedAt).toBe(null);
        const { key: made } = keyOf({ name: 'made beside' });
        expect(await setting.store.findKey(made.keyId)).toBeUndefined();
        const before = setting.store.referenceVersion();
        await other.createKey(made);
        await other.revokeKey(key.keyId, setting.now);
        await expect
          .poll(() => setting.store.referenceVersion(), { timeout: 1_000 })
          .toBeGreaterThan(before);
        expect((await setting.store.findKey(key.keyId))?.revokedAt).toBe(setting.now);
        expect(await setting.store.findKey(made.keyId)).toMatchObject({ name: 'made beside' });
      } finally {
        await other.close();
      }
    });
  });
}
