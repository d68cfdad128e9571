// The contract of broken records: whatever was changed, moved or put back in the tables, nobody gets
// wrong data, nobody else is kept from writing, and the doctor names the record.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HandoffName } from '../../../src/handoff.js';
import type { NewProject, Project } from '../../../src/project.js';
import { sealsMax } from '../../../src/store/data-keys.js';
import { examineStore } from '../../../src/store/open.js';
import { examinedTogether } from '../../../src/store/record-examination.js';
import { atOnce } from '../../support/at-once.js';
import { withFlippedBit } from '../../support/flipped-bit.js';
import { seededRandom } from '../../support/random.js';
import { openRows, type Row, type StoredRows } from '../../support/stored-rows.js';
import { byId, bySharedId, type MakeStorePlace, useStore, writeOf } from './setting.js';

const flips = 1_000;
const columns = ['sealed', 'shared_id', 'aliases', 'version', 'updated_at', 'expires_at'] as const;
const broken =
  /^A handoff state of tenant \S+, version -?\d+, is broken: [\w ]+; it was changed, moved/;

const bodyOf = (id: string) => `{"id":"${id}","shared_id":"s-${id}","data":{"of":"${id}"}}`;
const namesOf = (id: string) => [byId(id), bySharedId(`s-${id}`), bySharedId(`a-${id}`)];

