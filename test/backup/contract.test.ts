// A restored store keeps the contract of stores.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Project } from '../../src/project.js';
import { storeContract } from '../store/contract.js';
import { command } from '../support/command.js';
import { makePlace } from '../support/store-place.js';
import { temporaryDirectory } from '../support/test-config.js';
import { masterKey } from './setting.js';

/** Not stored itself: the contract asks for a store that has no project yet. */
const project: Project = {
  tenant: 'backed-up',
  accountId: 'ws-backed-up',
  accountSlug: 'backed-up',
  projectId: 'PROJECT-BACKED-UP',
  projectSlug: 'backed-up',
  region: 'us-1',
  retentionSeconds: 3_600,
  pickupDeadlineSeconds: 60,
  sensitiveFields: [],
  sensitiveLastFour: false,
  createdAt: 1,
};

storeContract('a restored store', async () => {
  const original = await makePlace({ masterKey });
  const store = await original.open();
  const write = { sharedId: 's', aliases: ['a'], dataText: '{}', ttlSeconds: null };
  await store.put(project, { id: 'one', ...write }, {});
  await store.put(project, { ...write, id: 'two', sharedId: 's-two', aliases: [] }, {});
  await store.erase(project, { kind: 'id', value: 'two' }, {});
  await store.close();

  const directory = temporaryDirectory();
  const file = join(directory, 'backup');
  const restored = await makePlace({ masterKey });
  expect(await command(original.config, ['backup', file])).toMatchObject({ code: 0 });
  expect(await command(restored.config, ['restore', file])).toMatchObject({ code: 0 });
  rmSync(directory, { recursive: true });
  await original.remove();
  return restored;
});
