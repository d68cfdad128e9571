// The look-up against the published contract of the API that clients move over from.

import Schema, { type XSchema } from 'typebox/schema';
import { afterAll, expect, test } from 'vitest';
import published from '../contract/handoff.openapi.json' with { type: 'json' };
import { admin, madeKey } from '../support/admin-calls.js';
import { breakStore } from '../support/break-store.js';
import { lookUp, put } from '../support/handoff-calls.js';
import type { Received } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());
await put(server, { id: 'call-1', shared_id: 'CA1', data: { customer_id: '12345', n: null } });

const path = '/v1/{account_id}/{project_id}/handoff_state';
const { responses } = published.paths[path].get;
const statuses = Object.keys(responses) as (keyof typeof responses)[];

/** What a client does to be answered with each status. */
const causes: Record<keyof typeof responses, () => Promise<Received>> = {
  200: () => lookUp(server, { shared_id: 'CA1' }),
  400: () => lookUp(server, {}),
  401: () => lookUp(server, { id: 'call-1' }, { key: 'not-a-key' }),
  403: () => lookUpWithRevokedKey(),
  404: () => lookUp(server, { id: 'call-of-nobody' }),
  500: async () => (await lookUpInBrokenStore()).answer,
};

test.each(statuses)('a look-up that is answered %s has the published shape', async (status) => {
  const answer = await causes[status]();
  expect(answer.status).toBe(Number(status));
  expect(answer.headers['content-type']).toMatch(/^application\/json\b/);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(Schema.Check(schemaOf(status), answer.json)).toBe(true);

  if (status === '200') {
    expect(Object.keys(answer.json)).toEqual(['id', 'shared_id', 'data']);
  } else {
    expect(Object.keys(answer.json)).toEqual(['error_message', 'error_code', 'error_id']);
    expect(answer.json.error_id).toBe(answer.headers['x-request-id']);
  }
});

test('the check of shapes is one that can fail', () => {
  expect(Schema.Check(schemaOf('200'), { id: 'call-1' })).toBe(false);
  expect(Schema.Check(schemaOf('200'), { id: 7, data: {} })).toBe(false);
  expect(Schema.Check(schemaOf('404'), { error_message: 7 })).toBe(false);
});

test('a failure of the store is told to the log and not to the client', async () => {
  const { answer, log, cause } = await lookUpInBrokenStore();
  const errorId = answer.headers['x-request-id'];
  expect(answer.json).toEqual({
    error_message: 'internal error',
    error_code: 'internal',
    error_id: errorId,
  });
  const line = log.find((one) => one.includes(`"request_id":"${String(errorId)}"`));
  expect(line).toContain(cause);
});

async function lookUpWithRevokedKey(): Promise<Received> {
  const { text, keyId } = await madeKey(server, { permission: 'read' });
  await admin(server, 'DELETE', `keys/${keyId}`);
  return lookUp(server, { id: 'call-1' }, { key: text });
}

/** The state is one that this process has not read before, so that the store must be asked. */
async function lookUpInBrokenStore(): Promise<{
  answer: Received;
  log: readonly string[];
  cause: string;
}> {
  // With strict audit nothing is answered while the store cannot take the entry.
  const first = await startServer({ audit: 'fast' });
  await put(first, { id: 'call-1', data: {} });
  await first.serving.close();

  const { config, keys } = first;
  const second = { ...(await startServer(config, { firstRun: false })), keys };
  const { repair, cause } = await breakStore(config);
  const answer = await lookUp(second, { id: 'call-1' });
  await repair();
  await second.stop();
  return { answer, log: second.log, cause };
}

function schemaOf(status: keyof typeof responses): XSchema {
  const { $ref } = responses[status].content['application/json'].schema;
  const name = $ref.slice($ref.lastIndexOf('/') + 1) as keyof typeof published.components.schemas;
  return published.components.schemas[name];
}
