// The list of handoffs: its filter, its lines and its pages.

import { expect, test } from 'vitest';
import { answer, scriptedServer } from './scripted-server.js';

const at = new Date('2026-11-22T10:00:00.250Z');
const base = '/v1/acme/team/handoff_state';

function line(id: string): object {
  return {
    id,
    aliases: [],
    version: 1,
    written_at: at.toISOString(),
    updated_at: at.toISOString(),
    expires_at: at.toISOString(),
    status: 'picked_up',
  };
}

test('list sends its filter and gives times as dates', async () => {
  const full = {
    ...line('call-1'),
    shared_id: 's',
    aliases: ['a'],
    picked_up_at: at.toISOString(),
  };
  const server = await scriptedServer(
    answer(200, { items: [full, line('call-1')], next_cursor: 'c1' }),
  );
  const page = await server.client.list({
    status: 'picked_up',
    id: 'i',
    sharedId: 's',
    from: at,
    to: at,
    limit: 2,
    cursor: 'c0',
  });
  const times = { writtenAt: at, updatedAt: at, expiresAt: at };
  const read = { id: 'call-1', aliases: [], version: 1, status: 'picked_up', ...times };
  expect(page).toEqual({
    items: [{ ...read, sharedId: 's', aliases: ['a'], pickedUpAt: at }, read],
    nextCursor: 'c1',
  });
  const { pathname, searchParams } = new URL(server.requests[0]!.url, server.url);
  expect(pathname).toBe(`${base}s`);
  expect(Object.fromEntries(searchParams)).toEqual({
    status: 'picked_up',
    id: 'i',
    shared_id: 's',
    from: at.toISOString(),
    to: at.toISOString(),
    limit: '2',
    cursor: 'c0',
  });
});

test('listAll fetches pages as they are needed, to the end', async () => {
  const pages = [
    answer(200, { items: [line('1'), line('2')], next_cursor: 'a b' }),
    answer(200, { items: [], next_cursor: 'c' }),
    answer(200, { items: [line('3')], next_cursor: null }),
  ];
  const server = await scriptedServer(...pages);
  const ids: string[] = [];
  for await (const { id } of server.client.listAll({ status: 'pending', limit: 2 })) ids.push(id);
  expect(ids).toEqual(['1', '2', '3']);
  expect(server.requests.map(({ url }) => url)).toEqual([
    `${base}s?status=pending&limit=2`,
    `${base}s?status=pending&limit=2&cursor=a%20b`,
    `${base}s?status=pending&limit=2&cursor=c`,
  ]);

  const left = await scriptedServer(...pages);
  await left.client.listAll().next();
  expect(left.requests).toHaveLength(1);
});
