// Several servers on one database are as one: what one has acknowledged holds on all of them.

import { expect, test } from 'vitest';
import { admin, keyIdOf, madeKey } from '../support/admin-calls.js';
import { atOnce } from '../support/at-once.js';
import { erase, lookUp, patch, put, versionOf } from '../support/handoff-calls.js';
import { seededRandom } from '../support/random.js';
import { startNodes } from './nodes.js';

const noticedMs = 5_000;

test.each([2, 4])('what one of %i acknowledged the others show at once', async (count) => {
  const nodes = await startNodes(count, { audit: 'strict' });
  const random = seededRandom('writes and look-ups on different servers');
  const someNode = () => nodes[random.below(count)]!;
  await atOnce(
    8,
    Array.from({ length: 25 * count }, (_, n) => n),
    async (n) => {
      const id = `call-${n}`;
      const body = { id, shared_id: `shared-${n}`, data: { n } };
      const expectOnAll = async (expected: unknown) => {
        for (const node of nodes) {
          for (const query of [{ id }, { shared_id: `shared-${n}` }]) {
            const { json } = await lookUp(node, query);
            expect(json.data ?? json.error_code).toEqual(expected);
          }
        }
      };
      await put(someNode(), body);
      await expectOnAll({ n });
      await put(someNode(), { ...body, data: { n, again: true } });
      await expectOnAll({ n, again: true });
      await patch(someNode(), { id }, { data: { patched: true } });
      await expectOnAll({ n, again: true, patched: true });
      await erase(someNode(), { id });
      await expectOnAll('handoff_state_erased');
    },
  );
});

test('200 writes of one id over four servers make 200 versions, each one once', async () => {
  const nodes = await startNodes(4, { audit: 'strict' });
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, n) => put(nodes[n % 4]!, { id: 'one', data: { n } })),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(199);
  const versions = answers.map(versionOf).toSorted((one, other) => one - other);
  expect(versions).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));

  const last = answers.find((answer) => versionOf(answer) === 200)!;
  for (const node of nodes) {
    const found = await lookUp(node, { id: 'one' });
    expect([found.text, found.headers.etag]).toEqual([last.text, '"200"']);
  }
});

test('of 50 ids that claim one shared id over four servers one owns it', async () => {
  const nodes = await startNodes(4, { audit: 'strict' });
  const ids = Array.from({ length: 50 }, (_, n) => `call-${n}`);
  const answers = await Promise.all(
    ids.map((id, n) => put(nodes[n % 4]!, { id, shared_id: 'wanted', data: {} })),
  );
  expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 201));
  const owner = await lookUp(nodes[0]!, { shared_id: 'wanted' });
  const found = await Promise.all(ids.map((id, n) => lookUp(nodes[n % 4]!, { id })));
  const owners = found.filter(({ json }) => json.shared_id === 'wanted');
  expect(owners.map(({ text }) => text)).toEqual([owner.text]);
});

test('a key that one made the others take, and one that it revoked they refuse', async () => {
  const nodes = await startNodes(4);
  const key = await madeKey(nodes[0]!, { permission: 'read' });
  const statuses = () =>
    Promise.all(
      nodes.map(async (node) => (await lookUp(node, { id: 'x' }, { key: key.text })).status),
    );
  await expect.poll(statuses, { timeout: noticedMs }).toEqual([404, 404, 404, 404]);
  expect((await admin(nodes[1]!, 'DELETE', `keys/${key.keyId}`)).status).toBe(200);
  await expect.poll(statuses, { timeout: noticedMs }).toEqual([403, 403, 403, 403]);
});

test('a key that one rotated ends on all, and its successor is good on all', async () => {
  const nodes = await startNodes(2);
  const { write } = nodes[0]!.keys;
  const path = `keys/${keyIdOf(write)}/rotate`;
  const rotated = await admin(nodes[0]!, 'POST', path, { overlap_seconds: 0 });
  expect(rotated.status, rotated.text).toBe(201);
  const statuses = (key: string) =>
    Promise.all(
      nodes.map(async (node) => (await put(node, { id: 'x', data: {} }, { key })).status),
    );
  await expect.poll(() => statuses(write), { timeout: noticedMs }).toEqual([403, 403]);
  await expect
    .poll(() => statuses(rotated.json.secret), { timeout: noticedMs })
    .toEqual([200, 200]);
});

test('a successor is good on the others at once, and the old key goes on for the overlap', async () => {
  const nodes = await startNodes(3);
  let key = nodes[0]!.keys.write;
  for (let times = 0; times < 10; times++) {
    const path = `keys/${keyIdOf(key)}/rotate`;
    const rotated = await admin(nodes[times % 3]!, 'POST', path, { overlap_seconds: 60 });
    const both = [key, rotated.json.secret].flatMap((text) =>
      nodes.map((node) => put(node, { id: 'x', data: {} }, { key: text })),
    );
    for (const { status } of await Promise.all(both)) expect([200, 201]).toContain(status);
    key = rotated.json.secret;
  }
});

test('what one changed in a project the others go by', async () => {
  const nodes = await startNodes(4);
  const retention = 120;
  const path = `projects/${nodes[0]!.projectId}`;
  const changed = await admin(nodes[0]!, 'PATCH', path, { retention_seconds: retention });
  expect(changed.status, changed.text).toBe(200);
  const accepted = () =>
    Promise.all(
      nodes.map(async (node) => {
        const body = { id: 'long', data: {}, ttl_seconds: retention + 1 };
        return (await put(node, body)).status;
      }),
    );
  await expect.poll(accepted, { timeout: noticedMs }).toEqual([400, 400, 400, 400]);
});
