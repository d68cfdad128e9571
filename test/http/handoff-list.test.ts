// The list of a project's handoffs: what is known of each, newest first, never its data.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/limits.js';
import { madeProject } from '../support/admin-calls.js';
import { atOnce } from '../support/at-once.js';
import { erase, lookUp, patch, put } from '../support/handoff-calls.js';
import { type Received, send } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());
const begin = Date.UTC(2030, 0, 1, 12);
const at = (seconds: number) => new Date(begin + seconds * 1000).toISOString();

/** One state a second: `n-0` to `n-6`. */
beforeAll(async () => {
  for (let n = 0; n < 7; n++) {
    server.clock.stopAt(begin + n * 1000);
    await put(server, { id: `n-${n}`, shared_id: `s-${n}`, aliases: [`a-${n}`], data: { n } });
  }
});

function list(query: Record<string, string>, stateUrl = server.stateUrl): Promise<Received> {
  const url = `${stateUrl}s?${new URLSearchParams(query).toString()}`;
  return send(url, { key: server.keys.admin });
}

async function idsOf(query: Record<string, string>): Promise<string[]> {
  const answer = await list(query);
  expect(answer.status, answer.text).toBe(200);
  return answer.json.items.map(({ id }: { id: string }) => id);
}

test('a line tells what is known of a state, and never its data', async () => {
  server.clock.stopAt(begin + 10_000);
  await patch(server, { id: 'n-3' }, { shared_id: null });
  const { json } = await list({ id: 'n-3' });
  expect(json).toEqual({
    items: [
      {
        id: 'n-3',
        aliases: ['a-3'],
        version: 2,
        written_at: at(3),
        updated_at: at(10),
        expires_at: at(3 + limits.retentionSecondsDefault),
        status: 'pending',
      },
    ],
    next_cursor: null,
  });
  expect((await list({ id: 'n-4' })).json.items[0].shared_id).toBe('s-4');
});

test('newest first; pages have no gap while new states are written', async () => {
  const first = await list({ limit: '3', to: at(7) });
  expect(first.json.items.map(({ id }: { id: string }) => id)).toEqual(['n-6', 'n-5', 'n-4']);
  await put(server, { id: 'newer', data: {} });
  const second = await list({ limit: '3', to: at(7), cursor: first.json.next_cursor });
  expect(second.json.items.map(({ id }: { id: string }) => id)).toEqual(['n-3', 'n-2', 'n-1']);
  const third = await list({ limit: '3', to: at(7), cursor: second.json.next_cursor });
  expect(third.json.items.map(({ id }: { id: string }) => id)).toEqual(['n-0']);
  expect(third.json.next_cursor).toBeNull();
});

test('a full last page ends with a null cursor; states of one instant are all listed', async () => {
  const exact = await list({ limit: '7', to: at(7) });
  expect([exact.json.items.length, exact.json.next_cursor]).toEqual([7, null]);

  const { stateUrl } = await madeProject(server, 'same-instant');
  const target = { stateUrl, keys: { ...server.keys, write: server.keys.admin } };
  const ids = ['ü', 'b', '10', '9', 'a', 'B', '😀'];
  for (const id of ids) await put(target, { id, data: {} });
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Received = await list({ limit: '2', cursor }, stateUrl);
    seen.push(...page.json.items.map(({ id }: { id: string }) => id));
    cursor = page.json.next_cursor;
  }
  expect(seen.toSorted()).toEqual(ids.toSorted());
});

test('from is inclusive, to exclusive, on written_at, which a replacement keeps', async () => {
  server.clock.stopAt(begin + 20_000);
  await put(server, { id: 'n-2', shared_id: 's-2', aliases: ['a-2'], data: { n: 22 } });
  expect(await idsOf({ from: at(2), to: at(4) })).toEqual(['n-3', 'n-2']);
  expect(await idsOf({ from: at(2), to: at(2) })).toEqual([]);
  const offset = new Date(begin + 2_000 + 3_600_000).toISOString().replace('Z', '+01:00');
  expect(await idsOf({ from: offset, to: at(3) })).toEqual(['n-2']);
});

