// The audit over HTTP: each call leaves exactly its entry, refused ones too, and nothing personal.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditActions } from '../../src/audit.js';
import { madeKey } from '../support/admin-calls.js';
import { erase, lookUp, patch, put } from '../support/handoff-calls.js';
import { onDatabase } from '../support/raw-audit.js';
import { type Received, type Sent, send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ audit: 'strict' });
});

afterAll(() => server.stop());

const idOf = (key: string) => key.split('_')[2];

function audit(query: Record<string, string> = {}, sent: Sent = {}): Promise<Received> {
  const url = server.stateUrl.replace('handoff_state', 'audit');
  const key = server.keys.admin;
  return send(`${url}?${new URLSearchParams(query).toString()}`, { key, ...sent });
}

/** The entry of an answer: found by its request id, and the only one of it. */
async function entryOf(answer: Received, query: Record<string, string> = {}) {
  const { json } = await audit({ limit: '200', ...query });
  const found = json.items.filter(
    (entry: { request_id: string }) => entry.request_id === answer.headers['x-request-id'],
  );
  expect(found).toHaveLength(1);
  return found[0];
}

describe('each call leaves its entry', () => {
  it('of a state: who, what, from where, and with what outcome', async () => {
    const state = { id: 'conv-1', shared_id: 'shared-1', data: { a: 1 } };
    const made = await put(server, state);
    const found = await lookUp(server, { shared_id: 'shared-1' });
    const again = await lookUp(server, { shared_id: 'shared-1' });
    const changed = await patch(server, { id: 'conv-1' }, { data: { b: 2 } });
    const erased = await erase(server, { id: 'conv-1' });
    const gone = await lookUp(server, { id: 'conv-1' });

    const entry = await entryOf(made);
    expect(entry).toEqual({
      at: expect.stringMatching(/^20.*Z$/),
      action: 'put',
      key_id: idOf(server.keys.write),
      address: '127.0.0.1',
      record: expect.stringMatching(/^hash:[\w-]{22}$/),
      status: 201,
      cause: null,
      request_id: made.headers['x-request-id'],
      duration_ms: expect.any(Number),
    });
    const byId = { record: entry.record, status: 200 };
    expect(await entryOf(changed)).toMatchObject({ action: 'patch', ...byId });
    expect(await entryOf(erased)).toMatchObject({ action: 'erase', ...byId });
    const first = await entryOf(found);
    expect(first).toMatchObject({ action: 'look_up', key_id: idOf(server.keys.read), status: 200 });
    expect(first.record).not.toBe(entry.record);
    // The second one takes the short way.
    expect(await entryOf(again)).toEqual({
      ...first,
      at: expect.any(String),
      duration_ms: expect.any(Number),
      request_id: again.headers['x-request-id'],
    });
    expect(await entryOf(gone)).toMatchObject({
      action: 'look_up',
      record: entry.record,
      status: 404,
      cause: 'handoff_state_erased',
    });
  });

  it('of an erasure by any name, and of the receipts of a state', async () => {
    const made = await put(server, { id: 'conv-5', shared_id: 'shared-5', data: {} });
    const found = await lookUp(server, { shared_id: 'shared-5' });
    const call = (method: string, path: string, key = server.keys.admin) =>
      send(server.stateUrl.replace('handoff_state', path), { method, key });
    const byAlias = 'handoff_states?alias=shared-5';
    const refused = await call('DELETE', byAlias, server.keys.write);
    const erased = await call('DELETE', byAlias);
    const again = await call('DELETE', byAlias);
    const receipts = await call('GET', 'receipts?id=conv-5');
    expect(receipts.json.items).toHaveLength(1);

    const asked = { action: 'erase_named', record: (await entryOf(found)).record };
    const forbidden = { key_id: idOf(server.keys.write), status: 403, cause: 'forbidden' };
    expect(await entryOf(refused)).toMatchObject({ ...asked, ...forbidden });
    const done = { key_id: idOf(server.keys.admin), status: 200, cause: null };
    expect(await entryOf(erased)).toMatchObject({ ...asked, ...done });
    const missing = { status: 404, cause: 'handoff_state_not_found' };
    expect(await entryOf(again)).toMatchObject({ ...asked, ...missing });
    const { record } = await entryOf(made);
    expect(await entryOf(receipts)).toMatchObject({ action: 'receipt_list', record, ...done });
  });

  it('of look-ups that are not modified, bare of a body, or on another path', async () => {
    await put(server, { id: 'conv-2', data: {} });
    const query = { id: 'conv-2' };
    const { headers } = await lookUp(server, query);
    const same = await lookUp(server, query, {
      headers: { 'if-none-match': String(headers.etag) },
    });
    expect(await entryOf(same)).toMatchObject({ action: 'look_up', status: 304 });
    const bare = await lookUp(server, query, { method: 'HEAD' });
    expect(await entryOf(bare)).toMatchObject({ action: 'look_up', status: 200 });
    for (const version of ['/v3', '']) {
      const url = `${server.stateUrl.replace('/v1', version)}?id=conv-2`;
      for (let round = 0; round < 2; round++) {
        const answer = await send(url, { key: server.keys.read });
        expect(await entryOf(answer)).toMatchObject({ action: 'look_up', status: 200 });
      }
    }
  });

  it('of a wait, as it ended', async () => {
    const waiting = lookUp(server, { id: 'conv-3', wait: '5' });
    await put(server, { id: 'conv-3', data: {} });
    expect(await entryOf(await waiting)).toMatchObject({ action: 'look_up', status: 200 });
    const inVain = await lookUp(server, { id: 'conv-4', wait: '1' });
    const notFound = { status: 404, cause: 'handoff_state_not_found' };
    expect(await entryOf(inVain)).toMatchObject({ action: 'look_up', ...notFound });
  });

  it('of lists, projects and keys, those of the account apart', async () => {
    const list = await send(`${server.stateUrl}s`, { key: server.keys.admin });
    expect(await entryOf(list)).toMatchObject({ action: 'list', record: null, status: 200 });
    const read = await audit();
    expect(await entryOf(read)).toMatchObject({ action: 'audit_read', status: 200 });

    const call = (method: string, path: string, body?: unknown) =>
      send(`${server.url}/v1/${path}`, {
        method,
        key: server.keys.admin,
        ...(body === undefined ? {} : { body }),
      });
    const made = await call('POST', 'projects', { project_slug: 'audited' });
    const project = made.json.project_id;
    const key = await call('POST', 'keys', { permission: 'read' });
    const rotated = await call('POST', `keys/${key.json.key_id}/rotate`, {});
    const calls: [string, string | null, number, Received][] = [
      ['project_create', project, 201, made],
      ['project_list', null, 200, await call('GET', 'projects')],
      ['project_show', project, 200, await call('GET', 'projects/audited')],
      [
        'project_change',
        project,
        200,
        await call('PATCH', `projects/${project}`, { retention_seconds: 60 }),
      ],
      ['key_create', key.json.key_id, 201, key],
      ['key_list', null, 200, await call('GET', 'keys')],
      ['key_rotate', key.json.key_id, 201, rotated],
      ['key_revoke', key.json.key_id, 200, await call('DELETE', `keys/${key.json.key_id}`)],
      ['project_erase', project, 200, await call('DELETE', 'projects/audited')],
      ['project_erase', null, 404, await call('DELETE', 'projects/audited')],
      ['receipt_list', null, 200, await call('GET', 'receipts')],
    ];
    for (const [action, record, status, answer] of calls) {
      const entry = await entryOf(answer, { scope: 'account' });
      expect(entry).toMatchObject({ action, record, status, key_id: idOf(server.keys.admin) });
    }
    const ofStates = [
      'refused',
      'look_up',
      'put',
      'patch',
      'erase',
      'erase_named',
      'list',
      'audit_read',
    ];
    const seen = new Set([...calls.map(([action]) => action), ...ofStates]);
    const ofConsole = ['sign_in', 'sign_out', 'reveal', 'stats_read', 'events_read'];
    const ofLinks = ['link_create', 'pop_open'];
    expect(new Set([...seen, ...ofConsole, ...ofLinks])).toEqual(new Set(auditActions));
  });

  it('of what is refused: the key where its secret was right, else none', async () => {
    const query = { id: 'conv-9' };
    const bad = await lookUp(server, query, { key: 'baton_nonsense' });
    expect(await entryOf(bad)).toMatchObject({ key_id: null, status: 401, cause: 'unauthorized' });
    const without = await send(`${server.stateUrl}?id=conv-9`);
    expect(await entryOf(without)).toMatchObject({ key_id: null, status: 401 });
    const forbidden = await put(server, { id: 'conv-9', data: {} }, { key: server.keys.read });
    const reader = idOf(server.keys.read);
    expect(await entryOf(forbidden)).toMatchObject({
      action: 'put',
      key_id: reader,
      status: 403,
      cause: 'forbidden',
    });
    const invalid = await put(server, { id: 'conv-9' });
    expect(await entryOf(invalid)).toMatchObject({ status: 400, cause: 'invalid_request' });

    const { keyId: key_id, text: secret } = await madeKey(server, { permission: 'read' });
    await send(`${server.url}/v1/keys/${key_id}`, { method: 'DELETE', key: server.keys.admin });
    const revoked = await lookUp(server, query, { key: secret });
    expect(await entryOf(revoked)).toMatchObject({ key_id, status: 403, cause: 'forbidden' });

    const elsewhere = await send(`${server.url}/v1/demo/nowhere/handoff_state?id=conv-9`, {
      key: server.keys.read,
    });
    const ofAccount = await entryOf(elsewhere, { scope: 'account' });
    expect(ofAccount).toMatchObject({ action: 'look_up', key_id: reader, status: 403 });
  });
});

