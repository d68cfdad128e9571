// Time goes by the database's clock: the clocks of nodes may differ from it and from each other.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { newProject } from '../../src/project.js';
import type { Store } from '../../src/store/store.js';
import { PostgresPlace } from '../support/store-place.js';
import { byId, writeOf } from './contract/setting.js';

const hourMs = 3_600_000;

let place: PostgresPlace;
let store: Store;
beforeEach(async () => {
  place = await PostgresPlace.make();
});
afterEach(async () => {
  vi.useRealTimers();
  await store.close();
  await place.remove();
});

test.each([
  ['an hour ahead', hourMs],
  ['an hour behind', -hourMs],
])('a state lives as long on a node whose clock is %s', async (_what, offMs) => {
  const startedAt = Date.now();
  vi.useFakeTimers({ toFake: ['Date'], now: startedAt + offMs });
  store = await place.open();
  const project = newProject({ projectSlug: 'one' }, 'us-1', Date.now());
  await store.initialise(project, []);
  const { answer } = await store.put(project, writeOf('one', { ttlSeconds: 1 }), {});
  expect(Math.abs(answer.expiresAt - startedAt)).toBeLessThan(60_000);
  expect(await store.purge()).toBe(0);
  expect(await store.lookUp(project.tenant, byId('one'))).toMatchObject({ found: answer });

  const look = async () => (await store.lookUp(project.tenant, byId('one'))).missing;
  await expect.poll(look, { timeout: 3_000 }).toBe('expired');
  expect(await store.purge()).toBe(1);
  const { items } = await store.list(project, {}, { limit: 1, after: null });
  expect(items[0]?.status).toBe('expired');
  expect(await look()).toBe('expired');
});
