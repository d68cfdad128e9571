// The contract of outcomes: pickups, look-ups that found nothing, what is missed, and their events.

import { describe, expect, test } from 'vitest';
import { limits } from '../../../src/limits.js';
import type { NewProject } from '../../../src/project.js';
import {
  decideAll,
  hourMs,
  listed,
  lookInVain,
  note,
  pickupOf,
  record,
  statsOf,
} from './outcome-calls.js';
import { byId, bySharedId, type MakeStorePlace, useStore, writeOf } from './setting.js';

export function outcomesContract(
  makePlace: MakeStorePlace,
  projects: Partial<NewProject> = {},
): void {
  const setting = useStore(makePlace, projects);
  const shown = (id: string) => (projects.hashIds ? expect.stringMatching(/^hash:/) : id);

  describe('a pickup', () => {
    test('counts once, however many tell of it, with the time since the first write', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one'), {});
      const pickup = await pickupOf(setting, project, byId('one'));
      setting.clock.advance(2_500);
      const told = { ...pickup, at: setting.now };
      expect((await record(setting, { pickups: [told, told] })).pickups).toEqual([
        { delayMs: 2_500, late: false, isNewlyMissed: false },
      ]);
      expect((await record(setting, { pickups: [told] })).pickups).toEqual([]);
      const { total } = await statsOf(setting, project);
      expect(total).toMatchObject({ written: 1, pickedUp: 1, pending: 0 });
      expect(total.timeToPickupMs).toEqual({ p50: 2_500, p95: 2_500 });
      expect(await listed(setting, project)).toMatchObject([
        { status: 'picked_up', pickedUpAt: told.at },
      ]);
    });

    test('stays when the state is replaced, and is of one life of an id alone', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one', { ttlSeconds: 60 }), {});
      const pickup = await pickupOf(setting, project, byId('one'));
      await record(setting, { pickups: [pickup] });
      await setting.store.put(project, writeOf('one', { ttlSeconds: 60 }), {});
      expect((await statsOf(setting, project)).total).toMatchObject({ written: 1, pickedUp: 1 });
      setting.clock.advance(61_000);
      await setting.store.put(project, writeOf('one'), {});
      expect((await record(setting, { pickups: [pickup] })).pickups).toEqual([]);
      expect(await listed(setting, project)).toMatchObject([{ status: 'pending' }]);
    });

    test('counts of a state that was erased in the moment since', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one'), {});
      const pickup = await pickupOf(setting, project, byId('one'));
      await setting.store.erase(project, byId('one'), {});
      expect((await record(setting, { pickups: [pickup] })).pickups).toHaveLength(1);
      expect((await statsOf(setting, project)).total).toMatchObject({ pickedUp: 1, erased: 0 });
    });
  });

  describe('a deadline', () => {
    test('makes what nobody has picked up missed, once, and a pickup after it late', async () => {
      const project = await setting.newProject({ pickupDeadlineSeconds: 10 });
      for (const id of ['never', 'late', 'in time']) {
        await setting.store.put(project, writeOf(id), {});
      }
      await record(setting, { pickups: [await pickupOf(setting, project, byId('in time'))] });
      setting.clock.advance(9_999);
      expect((await statsOf(setting, project)).total).toMatchObject({ pending: 2, missed: 0 });
      setting.clock.advance(1);
      expect((await statsOf(setting, project)).total).toMatchObject({ pending: 0, missed: 2 });
      expect(await listed(setting, project, 'missed')).toHaveLength(2);

      setting.clock.advance(limits.missedGraceMs);
      expect(await decideAll(setting)).toMatchObject({ missed: 2 });
      expect(await decideAll(setting)).toMatchObject({ missed: 0 });
      const late = await pickupOf(setting, project, byId('late'));
      const { pickups } = await record(setting, { pickups: [late] });
      expect(pickups).toMatchObject([{ late: true, isNewlyMissed: false }]);
      const { total } = await statsOf(setting, project);
      expect(total).toMatchObject({ written: 3, pickedUp: 1, late: 1, missed: 1 });
      for (const status of ['picked_up', 'late', 'missed'] as const) {
        expect(await listed(setting, project, status)).toHaveLength(1);
      }
    });

    test('is kept by a pickup that is told after it, also where it was said to be missed', async () => {
      const project = await setting.newProject({ pickupDeadlineSeconds: 10 });
      await setting.store.put(project, writeOf('one'), {});
      setting.clock.advance(5_000);
      const pickup = await pickupOf(setting, project, byId('one'));
      setting.clock.advance(5_000 + limits.missedGraceMs);
      expect(await decideAll(setting)).toMatchObject({ missed: 1 });
      const { pickups } = await record(setting, { pickups: [pickup] });
      expect(pickups).toMatchObject([{ late: false, isNewlyMissed: false }]);
      const { total } = await statsOf(setting, project);
      expect(total).toMatchObject({ pickedUp: 1, late: 0, missed: 0 });
      expect(await listed(setting, project, 'picked_up')).toMatchObject([{ status: 'picked_up' }]);
      for (const status of ['late', 'missed'] as const) {
        expect(await listed(setting, project, status)).toEqual([]);
      }
    });

    test('is not put off by a replacement, and comes no later than the expiry', async () => {
      const project = await setting.newProject({ pickupDeadlineSeconds: 60 });
      await setting.store.put(project, writeOf('replaced'), {});
      await setting.store.put(project, writeOf('short', { ttlSeconds: 5 }), {});
      setting.clock.advance(30_000);
      await setting.store.put(project, writeOf('replaced'), {});
      expect((await statsOf(setting, project)).total).toMatchObject({ pending: 1, missed: 1 });
      await setting.purgeAll();
      expect((await statsOf(setting, project)).total).toMatchObject({ pending: 1, missed: 1 });
      setting.clock.advance(30_000);
      expect((await statsOf(setting, project)).total).toMatchObject({ pending: 0, missed: 2 });
    });

    test('leaves alone what was erased before it', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one'), {});
      await setting.store.erase(project, byId('one'), {});
      setting.clock.advance(hourMs / 2);
      const { total } = await statsOf(setting, project);
      expect(total).toMatchObject({ written: 1, erased: 1, missed: 0 });
    });
  });

  describe('a look-up that found nothing', () => {
    test.each([
      ['by id', byId('later')],
      ['by shared id', bySharedId('s')],
      ['by alias', bySharedId('a')],
    ])('%s was early where the state is written soon after it', async (_, name) => {
      const project = await setting.newProject();
      await lookInVain(setting, project, name);
      setting.clock.advance(60_000);
      await setting.store.put(project, writeOf('later', { sharedId: 's', aliases: ['a'] }), {});
      const change = { kind: 'written', id: 'later', names: ['s', 'a'] } as const;
      expect((await note(setting, project, change)).early).toBe(1);
      expect((await note(setting, project, change)).early).toBe(0);
      expect((await statsOf(setting, project)).total.resultless).toMatchObject({ early: 1 });
    });

    test('was early where the state is there when it is told of', async () => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('one', { sharedId: 's' }), {});
      expect((await lookInVain(setting, project, bySharedId('s'))).early).toBe(1);
      expect((await statsOf(setting, project)).total.resultless.early).toBe(1);
    });

    test('is of what nobody writes once ten minutes have gone', async () => {
      const project = await setting.newProject();
      await lookInVain(setting, project, byId('nothing'));
      setting.clock.advance(limits.earlyLookUpSeconds * 1000 - 1);
      expect(await decideAll(setting)).toMatchObject({ neverWritten: 0 });
      setting.clock.advance(1);
      expect(await decideAll(setting)).toMatchObject({ neverWritten: 1 });
      await setting.store.put(project, writeOf('nothing'), {});
      const change = { kind: 'written', id: 'nothing', names: [] } as const;
      expect((await note(setting, project, change)).early).toBe(0);
      const { resultless } = (await statsOf(setting, project)).total;
      expect(resultless).toMatchObject({ never_written: 1, early: 0 });
    });

    test('is counted for a month', async () => {
      const project = await setting.newProject();
      await lookInVain(setting, project, byId('nothing'));
      const at = setting.now;
      const statsThen = () =>
        setting.store.stats(project.tenant, { from: at, to: at + 1, intervalMs: hourMs });
      setting.clock.advance(limits.resultlessSeconds * 1000 - 1);
      await setting.purgeAll();
      expect((await statsThen()).total.resultless.never_written).toBe(1);
      setting.clock.advance(1);
      await setting.purgeAll();
      expect((await statsThen()).total.resultless.never_written).toBe(0);
    });

    test('keeps the cause that it was answered', async () => {
      const project = await setting.newProject();
      await lookInVain(setting, project, byId('one'), 'expired');
      await lookInVain(setting, project, byId('one'), 'erased');
      const { resultless } = (await statsOf(setting, project)).total;
      expect(resultless).toMatchObject({ expired: 1, erased: 1, never_written: 0 });
    });

    test('is told where another project of the account has it', async () => {
      const project = await setting.newProject();
      const { accountId } = project;
      const other = await setting.newProject({ accountId });
      const stranger = await setting.newProject();
      await setting.store.put(other, writeOf('there', { sharedId: 's' }), {});
      await setting.store.put(stranger, writeOf('elsewhere'), {});
      expect((await lookInVain(setting, project, byId('there'))).otherProject).toBe(1);
      expect((await lookInVain(setting, project, bySharedId('s'))).otherProject).toBe(1);
      expect((await lookInVain(setting, project, byId('elsewhere'))).otherProject).toBe(0);
      const { resultless } = (await statsOf(setting, project)).total;
      expect(resultless).toMatchObject({ other_project: 2, never_written: 1 });

      // As of a name that stands nowhere: whoever may not know of it does not learn it by writing.
      setting.clock.advance(60_000);
      await setting.store.put(project, writeOf('there', { sharedId: 's' }), {});
      const change = { kind: 'written', id: 'there', names: ['s'] } as const;
      expect((await note(setting, project, change)).early).toBe(0);
      const after = (await statsOf(setting, project)).total.resultless;
      expect(after).toMatchObject({ other_project: 0, early: 2, never_written: 1 });
    });
  });

  describe('events', () => {
    test('are numbered and wake who listens', async () => {
      const project = await setting.newProject({ pickupDeadlineSeconds: 10 });
      let woken = 0;
      const end = setting.store.watchEvents(project.tenant, () => void woken++);
      await setting.store.put(project, writeOf('one'), {});
      const writtenAt = setting.now;
      await note(setting, project, { kind: 'written', id: 'one', names: [] });
      setting.clock.advance(10_000 + limits.missedGraceMs);
      await decideAll(setting);
      await record(setting, { pickups: [await pickupOf(setting, project, byId('one'))] });
      expect(await setting.store.listEvents(project.tenant, 0, 10)).toEqual([
        { seq: 1, kind: 'written', id: shown('one'), at: writtenAt, late: false },
        { seq: 2, kind: 'missed', id: shown('one'), at: writtenAt + 10_000, late: false },
        { seq: 3, kind: 'picked_up', id: shown('one'), at: setting.now, late: true },
      ]);
      expect(await setting.store.listEvents(project.tenant, 1, 1)).toMatchObject([{ seq: 2 }]);
      expect(await setting.store.lastEvent(project.tenant)).toBe(3);
      expect(await setting.store.firstEvent(project.tenant)).toBe(1);
      expect(woken).toBeGreaterThanOrEqual(3);
      end();
    });

    test.each(['erased', 'expired'] as const)('keep no name of what is %s', async (ending) => {
      const project = await setting.newProject();
      await setting.store.put(project, writeOf('a-name', { ttlSeconds: 10 }), {});
      await note(setting, project, { kind: 'written', id: 'a-name', names: [] });
      await setting.store.put(project, writeOf('of-the-same-moment'), {});
      await note(setting, project, { kind: 'written', id: 'of-the-same-moment', names: [] });
      setting.clock.advance(1_000);
      await setting.store.put(project, writeOf('a-name', { ttlSeconds: 10 }), {});
      await note(setting, project, { kind: 'changed', id: 'a-name', names: [] });
      if (ending === 'erased') {
        await setting.store.erase(project, byId('a-name'), {});
        await note(setting, project, { kind: 'erased', id: 'a-name', names: [] });
      }
      setting.clock.advance(11_000);
      await setting.purgeAll();
      // One that is told of too late.
      await note(setting, project, { kind: 'changed', id: 'a-name', names: [] });
      const events = await setting.store.listEvents(project.tenant, 0, 10);
      expect(events[1]!.id).toEqual(shown('of-the-same-moment'));
      const ended = events.filter(({ seq }) => seq !== 2);
      expect(ended.length).toBeGreaterThan(2);
      expect(new Set(ended.map(({ id }) => id)).size).toBe(1);
      expect(ended[0]!.id).toMatch(/^hash:[\w-]{22}$/);
    });

    test('go after a day, and their numbers go on', async () => {
      const project = await setting.newProject();
      await note(setting, project, { kind: 'written', id: 'one', names: [] });
      setting.clock.advance(limits.eventSeconds * 1000 + 1);
      await setting.purgeAll();
      expect(await setting.store.listEvents(project.tenant, 0, 10)).toEqual([]);
      expect(await setting.store.firstEvent(project.tenant)).toBe(0);
      await note(setting, project, { kind: 'written', id: 'two', names: [] });
      expect(await setting.store.listEvents(project.tenant, 0, 10)).toMatchObject([{ seq: 2 }]);
    });
  });

  test('statsWaitingMax: so many statistics at once are counted, one more is refused', async () => {
    const project = await setting.newProject();
    await setting.store.put(project, writeOf('one'), {});
    const count = () => statsOf(setting, project);
    const within = Array.from({ length: limits.statsWaitingMax }, count);
    await expect(count()).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterSeconds: 5,
      message: expect.stringMatching(/^Too many statistics .*; ask again in some seconds/),
    });
    expect(await setting.look(project, byId('one'))).toContain('"id":"one"');
    for (const { total } of await Promise.all(within)) expect(total.written).toBe(1);
    expect((await count()).total.written).toBe(1);
  });

  test('what an erased project had is gone', async () => {
    const project = await setting.newProject();
    await note(setting, project, { kind: 'written', id: 'one', names: [] });
    await lookInVain(setting, project, byId('one'));
    await setting.store.eraseProject(project.tenant);
    await setting.purgeAll();
    expect(await setting.store.listEvents(project.tenant, 0, 10)).toEqual([]);
    expect((await statsOf(setting, project)).total.resultless.never_written).toBe(0);
  });
}