describe('reading', () => {
  it('filters by what was done, by whom, to what and when, page by page', async () => {
    await put(server, { id: 'filtered', data: {} });
    const from = new Date().toISOString();
    for (let round = 0; round < 3; round++) await lookUp(server, { id: 'filtered' });
    const to = new Date(Date.now() + 1).toISOString();
    const ofIt = { id: 'filtered', from, to };
    const { items, next_cursor } = (await audit({ ...ofIt, limit: '2' })).json;
    expect([items.length, typeof next_cursor]).toEqual([2, 'string']);
    const rest = (await audit({ ...ofIt, limit: '2', cursor: next_cursor })).json;
    expect([rest.items.length, rest.next_cursor]).toEqual([1, null]);
    expect((await audit({ ...ofIt, key_id: idOf(server.keys.write)! })).json.items).toEqual([]);
    expect((await audit({ ...ofIt, action: 'put' })).json.items).toEqual([]);
    expect((await audit({ id: 'filtered', action: 'put' })).json.items).toHaveLength(1);
    expect((await audit({ shared_id: 'filtered' })).json.items).toEqual([]);

    const both = (await audit({ id: 'filtered', action: 'put,look_up' })).json.items;
    expect(both.map(({ action }: { action: string }) => action)).toEqual([
      ...Array.from({ length: 3 }, () => 'look_up'),
      'put',
    ]);
    expect((await audit({ record: both[0].record, action: 'put,look_up' })).json.items).toEqual(
      both,
    );
    expect((await audit({ record: 'hash:other' })).json.items).toEqual([]);
    for (const action of ['dance', 'put,', 'put,dance']) {
      expect((await audit({ action })).status).toBe(400);
    }
  });

  it('needs an admin key, for the account one of all of it', async () => {
    expect((await audit({}, { key: server.keys.write })).status).toBe(403);
    const { text: secret } = await madeKey(server, { permission: 'admin', projects: ['demo'] });
    expect((await audit({}, { key: secret })).status).toBe(200);
    expect((await audit({ scope: 'account' }, { key: secret })).status).toBe(403);
    expect((await audit({ scope: 'other' })).status).toBe(400);
  });
});

