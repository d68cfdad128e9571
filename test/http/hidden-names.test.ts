// Projects that hide their names: asked for when they are made, for good; lists show hashes.

import { afterAll, expect, test } from 'vitest';
import { admin } from '../support/admin-calls.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { send } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());

const key = server.keys.admin;
const keys = { admin: key, write: key, read: key };
const hash = expect.stringMatching(/^hash:[\w-]{22}$/);

test('a project hides its names where it is made so, and shows it ever after', async () => {
  const wanted = { project_slug: 'hidden', hash_ids: true };
  const made = await admin(server, 'POST', 'projects', wanted);
  expect([made.status, made.json]).toEqual([201, expect.objectContaining(wanted)]);
  const plain = await admin(server, 'POST', 'projects', { project_slug: 'plain', hash_ids: false });
  expect(plain.json.hash_ids).toBe(false);
  expect((await admin(server, 'GET', 'projects/hidden')).json).toEqual(made.json);
  const { items } = (await admin(server, 'GET', 'projects')).json;
  const listed = items.map((item: Record<string, unknown>) => [item.project_slug, item.hash_ids]);
  expect(Object.fromEntries(listed)).toEqual({ demo: false, hidden: true, plain: false });
});

test('it cannot be changed', async () => {
  for (const hash_ids of [true, false, null]) {
    const { status, json } = await admin(server, 'PATCH', 'projects/demo', { hash_ids });
    expect([status, json.error_code]).toEqual([400, 'invalid_request']);
  }
  for (const hash_ids of ['yes', 1, null]) {
    const made = await admin(server, 'POST', 'projects', { project_slug: 'odd', hash_ids });
    expect(made.status).toBe(400);
  }
});

test('look-ups answer the names as ever; lists show hashes, and find by either', async () => {
  await admin(server, 'POST', 'projects', { project_slug: 'calls', hash_ids: true });
  const stateUrl = `${server.url}/v1/demo/calls/handoff_state`;
  const state = { id: 'call-1', shared_id: 'caller-1', data: { n: 1 } };
  const written = await put({ stateUrl, keys }, { ...state, aliases: ['leg-1'] });
  expect([written.status, written.json]).toEqual([201, state]);
  for (const query of [{ id: 'call-1' }, { shared_id: 'caller-1' }, { shared_id: 'leg-1' }]) {
    expect((await lookUp({ stateUrl, keys }, query)).json).toEqual(state);
  }
  const list = async (query: string) => (await send(`${stateUrl}s?${query}`, { key })).json.items;
  const [item, ...others] = await list('');
  expect(others).toEqual([]);
  expect(item).toMatchObject({ id: hash, aliases: [hash, hash], version: 1, status: 'pending' });
  expect(item.shared_id ?? null).toBeNull();
  for (const query of [`id=${item.id}`, 'id=call-1', 'shared_id=leg-1', 'shared_id=caller-1']) {
    expect(await list(query)).toEqual([item]);
  }
  expect(await list('id=call-2')).toEqual([]);
});
