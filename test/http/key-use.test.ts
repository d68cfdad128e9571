// The last use of a key: noted now and then, and later where the store could not be written.

import { expect, onTestFinished, test } from 'vitest';
import { KeyUse } from '../../src/http/key-use.js';
import { newKey } from '../../src/key.js';
import { refuseKeyUse } from '../support/audit-trouble.js';
import { makePlace } from '../support/store-place.js';

test('a use that could not be noted is noted by the next flush, with those since', async () => {
  const place = await makePlace();
  const store = await place.open();
  onTestFinished(async () => {
    await store.close();
    await place.remove();
  });
  const { accountId } = await store.createProject({ projectSlug: 'one' });
  const wanted = { name: null, accountId, projects: null, region: 'us-1', now: 1, expiresAt: null };
  const keys = [1, 2].map(() => newKey({ ...wanted, permission: 'read' }).key);
  for (const key of keys) await store.createKey(key);
  const [first, second] = keys.map(({ keyId }) => keyId) as [string, string];
  const lastUsed = async () =>
    Promise.all([first, second].map(async (keyId) => (await store.findKey(keyId))?.lastUsedAt));

  const keyUse = new KeyUse(store);
  keyUse.of(first).at = 5_000;
  const trouble = await refuseKeyUse(place.config);
  await expect(keyUse.flush()).rejects.toThrow();
  await trouble.end();
  keyUse.of(second).at = 4_000;
  await keyUse.flush();
  expect(await lastUsed()).toEqual([5_000, 4_000]);

  keyUse.of(second).at = 4_500;
  await keyUse.flush();
  expect(await lastUsed()).toEqual([5_000, 4_500]);
});
