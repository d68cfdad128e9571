// The answers that the SQLite store keeps in memory: how many, and that they end in time.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { newProject, type Project } from '../../src/project.js';
import type { Store } from '../../src/store/store.js';
import { TestClock } from '../support/server.js';
import { SqlitePlace } from '../support/store-place.js';
import { byId, bySharedId, writeOf } from './contract/setting.js';

const place = new SqlitePlace();
const clock = new TestClock();
let store: Store;
let project: Project;
beforeAll(async () => {
  store = await place.open('server', clock.now);
  project = newProject({ projectSlug: 'one' }, 'us-1', clock.now());
  await store.initialise(project, []);
});
afterAll(async () => {
  await store.close();
  await place.remove();
});

test('an answer that was given twice is at hand until its time is over, and counted', async () => {
  clock.stopAt(Date.UTC(2030, 0, 1));
  const names = [byId('one'), bySharedId('s')];
  await store.put(project, writeOf('one', { sharedId: 's', ttlSeconds: 60 }), {});
  for (const name of [...names, ...names]) await store.lookUp(project.tenant, name);
  expect(store.gauges().answersCached).toBeGreaterThanOrEqual(1);
  expect(store.gauges().answersCachedBytes).toBeGreaterThan(0);

  clock.advance(59_999);
  for (const name of names) expect(store.lookUpNow(project.tenant, name)?.found).toBeDefined();
  clock.advance(1);
  for (const name of names) {
    expect(store.lookUpNow(project.tenant, name)).toEqual({ missing: 'expired' });
  }
});
