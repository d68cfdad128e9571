import { afterAll, beforeAll, expect, test } from 'vitest';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

test('what was written is looked up by id and by shared id', async () => {
  const body = { id: 'call-1', shared_id: 'CA1', data: { customer: 'Ada' } };
  const put = await send(server.stateUrl, { method: 'PUT', key: server.keys.write, body });
  expect([put.status, put.json]).toEqual([201, body]);

  for (const query of ['id=call-1', 'shared_id=CA1']) {
    const found = await send(`${server.stateUrl}?${query}`, { key: server.keys.read });
    expect([found.status, found.text]).toEqual([200, put.text]);
  }
});
