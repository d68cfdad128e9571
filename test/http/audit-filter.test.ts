// The audit narrowed to what a reader looks for: some actions, one record.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { lookUp, put } from '../support/handoff-calls.js';
import { type Received, send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ audit: 'strict' });
  await put(server, { id: 'call-1', data: {} });
  await lookUp(server, { id: 'call-1' });
  await lookUp(server, { id: 'call-2' });
});

afterAll(() => server.stop());

function audit(query: Record<string, string>): Promise<Received> {
  const url = server.stateUrl.replace('handoff_state', 'audit');
  return send(`${url}?${new URLSearchParams(query).toString()}`, { key: server.keys.admin });
}

const actionsOf = ({ json }: Received) => json.items.map(({ action }: Entry) => action);

interface Entry {
  readonly action: string;
  readonly record: string;
}

it('to several actions, with commas between them', async () => {
  await audit({});
  expect(actionsOf(await audit({ action: 'put' }))).toEqual(['put']);
  expect(actionsOf(await audit({ action: 'put,look_up' }))).toEqual(['look_up', 'look_up', 'put']);
});

it.each(['dance', 'put,', ',put', 'put,dance', 'put look_up'])('not to %j', async (action) => {
  const { status, json } = await audit({ action });
  expect([status, json.error_code]).toEqual([400, 'invalid_request']);
});

it('to a record as its entries name it, without knowing the name', async () => {
  const [newest] = (await audit({ id: 'call-1' })).json.items as Entry[];
  const { record } = newest!;
  expect(actionsOf(await audit({ record }))).toEqual(['audit_read', 'look_up', 'put']);
  expect(actionsOf(await audit({ record, action: 'put' }))).toEqual(['put']);
  expect(actionsOf(await audit({ record: 'hash:other' }))).toEqual([]);
});

it('leads on, page by page, to few entries among very many', async () => {
  await send(`${server.stateUrl}?id=call-1`, { method: 'DELETE', key: server.keys.admin });
  for (let call = 0; call < 250; call++) await lookUp(server, { id: 'call-2' });
  const found: string[] = [];
  let cursor: string | undefined = '';
  let pages = 0;
  for (; cursor !== undefined && pages < 100; pages++) {
    const { status, json }: Received = await audit({ action: 'erase', cursor });
    expect(status).toBe(200);
    found.push(...json.items.map(({ action }: Entry) => action));
    cursor = json.next_cursor ?? undefined;
  }
  expect(found).toEqual(['erase']);
  expect(pages).toBeGreaterThan(1);
  expect(pages).toBeLessThan(6);
});
