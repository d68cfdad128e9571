// The end of a server waits for the connections that are open, and for nothing else.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Connections } from '../../src/http/connections.js';

test('an end waits for connections, and no longer than there are any', async () => {
  const connections = new Connections({ max: 10, perAddress: 10, isTrustedProxy: () => false });
  const http = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void http.close());
  connections.limit(http);
  await once(http, 'listening');
  /** Far longer than a test may take. */
  const msMax = 600_000;
  await connections.untilNone(msMax);

  const clients = [0, 1].map(() => connect((http.address() as AddressInfo).port, '127.0.0.1'));
  await expect.poll(() => connections.count, { timeout: 15_000 }).toBe(2);
  let isOver = false;
  const over = connections.untilNone(msMax).finally(() => {
    isOver = true;
  });
  clients[0]!.destroy();
  await expect.poll(() => connections.count, { timeout: 15_000 }).toBe(1);
  expect(isOver).toBe(false);
  clients[1]!.destroy();
  await over;
});
