// What one server erased is gone on all of them, and any of them has the receipt.

import { expect, test } from 'vitest';
import { readReceipt } from '../../src/receipt.js';
import { admin, madeProject } from '../support/admin-calls.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { send } from '../support/request.js';
import { startNodes } from './nodes.js';

const noticedMs = 5_000;

test('states that were named on different servers are erased by one', async () => {
  const nodes = await startNodes(3);
  for (const [place, node] of nodes.entries()) {
    const answer = await put(node, { id: `call-${place}`, shared_id: 'crm-1', data: {} });
    expect(answer.status).toBe(201);
  }
  const path = 'demo/demo/handoff_states?alias=crm-1';
  const erased = await admin(nodes[0]!, 'DELETE', path);
  expect(erased.json.erased).toHaveLength(3);
  const [{ id, receipt }] = erased.json.erased;
  for (const node of nodes) {
    for (const place of nodes.keys()) {
      const { json } = await lookUp(node, { id: `call-${place}` });
      expect(json.error_code).toBe('handoff_state_erased');
    }
    const kept = await admin(node, 'GET', `demo/demo/receipts?id=${id}`);
    expect(kept.json.items).toMatchObject([{ receipt }]);
    const { json } = await send(`${node.url}/.well-known/jwks.json`);
    expect(readReceipt(receipt, json.keys)).toBeDefined();
  }
});

test('a project that one erased is refused by the others, whatever they had in memory', async () => {
  const nodes = await startNodes(3);
  const { stateUrl } = await madeProject(nodes[0]!, 'doomed');
  const { admin: key } = nodes[0]!.keys;
  const targets = nodes.map(({ url }) => {
    const { pathname } = new URL(stateUrl);
    return { stateUrl: url + pathname, keys: { admin: key, write: key, read: key } };
  });
  const statuses = () =>
    Promise.all(
      targets.map(async (target, place) => {
        const written = await put(target, { id: `call-${place}`, data: {} });
        return [written.status, (await lookUp(target, { id: 'call-0' })).status];
      }),
    );
  await expect.poll(statuses, { timeout: noticedMs }).toEqual(nodes.map(() => [200, 200]));
  expect((await admin(nodes[1]!, 'DELETE', 'projects/doomed')).status).toBe(200);
  await expect.poll(statuses, { timeout: noticedMs }).toEqual(nodes.map(() => [403, 403]));
});