it('keeps no name, no content and no key, neither in the answer nor in the database', async () => {
  const canary = 'canary5150';
  const names = { id: `${canary}-id`, shared_id: `${canary}-shared`, aliases: [`${canary}-alias`] };
  await put(server, { ...names, data: { [canary]: canary } });
  await put(server, `{"id":"${canary}","data":${canary}`);
  for (const alias of [...names.aliases, canary]) await lookUp(server, { shared_id: alias });
  await patch(server, { id: names.id }, { data: { more: canary } });
  await lookUp(
    server,
    { id: canary, wait: canary },
    { key: canary, headers: { 'user-agent': canary } },
  );
  await send(`${server.url}/v1/keys/${canary}`, { method: 'DELETE', key: server.keys.admin });
  await send(`${server.url}/v1/projects/${canary}`, { key: server.keys.admin });
  await send(`${server.url}/v1/${canary}/${canary}/handoff_state?id=1`, { key: server.keys.admin });
  await audit({ id: names.id });
  const base = server.stateUrl.replace('handoff_state', '');
  for (const name of [names.shared_id, canary]) {
    await send(`${base}handoff_states?alias=${name}`, { method: 'DELETE', key: server.keys.admin });
  }
  await send(`${base}receipts?id=${names.id}`, { key: server.keys.admin });
  await send(`${server.url}/v1/projects/${canary}`, { method: 'DELETE', key: server.keys.admin });

  const texts = [await onDatabase(server.config, 'SELECT * FROM audit_block')];
  texts.push((await audit({ limit: '200' })).json.items);
  const kept = JSON.stringify(texts);
  const secrets = [...Object.values(server.keys).map((key) => key.split('_')[3]!), canary];
  for (const text of secrets) {
    const bytes = Buffer.from(text);
    for (const form of [text, bytes.toString('hex'), bytes.toString('base64').slice(0, -2)]) {
      expect(kept).not.toContain(form);
    }
  }
});

it('is kept in no way where it is off', async () => {
  const other = await startServer({ audit: 'off' });
  await put(other, { id: 'one', data: {} });
  expect((await lookUp(other, { id: 'one' })).status).toBe(200);
  expect(await onDatabase(other.config, 'SELECT * FROM audit_block')).toEqual([]);
  await other.stop();
});

it('is written within 50 ms, and at the end, where answers do not wait for it', async () => {
  const fast = await startServer({ audit: 'fast' });
  await put(fast, { id: 'one', data: {} });
  const blocks = () =>
    onDatabase(fast.config, "SELECT * FROM audit_block WHERE tenant NOT LIKE '@%'");
  await expect.poll(blocks, { interval: 10, timeout: 1_000 }).toHaveLength(1);
  for (let round = 0; round < 3; round++) await lookUp(fast, { id: 'one' });
  await fast.serving.close();
  const entries = (await blocks()).flatMap(({ entries: text }) => JSON.parse(String(text)));
  expect(entries).toHaveLength(4);
  await (await startServer(fast.config)).stop();
});
