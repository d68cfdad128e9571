// Look-ups that are asked together do not stand in each other's way.

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Project } from '../../src/project.js';
import type { Store } from '../../src/store/store.js';
import { query } from '../support/postgres-database.js';
import { PostgresPlace } from '../support/store-place.js';

let place: PostgresPlace;
let store: Store;
let project: Project;
beforeEach(async () => {
  place = await PostgresPlace.make();
  store = await place.open();
  project = await store.createProject({ accountSlug: 'acme', projectSlug: 'support' });
});
afterEach(async () => {
  await store.close();
  await place.remove();
});

test('a project that asks very much does not hold up another one', async () => {
  const other = await store.createProject({ accountSlug: 'other', projectSlug: 'support' });
  let answered = 0;
  const load = { isOver: false };
  const readers = Array.from({ length: 1_000 }, async (_, n) => {
    for (; !load.isOver; answered++) {
      await store.lookUp(project.tenant, { kind: 'id', value: `call-${n}` });
    }
  });
  await expect.poll(() => answered).toBeGreaterThan(5_000);
  const before = answered;
  const one = store.lookUp(other.tenant, { kind: 'id', value: 'one' });
  await Promise.race([one, expect.poll(() => answered).toBeGreaterThan(before + 5_000)]);
  const meanwhile = answered - before;
  load.isOver = true;
  await Promise.all([one, ...readers]);
  expect(meanwhile).toBeLessThan(1_000);
});

test('one whose content does not open fails alone', async () => {
  const ids = Array.from({ length: 20 }, (_, n) => `call-${n}`);
  for (const id of ids) {
    const write = { id, sharedId: null, aliases: [], dataText: '{}', ttlSeconds: null };
    await store.put(project, write, {});
  }
  await query(
    place.config.databaseUrl!,
    `UPDATE handoff_state SET sealed = '9' || substr(sealed, 2) WHERE id = 'call-7'`,
  );
  const found = await Promise.allSettled(
    ids.map((value) => store.lookUp(project.tenant, { kind: 'id', value })),
  );
  const failed = ids.filter((_, n) => found[n]!.status === 'rejected');
  expect(failed).toEqual(['call-7']);
});
