// A record that was changed in the database: callers are told no more than "internal error", the log
// says what it is without naming it, and a new write or an erasure ends it.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { erase, lookUp, patch, put } from '../support/handoff-calls.js';
import { startServer, type TestServer } from '../support/server.js';
import { openRows } from '../support/stored-rows.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** Puts the content of the older version back under the newer one. */
async function breakRecord(id: string): Promise<void> {
  const rows = await openRows(server.config);
  await put(server, { id, shared_id: `shared-${id}`, data: { secret: 'older' } });
  const [older] = await rows.all('SELECT sealed FROM handoff_state WHERE id = $1', id);
  await put(server, { id, shared_id: `shared-${id}`, data: { secret: 'newer' } });
  await rows.all('UPDATE handoff_state SET sealed = $1 WHERE id = $2', older!.sealed!, id);
  await rows.close();
}

test('is 500 internal to every call that would need its content, waiting or not', async () => {
  await breakRecord('call-1');
  const answers = [
    await lookUp(server, { id: 'call-1' }),
    await lookUp(server, { shared_id: 'shared-call-1' }),
    await lookUp(server, { id: 'call-1', wait: '5' }),
    await lookUp(server, { id: 'call-1' }, { headers: { 'if-none-match': '"1"' } }),
    await patch(server, { id: 'call-1' }, { data: { more: 1 } }),
  ];
  for (const { status, json } of answers) {
    expect([status, json.error_code, json.error_message]).toEqual([
      500,
      'internal',
      'internal error',
    ]);
    const lines = server.log.filter((line) => line.includes(json.error_id));
    expect(lines.join('')).toContain('is broken: its sealed content does not open');
    expect(lines.join('')).toContain('`baton doctor` names the record');
  }
  for (const word of ['call-1', 'older', 'newer']) expect(server.log.join('')).not.toContain(word);
});

test('is whole again after a PUT, and gone after a DELETE', async () => {
  await breakRecord('call-2');
  const written = await put(server, { id: 'call-2', data: { n: 1 } });
  expect([written.status, written.json]).toEqual([200, { id: 'call-2', data: { n: 1 } }]);
  expect((await lookUp(server, { id: 'call-2' })).json).toEqual({ id: 'call-2', data: { n: 1 } });

  await breakRecord('call-3');
  const erased = await erase(server, { shared_id: 'shared-call-3' });
  expect([erased.status, erased.json.id]).toEqual([200, 'call-3']);
  const gone = await lookUp(server, { id: 'call-3' });
  expect(gone.json.error_code).toBe('handoff_state_erased');
});

test('does not keep another state from its names', async () => {
  await breakRecord('call-4');
  const taken = { id: 'call-5', shared_id: 'shared-call-4', data: {} };
  expect((await put(server, taken)).status).toBe(201);
  expect((await lookUp(server, { shared_id: 'shared-call-4' })).json).toEqual(taken);
  expect((await lookUp(server, { id: 'call-4' })).status).toBe(500);
});
