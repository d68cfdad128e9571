// The same steps, one after the other, give the same answers from a model, a store and a server.

import { Agent } from 'node:http';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../src/store/open.js';
import type { Store } from '../../src/store/store.js';
import { seededRandom } from '../support/random.js';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';
import { makePlace, type StorePlace } from '../support/store-place.js';
import { HandoffModel } from './handoff-model.js';
import { httpSystem } from './http-system.js';
import { everything, type Systems, steps } from './steps.js';
import { storeSystem } from './store-system.js';

const sequences = 100;
const retentionSeconds = 3_600;

const agent = new Agent({ keepAlive: true });
let place: StorePlace;
let server: TestServer;
let store: Store;
let beside: Store;
beforeAll(async () => {
  place = await makePlace();
  server = await startServer({ logLevel: 'warn', audit: 'strict' });
  server.clock.stopAt(Date.UTC(2030, 0, 1));
  store = await place.open('server', server.clock.now);
  beside = await openStore(server.config, { role: 'tool', now: server.clock.now });
});
afterAll(async () => {
  agent.destroy();
  await beside.close();
  await server.stop();
  await store.close();
  await place.remove();
});

test('any sequence of steps gives the same from model, store and server', async () => {
  const { seed } = seededRandom('sequences of steps');
  let count = 0;
  const property = fc.asyncProperty(steps, async (commands) => {
    count += 1;
    const setUp = await freshSystems(`run-${count}`);
    await fc.asyncModelRun(() => setUp, [...commands, ...everything]);
  });
  await fc.assert(property, { seed, numRuns: sequences });
}, 300_000);

/** A model, and a new project in the store and in the server. */
async function freshSystems(slug: string): Promise<{ model: HandoffModel; real: Systems }> {
  const { clock, keys, url, accountId } = server;
  const project = await store.createProject({ projectSlug: slug, retentionSeconds });
  const made = await send(`${url}/v1/projects`, {
    method: 'POST',
    key: keys.admin,
    agent,
    body: { project_slug: slug, retention_seconds: retentionSeconds },
  });
  expect(made.status, made.text).toBe(201);
  const projectUrl = `${url}/v1/${accountId}/${slug}`;
  const systems = {
    store: storeSystem(store, project),
    server: httpSystem(projectUrl, { key: keys.admin, agent }, beside),
  };
  return { model: new HandoffModel(clock.now, retentionSeconds), real: { clock, systems } };
}
