// Expiry: from its time on a state is not readable, wherever it still lies.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/limits.js';
import { untilWaiting } from '../support/admin-calls.js';
import { erase, lookUp, patch, put } from '../support/handoff-calls.js';
import { send } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());
const begin = Date.UTC(2030, 0, 1, 12);
beforeAll(() => server.clock.stopAt(begin));

const expired = { status: 404, code: 'handoff_state_expired' };

test('a state is readable up to its last millisecond and not one longer', async () => {
  const now = server.clock.now();
  const names = { id: 'brief', shared_id: 'brief-s', aliases: ['brief-a'] };
  const written = await put(server, { ...names, data: {}, ttl_seconds: 60 });
  expect(written.headers.sunset).toBe(new Date(now + 60_000).toUTCString());
  const queries = [{ id: 'brief' }, { shared_id: 'brief-s' }, { shared_id: 'brief-a' }];

  // Read twice now: whatever a store keeps of its answers, it keeps when their time is over.
  for (const query of [...queries, ...queries])
    expect(await told(lookUp(server, query))).toEqual({ status: 200 });
  server.clock.stopAt(now + 59_999);
  for (const query of queries) expect(await told(lookUp(server, query))).toEqual({ status: 200 });

  server.clock.stopAt(now + 60_000);
  for (const query of queries) {
    expect(await told(lookUp(server, query))).toEqual(expired);
    expect(await told(lookUp(server, query, { headers: { 'if-none-match': '"1"' } }))).toEqual(
      expired,
    );
    expect(await told(lookUp(server, { ...query, wait: '0' }))).toEqual(expired);
    expect(await told(patch(server, query, { data: {} }))).toEqual(expired);
    expect(await told(erase(server, query))).toEqual(expired);
  }
});

test('a state that was never read before is not read after its time either', async () => {
  await put(server, { id: 'unread', shared_id: 'unread-s', data: {}, ttl_seconds: 1 });
  server.clock.advance(1_000);
  expect(await told(lookUp(server, { id: 'unread' }))).toEqual(expired);
  expect(await told(lookUp(server, { shared_id: 'unread-s' }))).toEqual(expired);
});

test('who waits for an expired state gets none, then the next that is written', async () => {
  await put(server, { id: 'awaited', shared_id: 'awaited-s', data: { n: 1 }, ttl_seconds: 1 });
  server.clock.advance(1_000);
  const timedOut = lookUp(server, { shared_id: 'awaited-s', wait: '1' });
  const reading = lookUp(server, { shared_id: 'awaited-s', wait: '15' });
  await untilWaiting(server, 2);
  expect(await told(timedOut)).toEqual(expired);

  await put(server, { id: 'awaited-2', shared_id: 'awaited-s', data: { n: 2 } });
  expect((await reading).json.data).toEqual({ n: 2 });
});

test('a shorter life that a PATCH gives holds for answers that were read before', async () => {
  await put(server, { id: 'shortened', data: {} });
  await lookUp(server, { id: 'shortened' });
  await patch(server, { id: 'shortened' }, { ttl_seconds: 1 });
  server.clock.advance(999);
  expect(await told(lookUp(server, { id: 'shortened' }))).toEqual({ status: 200 });
  server.clock.advance(1);
  expect(await told(lookUp(server, { id: 'shortened' }))).toEqual(expired);
});

test('expired is told from never written for 30 days, across a restart too', async () => {
  const first = await startServer();
  await put(first, { id: 'remembered', shared_id: 'remembered-s', data: {}, ttl_seconds: 1 });
  await first.serving.close();

  const second = { ...(await startServer(first.config)), keys: first.keys };
  second.clock.advance(1_000 + limits.tombstoneSeconds * 1000 - 60_000);
  for (const query of [{ id: 'remembered' }, { shared_id: 'remembered-s' }]) {
    expect(await told(lookUp(second, query))).toEqual(expired);
  }
  expect((await told(lookUp(second, { id: 'nobody' }))).code).toBe('handoff_state_not_found');
  await second.stop();
});

test('the purge takes what has expired, and the answers stay the same', async () => {
  const fresh = await startServer();
  const ids = Array.from({ length: 450 }, (_, place) => `purged-${place}`);
  const body = { data: { secret: 'x' }, ttl_seconds: 1 };
  await Promise.all(ids.map((id) => put(fresh, { ...body, id, shared_id: `${id}-s` })));
  await put(fresh, { id: 'living', data: {} });
  fresh.clock.advance(1_000);
  const named = `${fresh.stateUrl}s?limit=200&status=expired`;
  const listed = async () => (await send(named, { key: fresh.keys.admin })).json.items;

  // Once purged a state is listed by the hash of its id; the purge runs every 10 seconds.
  const purged = async () =>
    (await listed()).every(({ id }: { id: string }) => id.startsWith('hash:'));
  await expect.poll(purged, { timeout: 20_000, interval: 200 }).toBe(true);
  for (const id of [ids[0]!, ids[449]!]) {
    expect(await told(lookUp(fresh, { id }))).toEqual(expired);
    expect(await told(lookUp(fresh, { shared_id: `${id}-s` }))).toEqual(expired);
  }
  expect((await lookUp(fresh, { id: 'living' })).status).toBe(200);
  await fresh.stop();
});

async function told(answer: ReturnType<typeof lookUp>): Promise<{ status: number; code?: string }> {
  const { status, json } = await answer;
  return status < 400 ? { status } : { status, code: json.error_code };
}
