// A session on several nodes: good on all of them, ended on all of them at once.

import { expect, test } from 'vitest';
import { admin, madeKey } from '../support/admin-calls.js';
import { callAs, shownSession, signedIn } from '../support/session-calls.js';
import { startNodes } from './nodes.js';

test('a session of one node is one of the other, until it signs out on either', async () => {
  const [one, other] = await startNodes(2);
  const browser = await signedIn(one!);
  for (const node of [one!, other!]) {
    const made = await callAs(browser, node.stateUrl, {
      method: 'PUT',
      body: { id: 'a', data: {} },
    });
    expect(made.status, made.text).toBeLessThan(202);
  }
  await callAs(browser, `${other!.url}/console/session`, { method: 'DELETE' });
  expect((await shownSession(one!, browser)).status).toBe(401);
});

test('a session ends with its key on every node', async () => {
  const [one, other] = await startNodes(2);
  const { text, keyId } = await madeKey(one!, { permission: 'admin' });
  const browser = await signedIn(one!, text);
  expect((await shownSession(other!, browser)).status).toBe(200);
  await admin(one!, 'DELETE', `keys/${keyId}`);
  expect((await shownSession(one!, browser)).status).toBe(401);
  expect((await shownSession(other!, browser)).status).toBe(401);
});
