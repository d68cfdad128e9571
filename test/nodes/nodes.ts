// Several servers on one database, as an operator runs them behind a load balancer.

import { onTestFinished } from 'vitest';
import type { Config } from '../../src/config.js';
import { startServer, type TestServer } from '../support/server.js';

/** Starts so many on one new database, or on the given one; all are stopped with the test. */
export async function startNodes(
  count: number,
  changes: Partial<Config> = {},
): Promise<readonly TestServer[]> {
  const first = await startServer(changes, { storeClock: true });
  const others = await Promise.all(
    Array.from({ length: count - 1 }, () => startServer(first.config, { storeClock: true })),
  );
  onTestFinished(async () => {
    await Promise.all(others.map(({ serving }) => serving.close()));
    await first.stop();
  });
  // Only the first one made keys, and they are good on all of them.
  const { accountId, projectId, keys } = first;
  return [first, ...others].map((node) => ({ ...node, accountId, projectId, keys }));
}
