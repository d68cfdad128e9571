// Links: what they are bound to, what their first opening leaves, and what ends them.

import { expect, test } from 'vitest';
import { type BoundState, type NewLink, newLinkToken } from '../../../src/link.js';
import type { NewProject, Project } from '../../../src/project.js';
import { openRows } from '../../support/stored-rows.js';
import {
  byId,
  bySharedId,
  type MakeStorePlace,
  type Setting,
  useStore,
  writeOf,
} from './setting.js';

export function linksContract(makePlace: MakeStorePlace, projects: Partial<NewProject> = {}): void {
  const setting = useStore(makePlace, projects);

  test('a link that is bound stays bound when its name is taken over', async () => {
    const { store } = setting;
    const project = await setting.newProject();
    await store.put(project, writeOf('one', { sharedId: 'desk' }), {});
    const link = await made(setting, project, { state: await stateOf(setting, project, 'one') });
    await store.put(project, writeOf('two', { sharedId: 'desk' }), {});

    const kept = await store.findLink(project.tenant, link.linkHash);
    expect(kept).toMatchObject({ keyId: 'key', projectId: project.projectId, openedAt: null });
    const two = await stateOf(setting, project, 'two');
    const other = await store.openLink(project.tenant, link.linkHash, two, setting.now);
    expect(other).toEqual(kept);
    const { found } = await store.lookUp(project.tenant, kept!.name);
    expect(found?.body).toContain('"one"');
    expect(found?.record.writtenAt).toBe(kept!.state?.writtenAt);
  });

  test('a link that waits leads to its name, and is bound by its first opening for good', async () => {
    const { store } = setting;
    const project = await setting.newProject();
    const { tenant } = project;
    const link = await made(setting, project, {});
    const waiting = await store.findLink(tenant, link.linkHash);
    expect(waiting?.state).toBe(null);
    expect(await setting.look(project, waiting!.name)).toBe('not_found');

    await store.put(project, writeOf('one', { sharedId: 'desk' }), {});
    await store.put(project, writeOf('two'), {});
    expect(await setting.look(project, waiting!.name)).toContain('"one"');
    const one = await stateOf(setting, project, 'one');
    const first = await store.openLink(tenant, link.linkHash, one, setting.now);
    expect(first).toMatchObject({ openedAt: setting.now });
    const two = await stateOf(setting, project, 'two');
    const later = await store.openLink(tenant, link.linkHash, two, setting.now + 5);
    expect(later).toEqual(first);
    expect(await store.openLink(tenant, link.linkHash, one, setting.now + 9)).toEqual(first);
    expect(await store.findLink(tenant, link.linkHash)).toEqual(first);
    expect(await setting.look(project, first!.name)).toContain('"one"');
  });

  test('a link wakes who waits for the name that it holds', async () => {
    const { store } = setting;
    const project = await setting.newProject();
    const link = await made(setting, project, {});
    const { name } = (await store.findLink(project.tenant, link.linkHash))!;
    const woken = new Promise<void>((resolve) => {
      store.watch(project.tenant, name, resolve);
    });
    await store.put(project, writeOf('one', { sharedId: 'desk' }), {});
    await woken;
  });

  test('links go with the state that is erased: those bound to it, and those for its names', async () => {
    const { store } = setting;
    const project = await setting.newProject();
    const waiting = await made(setting, project, {});
    const other = await made(setting, project, { name: bySharedId('elsewhere') });
    const sameText = await made(setting, project, { name: byId('desk') });
    await store.put(project, writeOf('one', { sharedId: 'desk' }), {});
    const bound = await made(setting, project, { state: await stateOf(setting, project, 'one') });
    const late = { ...bound, linkHash: newHash(setting, project), state: bound.state };

    await store.erase(project, byId('one'), {});
    await store.createLink(project.tenant, late);
    expect(await isKept(setting, project, waiting)).toBe(false);
    expect(await isKept(setting, project, bound)).toBe(false);
    expect(await isKept(setting, project, late)).toBe(false);
    expect(await isKept(setting, project, other)).toBe(true);
    expect(await isKept(setting, project, sameText)).toBe(true);
    expect(
      await store.openLink(project.tenant, other.linkHash, bound.state!, setting.now),
    ).toBeUndefined();
  });

  test('an erasure by a name that a state has lost takes the links that wait for it', async () => {
    const { store } = setting;
    const project = await setting.newProject();
    await store.put(project, writeOf('one', { sharedId: 'desk' }), {});
    await store.patch(project, byId('one'), { sharedId: null }, {});
    const link = await made(setting, project, {});
    await store.eraseNamed(project, 'desk');
    expect(await isKept(setting, project, link)).toBe(false);
  });

  test('a link to a life that ended does not open the next one of the same id', async () => {
    const { store } = setting;
    const project = await setting.newProject();
    await store.put(project, writeOf('one', { ttlSeconds: 1 }), {});
    const state = await stateOf(setting, project, 'one');
    const link = await made(setting, project, { name: byId('one'), state });
    setting.clock.advance(2_000);
    await store.put(project, writeOf('one'), {});
    expect(await store.openLink(project.tenant, link.linkHash, state, setting.now)).toBeUndefined();
  });

  test('links are purged when their time is over, and in another project there are none', async () => {
    const { store } = setting;
    const project = await setting.newProject();
    const other = await setting.newProject();
    const short = await made(setting, project, { expiresAt: setting.now + 1_000 });
    const long = await made(setting, project, {});
    expect(await store.findLink(other.tenant, long.linkHash)).toBeUndefined();
    setting.clock.advance(1_000);
    expect(await setting.purgeAll()).toBeGreaterThan(0);
    expect(await isKept(setting, project, short)).toBe(false);
    expect(await isKept(setting, project, long)).toBe(true);
  });

  test('nothing that is stored makes a token, or names what a project hides', async () => {
    const project = await setting.newProject();
    const { tenant } = project;
    const { token, linkHash } = newLinkToken(setting.store, tenant);
    await setting.store.createLink(tenant, newLink(setting, project, { linkHash }));
    const [, id, signature] = token.slice(tenant.length).split('.');
    await made(setting, project, { name: bySharedId('a name that is hidden') });
    const rows = await openRows(setting.place.config);
    const cells = (await rows.cells()).map(String).join('\n');
    await rows.close();
    expect(cells).toContain(linkHash);
    expect(cells).not.toContain(id);
    expect(cells).not.toContain(signature);
    expect(cells.includes('a name that is hidden')).toBe(!project.hashIds);
  });
}

function newHash({ store }: Setting, { tenant }: Project): string {
  return newLinkToken(store, tenant).linkHash;
}

function newLink(setting: Setting, project: Project, wanted: Partial<NewLink>): NewLink {
  return {
    linkHash: newHash(setting, project),
    keyId: 'key',
    projectId: project.projectId,
    name: bySharedId('desk'),
    state: null,
    createdAt: setting.now,
    expiresAt: setting.now + 3_600_000,
    isOneTime: false,
    ...wanted,
  };
}

async function made(
  setting: Setting,
  project: Project,
  wanted: Partial<NewLink>,
): Promise<NewLink> {
  const link = newLink(setting, project, wanted);
  await setting.store.createLink(project.tenant, link);
  return link;
}

async function stateOf(setting: Setting, project: Project, id: string): Promise<BoundState> {
  const { found } = await setting.store.lookUp(project.tenant, byId(id));
  return { id: found!.record.id, writtenAt: found!.record.writtenAt, etag: found!.etag };
}

async function isKept({ store }: Setting, { tenant }: Project, link: NewLink): Promise<boolean> {
  return (await store.findLink(tenant, link.linkHash)) !== undefined;
}