export function brokenRecordsContract(
  makePlace: MakeStorePlace,
  projects: Partial<NewProject> = {},
): void {
  describe('a broken record', () => {
    const setting = useStore(makePlace, projects);
    let rows: StoredRows;
    beforeAll(async () => {
      rows = await openRows(setting.place.config);
    });
    afterAll(() => rows.close());

    /** Rows of a project, in the order in which they were written. */
    function rowsOf({ tenant }: Project): Promise<Row[]> {
      const sql = 'SELECT * FROM handoff_state WHERE tenant = $1 ORDER BY written_at, updated_at';
      return rows.all(sql, tenant);
    }

    async function change(row: Row, column: string, value: Row[string]): Promise<void> {
      const sql = `UPDATE handoff_state SET ${column} = $1 WHERE tenant = $2 AND id = $3`;
      await rows.all(sql, value ?? null, row.tenant!, row.id!);
    }

    /** The body, the missing cause, or "broken"; any other failure is one of the test. */
    async function seen(project: Project, name: HandoffName): Promise<string> {
      try {
        return await setting.look(project, name);
      } catch (error) {
        expect((error as Error).message).toMatch(broken);
        return 'broken';
      }
    }

    /** Written a millisecond after the last one, so that rows are in order. */
    async function write(project: Project, id: string, more = {}): Promise<void> {
      setting.clock.advance(1);
      const dataText = `{"of":"${id}"}`;
      const names = { sharedId: `s-${id}`, aliases: [`a-${id}`] };
      await setting.store.put(project, writeOf(id, { dataText, ...names, ...more }), {});
    }

    /** A project with one record, whose sealed content was damaged; gives its row, too. */
    async function withBrokenOne(): Promise<{ project: Project; row: Row }> {
      const project = await setting.newProject();
      await write(project, 'one');
      const [row] = await rowsOf(project);
      await change(row!, 'sealed', withLastPartChanged(row!.sealed!));
      return { project, row: row! };
    }

    test(`of ${flips} with a flipped bit none gives wrong data`, { timeout: 120_000 }, async () => {
      const random = seededRandom('flipped bits of records');
      const project = await setting.newProject();
      const ids = Array.from({ length: flips }, (_, n) => `call-${n}`);
      for (let n = 0; n < flips; n += 50) {
        await Promise.all(ids.slice(n, n + 50).map((id) => write(project, id)));
      }
      const before = await rowsOf(project);
      const all = { sealed: 0, broken: 0 };
      for (const id of ids) {
        const { body } = (await setting.store.lookUp(project.tenant, byId(id))).found!;
        expect(body).toBe(bodyOf(id));
      }
      for (const [n, row] of before.entries()) {
        // Mostly what is sealed; names and times beside it.
        const isSealed = projects.hashIds === true || n % 2 === 0;
        const column = isSealed && n % 8 !== 0 ? 'sealed' : columns[random.below(columns.length)]!;
        const changed = withFlippedBit(row[column]!, random);
        await change(row, column, changed);
        if (column === 'sealed') all.sealed += 1;
      }
      for (const id of ids) {
        for (const name of namesOf(id)) {
          const found = await seen(project, name);
          if (found === 'broken') all.broken += 1;
          else expect([bodyOf(id), 'expired', 'not_found']).toContain(found);
        }
      }
      // Flipped bits of base64 that no byte depends on change nothing.
      expect(all.broken).toBeGreaterThan(all.sealed * 2.7);
      const [finding] = (await examineStore(setting.place.config)).filter(
        ({ check }) => check === 'records',
      );
      expect(finding!.status).toBe('problem');
    });

    test('of two whose content was swapped neither opens, of one project or of two', async () => {
      const project = await setting.newProject();
      const other = await setting.newProject();
      for (const id of ['one', 'two']) await write(project, id);
      await write(other, 'one');
      const [one, two] = await rowsOf(project);
      const [elsewhere] = await rowsOf(other);
      await change(one!, 'sealed', two!.sealed!);
      await change(two!, 'sealed', one!.sealed!);
      await change(elsewhere!, 'sealed', one!.sealed!);
      for (const id of ['one', 'two']) {
        for (const name of namesOf(id)) expect(await seen(project, name)).toBe('broken');
      }
      for (const name of namesOf('one')) expect(await seen(other, name)).toBe('broken');
    });

    test('is one with the content of an older version, and no older row opens as newer', async () => {
      const project = await setting.newProject();
      await write(project, 'one');
      const [older] = await rowsOf(project);
      await write(project, 'one', { dataText: '{"newer":1}' });
      const [newer] = await rowsOf(project);
      await change(newer!, 'sealed', older!.sealed!);
      expect(await seen(project, byId('one'))).toBe('broken');
      await change(newer!, 'sealed', newer!.sealed!);
      await change(newer!, 'updated_at', older!.updated_at!);
      expect(await seen(project, bySharedId('s-one'))).toBe('broken');
    });

    test('is not what another name was turned to', async () => {
      await removeAll();
      const project = await setting.newProject();
      for (const id of ['one', 'two']) await write(project, id);
      const [one, two] = await rowsOf(project);
      const turn = 'UPDATE handoff_alias SET id = $1 WHERE tenant = $2 AND id = $3';
      await rows.all(turn, two!.id!, project.tenant, one!.id!);
      for (const name of namesOf('one').slice(1)) expect(await seen(project, name)).toBe('broken');
      for (const name of namesOf('two')) expect(await seen(project, name)).toBe(bodyOf('two'));
      await expect(setting.store.erase(project, bySharedId('s-one'), {})).rejects.toThrow();
      expect(await seen(project, byId('two'))).toBe(bodyOf('two'));
      expect(await theProblem(project)).toMatch(/^\S+ hash:[\w-]{22}$/);
    });

    test('does not break the answers of those who ask at the same time', async () => {
      const { project } = await withBrokenOne();
      await write(project, 'two');
      const together = [byId('one'), byId('two')].map((name) => seen(project, name));
      expect(await Promise.all(together)).toEqual(['broken', bodyOf('two')]);
    });

    test('cannot be patched; can be written over, and then it is whole', async () => {
      const { project } = await withBrokenOne();
      const patch = setting.store.patch(project, byId('one'), { dataPatchText: '{"b":2}' }, {});
      await expect(patch).rejects.toThrow(/is broken/);
      expect(await seen(project, byId('one'))).toBe('broken');
      await write(project, 'one');
      for (const name of namesOf('one')) expect(await seen(project, name)).toBe(bodyOf('one'));
    });

    test('gives the names up that another one claims, and stays broken', async () => {
      const { project } = await withBrokenOne();
      await setting.store.put(project, writeOf('new', { sharedId: 's-one' }), {});
      const answer = '{"id":"new","shared_id":"s-one","data":{}}';
      expect(await seen(project, bySharedId('s-one'))).toBe(answer);
      expect(await seen(project, byId('one'))).toBe('broken');
      expect(await seen(project, bySharedId('a-one'))).toBe('broken');
      await setting.store.put(project, writeOf('new', { aliases: ['a-one'] }), {});
      expect(await seen(project, bySharedId('a-one'))).toBe('{"id":"new","data":{}}');
      expect(await seen(project, bySharedId('s-one'))).toBe('not_found');
    });

    test('is named by the doctor as the list will name it, and can be erased', async () => {
      await removeAll();
      const { project } = await withBrokenOne();
      await write(project, 'two');
      const problem = await theProblem(project);
      expect(problem).toMatch(/^\S+ hash:[\w-]{22}$/);
      await setting.store.erase(project, bySharedId('a-one'), {});
      for (const name of namesOf('one')) expect(await seen(project, name)).toBe('erased');
      const { items } = await setting.store.list(project, { id: 'one' }, { limit: 9, after: null });
      expect(problem!.split(' ')[1]).toBe(items[0]!.id);
      expect(await theProblem(project)).toBeUndefined();
    });

    test('is found by the doctor among however many, which tells how far it is', async () => {
      await removeAll();
      const all = 2 * examinedTogether + 1;
      const { project } = await withBrokenOne();
      const ids = Array.from({ length: all - 1 }, (_, n) => `call-${n}`);
      await atOnce(50, ids, (id) => write(project, id));
      const told: [number, number][] = [];
      const findings = await examineStore(setting.place.config, (...step) => told.push(step));
      const { found } = findings.find(({ check }) => check === 'records')!;
      expect(found).toMatch(/^1 of 2,001 broken: \S+ hash:[\w-]{22}$/);
      expect(told).toEqual([1_000, 2_000, all].map((examined) => [examined, all]));
      await removeAll();
    });

    test('ends like any other, even where nobody can read its names any more', async () => {
      const project = await setting.newProject();
      await write(project, 'one', { ttlSeconds: 1 });
      await write(project, 'two', { ttlSeconds: 1 });
      const [row] = await rowsOf(project);
      await change(row!, 'aliases', '["a-o');
      expect(await seen(project, byId('one'))).toBe('broken');
      setting.clock.advance(1_000);
      expect(await setting.purgeAll()).toBeGreaterThan(0);
      expect(await rowsOf(project)).toEqual([]);
      expect(await seen(project, byId('one'))).toBe('expired');
      await write(project, 'three', { aliases: ['a-one'] });
      expect(await seen(project, bySharedId('a-one'))).toBe(bodyOf('three'));
    });

    test('is every one of a project whose data key was changed, and only those', async () => {
      const project = await setting.newProject();
      const other = await setting.newProject();
      await write(project, 'one');
      await write(other, 'one');
      const sql = 'SELECT wrapped FROM data_key WHERE tenant = $1';
      const [key] = await rows.all(sql, project.tenant);
      const wrapped = Buffer.from(key!.wrapped as Uint8Array);
      wrapped[wrapped.length - 20]! ^= 4;
      await rows.all('UPDATE data_key SET wrapped = $1 WHERE tenant = $2', wrapped, project.tenant);

      const store = await setting.place.open('tool', setting.clock.now);
      await expect(store.lookUp(project.tenant, byId('one'))).rejects.toThrow(/was changed in the/);
      const { found } = await store.lookUp(other.tenant, byId('one'));
      expect(found?.body).toBe(bodyOf('one'));
      await store.close();
      await rows.all('DELETE FROM handoff_state WHERE tenant = $1', project.tenant);
    });

    test('is that of a changed data key, not that of another one of its project', async () => {
      await removeAll();
      const project = await setting.newProject();
      await write(project, 'one');
      // As many as a key may seal: the next process to ask for seals makes a new key.
      await rows.all(`UPDATE data_key SET seals = ${sealsMax} WHERE tenant = $1`, project.tenant);
      const store = await setting.place.open('tool', setting.clock.now);
      await store.put(project, writeOf('two'), {});
      await store.close();
      const sql = 'SELECT number, wrapped FROM data_key WHERE tenant = $1 ORDER BY number';
      const [first, second] = await rows.all(sql, project.tenant);
      expect(second).toBeDefined();
      const wrapped = Buffer.from(first!.wrapped as Uint8Array);
      wrapped[wrapped.length - 20]! ^= 4;
      const damage = 'UPDATE data_key SET wrapped = $1 WHERE tenant = $2 AND number = $3';
      await rows.all(damage, wrapped, project.tenant, first!.number!);

      const anew = await setting.place.open('tool', setting.clock.now);
      const asked = ['one', 'two'].map((id) => anew.lookUp(project.tenant, byId(id)));
      const [one, two] = await Promise.allSettled(asked);
      expect(one).toMatchObject({ status: 'rejected' });
      expect(two).toMatchObject({ value: { found: { body: '{"id":"two","data":{}}' } } });
      await anew.close();
      const findings = await examineStore(setting.place.config);
      const { found } = findings.find(({ check }) => check === 'records')!;
      expect(found).toMatch(/^1 of 2 broken/);
      await removeAll();
    });

    /** The doctor names only so many. */
    async function removeAll(): Promise<void> {
      for (const table of ['state', 'alias']) await rows.all(`DELETE FROM handoff_${table}`);
    }

    /** The record of the project that the doctor finds broken. */
    async function theProblem({ accountSlug, projectSlug }: Project): Promise<string | undefined> {
      const findings = await examineStore(setting.place.config);
      const { found } = findings.find(({ check }) => check === 'records')!;
      const name = `${accountSlug}/${projectSlug}`;
      return new RegExp(`${name} hash:[\\w-]+`).exec(found)?.[0];
    }
  });
}

/** Of bytes or of text, in the last third, where the tag is no padding. */
function withLastPartChanged(sealed: Row[string]): Row[string] {
  if (typeof sealed === 'string') {
    const place = sealed.length - 8;
    const other = sealed[place] === 'A' ? 'B' : 'A';
    return sealed.slice(0, place) + other + sealed.slice(place + 1);
  }
  const bytes = Buffer.from(sealed as Uint8Array);
  bytes[bytes.length - 3]! ^= 1;
  return bytes;
}
