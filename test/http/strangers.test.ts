// A flood of calls that are not let in fills no audit: beyond so many they are counted, and nothing
// is lost but who asked for what.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { nobodysTenant } from '../../src/audit.js';
import { limits } from '../../src/limits.js';
import { openStore } from '../../src/store/open.js';
import { off } from '../../src/token-bucket.js';
import { admin, madeKey } from '../support/admin-calls.js';
import { atOnce } from '../support/at-once.js';
import { lookUp } from '../support/handoff-calls.js';
import { onDatabase } from '../support/raw-audit.js';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

const { auditStrangersBurst: burst, auditStrangersMax: addressesMax } = limits;
let server: TestServer;
beforeEach(async () => {
  server = await startServer({ rateFailedKeys: off, trustProxy: ['127.0.0.1'] });
  server.clock.stopElapsing();
});
afterEach(() => server.stop());

interface Sent {
  readonly address: string;
  readonly key?: string;
}

async function refused({ address, key }: Sent): Promise<void> {
  const headers = { 'x-forwarded-for': address };
  const sent = key === undefined ? { headers } : { headers, key };
  const { status } = await send(`${server.stateUrl}?id=one`, sent);
  expect([401, 403]).toContain(status);
}

function flood(count: number, sent: (n: number) => Sent): Promise<void> {
  const all = Array.from({ length: count }, (_, n) => sent(n));
  return atOnce(50, all, refused);
}

type Line = [...unknown[]];

/** All that was kept of calls on states, once the server has ended. */
async function keptLines(): Promise<Line[]> {
  await server.serving.close();
  const blocks = await onDatabase(server.config, 'SELECT entries FROM audit_block');
  const lines = blocks.flatMap(({ entries }) => JSON.parse(String(entries)) as Line[]);
  return lines.filter(([, action]) => ['look_up', 'refused', 'sign_in'].includes(String(action)));
}

test('so many leave an entry each, whatever is wrong, the others are counted by address', async () => {
  const { text: revoked, keyId } = await madeKey(server, { permission: 'read' });
  await admin(server, 'DELETE', `keys/${keyId}`);
  await flood(burst, (n) => ({ address: '192.0.2.1', key: `wrong-${n}` }));
  await flood(30, () => ({ address: '192.0.2.1', key: 'wrong' }));
  await flood(20, () => ({ address: '192.0.2.2' }));
  await flood(10, () => ({ address: '192.0.2.2', key: revoked }));
  // Who is let in leaves an entry at any time.
  expect((await lookUp(server, { id: 'one' })).status).toBe(404);
  const signIn = { method: 'POST', body: { api_key: server.keys.admin } };
  expect((await send(`${server.url}/console/session`, signIn)).status).toBe(200);

  const lines = await keptLines();
  expect(lines.filter(([, action]) => action === 'look_up')).toHaveLength(burst + 1);
  expect(lines.filter(([, action]) => action === 'sign_in')).toHaveLength(1);
  const counted = lines.filter(([, action]) => action === 'refused');
  expect(counted.map(([, ...rest]) => rest)).toEqual([
    ['refused', null, '192.0.2.1', null, 401, 'unauthorized', null, null, 30],
    ['refused', null, '192.0.2.2', null, 401, 'unauthorized', null, null, 20],
    ['refused', keyId, '192.0.2.2', null, 403, 'forbidden', null, null, 10],
  ]);
});

test('of very many addresses the last are counted together; later all have entries again', async () => {
  await flood(burst, () => ({ address: '192.0.2.1' }));
  await flood(addressesMax + 20, (n) => ({ address: `2001:db8::${n.toString(16)}` }));
  server.clock.advance(1_000);
  await refused({ address: '192.0.2.9' });

  const lines = await keptLines();
  const counted = lines.filter(([, action]) => action === 'refused');
  expect(counted).toHaveLength(addressesMax + 1);
  expect(counted.find(([, , , address]) => address === 'others')?.at(-1)).toBe(20);
  expect(lines.some(([, it, , address]) => it === 'look_up' && address === '192.0.2.9')).toBe(true);
});

test('the operator reads how many there were', async () => {
  await flood(burst + 7, () => ({ address: '192.0.2.1' }));
  await server.serving.close();
  const store = await openStore(server.config, { role: 'tool' });
  const { items } = await store.listAudit(nobodysTenant, {}, { limit: 1, after: null });
  expect(items[0]).toMatchObject({ action: 'refused', calls: 7 });
  await store.close();
});