test('id finds one state, shared_id that of a shared id or an alias', async () => {
  expect(await idsOf({ id: 'n-5' })).toEqual(['n-5']);
  expect(await idsOf({ shared_id: 's-5' })).toEqual(['n-5']);
  expect(await idsOf({ shared_id: 'a-5' })).toEqual(['n-5']);
  expect(await idsOf({ id: 's-5' })).toEqual([]);
  expect(await idsOf({ shared_id: 'n-5' })).toEqual([]);
});

test('limit goes from 1 to 200, 50 where it is left out', async () => {
  const { stateUrl } = await madeProject(server, 'long-list');
  const target = { stateUrl, keys: { ...server.keys, write: server.keys.admin } };
  const ids = Array.from({ length: limits.listItemsMax + 1 }, (_, place) => `l-${place}`);
  await atOnce(50, ids, async (id) => {
    expect((await put(target, { id, data: {} })).status).toBe(201);
  });
  for (const [limit, found] of [
    ['', 50],
    ['1', 1],
    ['200', 200],
  ] as const) {
    const { json } = await list(limit === '' ? {} : { limit }, stateUrl);
    expect([limit, json.items.length]).toEqual([limit, found]);
    expect(json.next_cursor).toBeTypeOf('string');
  }
});

test.each([
  ['limit', ['0', '201', '-1', 'x', '1.5', '999999']],
  ['cursor', ['x', 'bm90IGEgY3Vyc29y']],
  ['from', ['yesterday', '2030-01-01', '1893456000', '2030-13-01T00:00:00Z']],
  ['to', ['2030-01-01T00:00:00', '2030-01-01T25:00:00Z']],
  ['status', ['done', 'PENDING']],
  ['unheard', ['1']],
])('a %s that does not fit is 400', async (parameter, values) => {
  for (const value of values) {
    const refused = await list({ [parameter]: value });
    expect([value, refused.status, refused.json.error_code]).toEqual([
      value,
      400,
      'invalid_request',
    ]);
  }
});

test('status tells pending, expired and erased apart; old names find what ended', async () => {
  const { stateUrl } = await madeProject(server, 'statuses');
  const { admin } = server.keys;
  const target = { stateUrl, keys: { admin, write: admin, read: admin } };
  await put(target, { id: 'pending', shared_id: 'pending-s', data: {} });
  await put(target, { id: 'expired', shared_id: 'expired-s', data: {}, ttl_seconds: 1 });
  await put(target, { id: 'erased', shared_id: 'erased-s', aliases: ['erased-a'], data: {} });
  await erase(target, { id: 'erased' });
  server.clock.advance(1_000);
  expect((await lookUp(target, { id: 'expired' })).status).toBe(404);

  for (const status of ['pending', 'expired', 'erased', 'picked_up', 'late', 'missed']) {
    const { json } = await list({ status }, stateUrl);
    const statuses = json.items.map((item: { status: string }) => item.status);
    const known = ['pending', 'expired', 'erased'].includes(status);
    expect([status, statuses]).toEqual([status, known ? [status] : []]);
  }
  expect((await list({}, stateUrl)).json.items).toHaveLength(3);

  for (const query of [{ id: 'erased' }, { shared_id: 'erased-s' }, { shared_id: 'erased-a' }]) {
    const { json } = await list(query, stateUrl);
    expect(json.items).toHaveLength(1);
    expect(json.items[0]).toMatchObject({ status: 'erased', version: 1, aliases: [] });
    // The names are gone: an id would be kept in clear otherwise.
    expect(json.items[0].id).toMatch(/^hash:/);
    expect(JSON.stringify(json)).not.toContain('erased-');
  }
});

test('a list tells the handoffs of its own project only', async () => {
  const { stateUrl } = await madeProject(server, 'empty');
  expect((await list({}, stateUrl)).json).toEqual({ items: [], next_cursor: null });
});
