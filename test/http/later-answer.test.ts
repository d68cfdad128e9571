// A store that can only answer later, as one on another machine: look-ups give the same answers.

import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Admissions } from '../../src/http/admissions.js';
import { createApp } from '../../src/http/app.js';
import { AuditLog } from '../../src/http/audit-log.js';
import { BodyMemory } from '../../src/http/body-memory.js';
import { Budgets } from '../../src/http/budgets.js';
import { clientAddressBehind, trustCheckOf } from '../../src/http/client-address.js';
import { Connections } from '../../src/http/connections.js';
import { EventStreams } from '../../src/http/event-streams.js';
import { KeyUse } from '../../src/http/key-use.js';
import { Metrics } from '../../src/http/metrics.js';
import { OutcomeLog } from '../../src/http/outcome-log.js';
import { Strangers } from '../../src/http/strangers.js';
import { Waiting } from '../../src/http/waiting.js';
import { openStore } from '../../src/store/open.js';
import type { Store } from '../../src/store/store.js';
import { type Received, send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

let made: TestServer;
let store: Store;
let app: Awaited<ReturnType<typeof createApp>>;
let isLost = false;
let lookUpsUnderWay = 0;
beforeAll(async () => {
  made = await startServer();
  await made.serving.close();
  const opened = await openStore(made.config, { role: 'server', now: made.clock.now });
  store = {
    ...opened,
    lookUpNow: () => undefined,
    async lookUp(tenant, name) {
      lookUpsUnderWay += 1;
      await new Promise((resolve) => setImmediate(resolve));
      lookUpsUnderWay -= 1;
      if (isLost) throw new Error('The connection is lost.');
      return opened.lookUp(tenant, name);
    },
  };
  const { region, connectionsMax, connectionsPerAddress, bodyMemoryMebibytes } = made.config;
  const { now, elapsedMs } = made.clock;
  const log = pino({ level: 'silent' });
  app = await createApp(
    {
      log,
      store,
      region,
      now,
      elapsedMs,
      waiting: new Waiting(store),
      eventStreams: new EventStreams(store),
      admissions: new Admissions(store),
      keyUse: new KeyUse(store),
      metrics: new Metrics(),
      audit: new AuditLog(made.config.audit, store, log),
      outcomes: new OutcomeLog(store, log, elapsedMs),
      strangers: new Strangers(elapsedMs),
      budgets: new Budgets(made.config, elapsedMs),
      connections: new Connections({
        max: connectionsMax,
        perAddress: connectionsPerAddress,
        isTrustedProxy: trustCheckOf([]),
      }),
      bodyMemory: new BodyMemory(bodyMemoryMebibytes),
      certificate: null,
      publicOrigin: () => 'http://127.0.0.1',
      popFrameOrigins: [],
      clientAddress: clientAddressBehind([]),
    },
    { version: '0', corsOrigins: [] },
  );
  await app.listen({ port: 0 });
  await call('PUT', '', { id: 'conv-1', shared_id: 'CA-1', data: { name: 'Zoë' } });
  await call('PUT', '', { id: 'conv-2', data: {}, ttl_seconds: 60 });
  await call('PUT', '', { id: 'conv-3', data: {} });
  await call('DELETE', '?id=conv-3');
});
afterAll(async () => {
  await app.close();
  await store.close();
  await made.stop();
});

test.each([
  ['found', 'shared_id=CA-1', 200],
  ['never written', 'id=conv-9', 404],
  ['erased', 'id=conv-3', 404],
])('a state that is %s', async (_which, query, status) => {
  const short = await call('GET', `?${query}`);
  const long = await call('GET', `?${query}`, undefined, { prefer: 'nothing' });
  expect(short.status).toBe(status);
  expect(shown(short)).toEqual(shown(long));
});

test('a state that has expired', async () => {
  expect((await call('GET', '?id=conv-2')).status).toBe(200);
  made.clock.advance(60_000);
  expect((await call('GET', '?id=conv-2')).json.error_code).toBe('handoff_state_expired');
});

test('a store that fails is told as a failure, and answers again afterwards', async () => {
  isLost = true;
  expect((await call('GET', '?id=conv-1')).json.error_code).toBe('internal');
  isLost = false;
  expect((await call('GET', '?id=conv-1')).status).toBe(200);
});

test('many at once are each answered, and none is left under way', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => call('GET', '?shared_id=CA-1')),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(lookUpsUnderWay).toBe(0);
});

function call(
  method: string,
  query: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Received> {
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/v1/demo/demo/handoff_state${query}`;
  return send(url, {
    method,
    key: made.keys.write,
    headers,
    ...(body === undefined ? {} : { body }),
  });
}

/** All of an answer but what is its own. */
function shown({ status, headers, json }: Received): object {
  const { date: _date, 'x-request-id': id, ...rest } = headers;
  return { status, headers: rest, json: { ...json, error_id: json.error_id === id } };
}
