// The contract of projects: their addresses, what is taken, what changes, and who sees which.

import { describe, expect, test } from 'vitest';
import { newKey } from '../../../src/key.js';
import { newProject, type Project } from '../../../src/project.js';
import type { PageRequest, Reach } from '../../../src/store/store.js';
import { expectRefusal, type MakeStorePlace, useStore } from './setting.js';

export function projectsContract(makePlace: MakeStorePlace): void {
  describe('a project', () => {
    const setting = useStore(makePlace);
    const find = (account: string, project: string) => setting.store.findProject(account, project);

    async function listAll(reach: Reach, limit: number): Promise<string[]> {
      const ids: string[] = [];
      let after: PageRequest['after'] = null;
      do {
        const { items, next } = await setting.store.listProjects(reach, { limit, after });
        ids.push(...items.map(({ projectId }: Project) => projectId));
        after = next;
      } while (after !== null);
      return ids;
    }

    test('is found by ids and slugs in every mixture, and nowhere else', async () => {
      const wanted = { accountSlug: 'acme', projectSlug: 'team', accountId: 'ws-acme' };
      const made = await setting.store.createProject(wanted);
      expect(made).toMatchObject({ ...wanted, retentionSeconds: 604_800, createdAt: setting.now });
      expect(made).toMatchObject({ sensitiveFields: [], sensitiveLastFour: false });
      for (const account of ['acme', 'ws-acme']) {
        for (const project of ['team', made.projectId]) {
          expect(await find(account, project)).toEqual(made);
        }
        expect(await setting.store.findAccount(account)).toBe('ws-acme');
        expect(await find(account, 'other')).toBeUndefined();
      }
      expect(await find('other', 'team')).toBeUndefined();
      expect(await setting.store.findAccount('other')).toBeUndefined();
    });

    test('joins the account whose id or slug it names', async () => {
      const first = await setting.newProject({ accountSlug: 'joined', projectSlug: 'first' });
      const bySlug = await setting.newProject({ accountSlug: 'joined', projectSlug: 'second' });
      const byId = await setting.newProject({ accountId: first.accountId, projectSlug: 'third' });
      for (const { accountId, accountSlug, tenant } of [bySlug, byId]) {
        expect([accountId, accountSlug]).toEqual([first.accountId, 'joined']);
        expect(tenant).not.toBe(first.tenant);
      }
    });

    test('is refused where an id or slug is taken, by an id or by a slug', async () => {
      const taken = { accountSlug: 'full', projectSlug: 'one', projectId: 'PROJECT-ONE' };
      const { accountId } = await setting.newProject(taken);
      const accountSlug = 'full';
      const attempts = [
        { accountSlug, projectSlug: 'one' },
        { accountSlug, projectSlug: 'two', projectId: 'PROJECT-ONE' },
        { accountSlug, projectSlug: 'two', projectId: 'one' },
        { accountId: 'ws-other', accountSlug, projectSlug: 'two' },
        { accountId, accountSlug: 'renamed', projectSlug: 'two' },
        { accountId: 'full', accountSlug: 'more', projectSlug: 'two' },
      ];
      for (const attempt of attempts) {
        await expectRefusal(setting.store.createProject(attempt), 'conflict');
      }
      expect(await listAll({ accountId, projects: null }, 10)).toEqual(['PROJECT-ONE']);
      expect(await setting.store.findAccount('more')).toBeUndefined();
    });

    test('of many at once with one slug only one is made', async () => {
      const wanted = { accountSlug: 'race', projectSlug: 'one' };
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, () => setting.store.createProject(wanted)),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    test('is changed, and found by its new slug at once, by the old one no more', async () => {
      const project = await setting.newProject({ accountSlug: 'moving', projectSlug: 'before' });
      const settings = { projectSlug: 'after', retentionSeconds: 60, pickupDeadlineSeconds: 5 };
      expect(await find('moving', 'before')).toEqual(project);
      const changed = await setting.store.changeProject(project.tenant, settings);
      expect(changed).toEqual({ ...project, ...settings });
      expect(await find('moving', 'after')).toEqual(changed);
      expect(await find('moving', 'before')).toBeUndefined();

      const slug = { projectSlug: 'taken' };
      await setting.newProject({ accountSlug: 'moving', ...slug });
      await expectRefusal(setting.store.changeProject(project.tenant, slug), 'conflict');
      await expectRefusal(setting.store.changeProject('nobody', slug), 'not_found');
      expect(await find('moving', 'after')).toEqual(changed);
      const same = { projectSlug: 'after' };
      expect(await setting.store.changeProject(project.tenant, same)).toEqual(changed);
    });

    test('is made and changed with what is sensitive, each part by itself', async () => {
      const accountSlug = 'private';
      const sensitive = { sensitiveFields: ['/a b', '/é/*/"'], sensitiveLastFour: true };
      const made = await setting.newProject({ accountSlug, projectSlug: 'one', ...sensitive });
      expect(made).toMatchObject(sensitive);
      expect(await find(accountSlug, 'one')).toEqual(made);

      const { tenant } = made;
      const hidden = await setting.store.changeProject(tenant, { sensitiveLastFour: false });
      expect(hidden).toEqual({ ...made, sensitiveLastFour: false });
      const later = await setting.store.changeProject(tenant, { retentionSeconds: 60 });
      expect(later).toEqual({ ...hidden, retentionSeconds: 60 });
      const open = await setting.store.changeProject(tenant, { sensitiveFields: [] });
      expect(open).toEqual({ ...later, sensitiveFields: [] });
      expect(await find(accountSlug, 'one')).toEqual(open);
      const { items } = await setting.store.listProjects(
        { accountId: made.accountId, projects: null },
        { limit: 1, after: null },
      );
      expect(items).toEqual([open]);
    });

    test('is listed newest first, page by page, within the reach', async () => {
      const ids: string[] = [];
      let accountId = '';
      for (const letter of ['a', 'b', 'c', 'd', 'e']) {
        const wanted = { accountSlug: 'listed', projectSlug: letter, projectId: `P-${letter}` };
        accountId = (await setting.newProject(wanted)).accountId;
        ids.unshift(`P-${letter}`);
        if (letter !== 'b') setting.clock.advance(1_000);
      }
      for (const limit of [1, 2, 5, 6]) {
        expect(await listAll({ accountId, projects: null }, limit)).toEqual(ids);
        expect(await listAll({ accountId, projects: ['P-b', 'P-d'] }, limit)).toEqual([
          'P-d',
          'P-b',
        ]);
      }
      expect(await listAll({ accountId, projects: [] }, 5)).toEqual([]);
      expect(await listAll({ accountId: 'ws-none', projects: null }, 5)).toEqual([]);
    });

    test('that another process makes or changes is seen within a second', async () => {
      const other = await setting.place.open('tool', setting.clock.now);
      try {
        const project = await setting.newProject({ accountSlug: 'beside', projectSlug: 'one' });
        expect(await find('beside', 'one')).toEqual(project);
        const before = setting.store.referenceVersion();
        await other.changeProject(project.tenant, { retentionSeconds: 61 });
        await other.createProject({ accountSlug: 'beside', projectSlug: 'two' });
        await expect
          .poll(() => setting.store.referenceVersion(), { timeout: 1_000 })
          .toBeGreaterThan(before);
        expect((await find('beside', 'one'))?.retentionSeconds).toBe(61);
        expect(await find('beside', 'two')).toBeDefined();
      } finally {
        await other.close();
      }
    });
  });

  describe('the first project', () => {
    const setting = useStore(makePlace);

    test('is made once with its keys, however many ask at once', async () => {
      const other = await setting.place.open('tool', setting.clock.now);
      const attempts = Array.from({ length: 10 }, (_, n) => {
        const names = { accountSlug: `account-${n}`, projectSlug: `project-${n}` };
        const project = newProject(names, 'us-1', setting.now);
        const { accountId } = project;
        const rest = { name: null, projects: null, region: 'us-1', expiresAt: null };
        const { key } = newKey({ ...rest, accountId, permission: 'read', now: setting.now });
        return { project, key, store: n % 2 === 0 ? setting.store : other };
      });
      const made = await Promise.all(
        attempts.map(({ project, key, store }) => store.initialise(project, [key])),
      );
      await other.close();
      expect(made.filter(Boolean)).toHaveLength(1);

      for (const [index, { project, key }] of attempts.entries()) {
        const found = await find(project);
        expect(found).toEqual(made[index] ? project : undefined);
        expect((await setting.store.findKey(key.keyId)) !== undefined).toBe(made[index]);
      }
      expect(await setting.store.initialise(attempts[0]!.project, [])).toBe(false);
    });

    function find(project: Project): Promise<Project | undefined> {
      return setting.store.findProject(project.accountSlug, project.projectSlug);
    }
  });
}
