// Every statement reads along an index, whatever the tables were like when its plan was made.

import { expect, inject, test } from 'vitest';
import { type BoundState, type NewLink, newLinkToken } from '../../src/link.js';
import type { Project } from '../../src/project.js';
import type { Store } from '../../src/store/store.js';
import { asSuperuser, query } from '../support/postgres-database.js';
import { PostgresPlace } from '../support/store-place.js';
import { byId, bySharedId, writeOf } from './contract/setting.js';

const statesStored = 20_000;

test('nothing reads a whole project: neither on new tables nor on large ones', async () => {
  const place = await PostgresPlace.make({ databasePool: 2 });
  const databaseUrl = place.config.databaseUrl!;
  const asAdmin = (statement: string) =>
    query(asSuperuser(inject('postgresAdminUrl'), databaseUrl), statement);
  const name = new URL(databaseUrl).pathname.slice(1);
  // Such a plan is what a connection keeps that has asked the same some times.
  await asAdmin(`ALTER DATABASE ${name} SET plan_cache_mode = force_generic_plan`);
  const store = await place.open();
  const project = await store.createProject({ accountSlug: 'acme', projectSlug: 'support' });
  await useAll(store, project);
  await fill(databaseUrl, project.tenant);
  await useAll(store, project);
  await asAdmin('ANALYZE');
  await useAll(store, project);
  await store.close();

  const connections = `SELECT FROM pg_stat_activity WHERE datname = '${name}' AND usename = 'baton'`;
  await expect.poll(async () => (await asAdmin(connections)).rowCount).toBe(0);
  const { rows } = await asAdmin(`
    SELECT relname AS table, seq_tup_read + (
      SELECT sum(idx_tup_read) FROM pg_stat_user_indexes i WHERE i.relid = t.relid) AS rows_read
    FROM pg_stat_user_tables t
    WHERE relname IN (
      'handoff_state', 'handoff_alias', 'tombstone', 'event', 'resultless_look_up', 'link')`);
  expect(rows).toHaveLength(6);
  const much = rows.filter(({ rows_read }) => Number(rows_read) > statesStored / 2);
  expect(much).toEqual([]);
  await place.remove();
});

/** Calls of every kind, from connections of the pool that stay. */
async function useAll(store: Store, project: Project): Promise<void> {
  const { tenant } = project;
  for (let round = 0; round < 4; round++) {
    const write = writeOf('used', { sharedId: 'shared-used', aliases: ['alias-used'] });
    await store.put(project, write, {});
    await store.put(project, writeOf('other', { sharedId: 'shared-used' }), {});
    const together = ['one', 'two'].map((id) =>
      writeOf(`${id}-${round}`, { sharedId: `its-${id}` }),
    );
    await Promise.all(together.map((each) => store.put(project, each, {})));
    await store.patch(project, byId('used'), { dataPatchText: '{"n":1}' }, {});
    for (const found of [byId('used'), bySharedId('alias-used'), byId('never')]) {
      await store.lookUp(tenant, found);
    }
    const { found } = await store.lookUp(tenant, byId('used'));
    const { id, writtenAt } = found!.record;
    const at = Date.now();
    const lookUpId = `look-up-${Math.random()}`;
    const { accountId } = project;
    const never = { lookUpId, name: byId('never'), keyId: 'key', cause: 'not_found' } as const;
    await store.recordOutcomes({
      pickups: [{ tenant, id, writtenAt, at }],
      resultless: [{ tenant, accountId, at, ...never }],
      changes: [{ tenant, kind: 'written', id: 'used', names: ['shared-used'], at }],
    });
    await store.decideOutcomes();
    await store.listEvents(tenant, (await store.lastEvent(tenant)) - 1, 10);
    await store.firstEvent(tenant);
    for (const status of ['pending', 'late', 'missed', 'erased'] as const) {
      await store.list(project, { status }, { limit: 5, after: null });
    }
    await store.list(project, { sharedId: 'alias-used' }, { limit: 5, after: null });
    for (const state of [null, { ...found!.record, etag: '"1"' }]) {
      const link = linkOf(project, state);
      await store.createLink(tenant, link);
      await store.findLink(tenant, link.linkHash);
      await store.openLink(tenant, link.linkHash, { ...found!.record, etag: '"1"' }, 1);
    }
    await store.erase(project, byId('other'), {});
    await store.purge();
  }
}

async function fill(databaseUrl: string, tenant: string): Promise<void> {
  const later = 'floor(extract(epoch FROM now()) * 1000)::bigint + 3_600_000 + n';
  const numbers = `generate_series(1, ${statesStored}) n`;
  for (const statement of [
    `INSERT INTO handoff_state SELECT '${tenant}', 'id-' || n, 'shared-' || n, '[]', 1, n, n,
       ${later}, n, 'write', '0{}', ${later}, NULL FROM ${numbers}`,
    `INSERT INTO handoff_alias SELECT '${tenant}', 'shared-' || n, 'id-' || n FROM ${numbers}`,
    `INSERT INTO tombstone SELECT '${tenant}', 'hash-' || n, 'hash-' || n, 'expired', 1, n, n, n,
       NULL, ${later}, 'write', NULL FROM ${numbers}`,
    `INSERT INTO event SELECT '${tenant}', n + 1_000_000, 'written', 'id-' || n, ${later}, 0
       FROM ${numbers}`,
    `UPDATE event_counter SET seq = 2_000_000 WHERE tenant = '${tenant}'`,
    `INSERT INTO resultless_look_up SELECT '${tenant}', 'look-up-' || n, 'hash-' || n, 'key',
       ${later}, 'early' FROM ${numbers}`,
    `INSERT INTO link SELECT '${tenant}', 'link-' || n, 'key', 'project', 'id', 'id-' || n, n, '"1"',
       1, ${later}, 0, NULL FROM ${numbers}`,
  ]) {
    await query(databaseUrl, statement);
  }
}

function linkOf({ tenant, projectId }: Project, state: BoundState | null): NewLink {
  const { linkHash } = newLinkToken({ keyedHash: () => 'signature' }, tenant);
  const kept = { keyId: 'key', projectId, name: byId('used'), createdAt: 1, isOneTime: false };
  return { ...kept, linkHash, state, expiresAt: Date.now() + 3_600_000 };
}
