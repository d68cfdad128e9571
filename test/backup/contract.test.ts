// A restored store keeps the contract of stores, which asks for one that has no project yet.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { storeContract } from '../store/contract.js';
import { command } from '../support/command.js';
import { makePlace } from '../support/store-place.js';
import { temporaryDirectory } from '../support/test-config.js';
import { masterKey } from './setting.js';

storeContract('a restored store', async () => {
  const original = await makePlace({ masterKey });
  const store = await original.open();
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
