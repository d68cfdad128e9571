// Rotation: a new secret beside the old one, which ends after the overlap.

import { afterAll, expect, test } from 'vitest';
import { limits } from '../../src/limits.js';
import { admin, madeKey } from '../support/admin-calls.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());
const statusWith = async (key: string) => (await lookUp(server, { id: 'nobody' }, { key })).status;
const rotate = (keyId: string, body?: object) =>
  admin(server, 'POST', `keys/${keyId}/rotate`, body);

test('old and new work side by side for the overlap; then the old one has expired', async () => {
  const members = { permission: 'read', projects: ['demo'], name: 'Connect' };
  const old = await madeKey(server, members);
  const rotated = await rotate(old.keyId, { overlap_seconds: 600 });
  expect(rotated.status).toBe(201);
  expect(rotated.json).toMatchObject({
    name: 'Connect',
    projects: [server.projectId],
    permission: 'read',
    expires_at: null,
    revoked_at: null,
  });
  expect(rotated.json.key_id).not.toBe(old.keyId);

  server.clock.advance(599_000);
  expect([await statusWith(old.text), await statusWith(rotated.json.secret)]).toEqual([404, 404]);
  server.clock.advance(1_001);
  expect([await statusWith(old.text), await statusWith(rotated.json.secret)]).toEqual([403, 404]);
});

test('the overlap is 24 hours where none is given, with a body or without one', async () => {
  for (const body of [{}, undefined]) {
    const old = await madeKey(server, { permission: 'read' });
    const before = server.clock.now();
    expect((await rotate(old.keyId, body)).status).toBe(201);
    const { json } = await admin(server, 'GET', 'keys?limit=200');
    const item = json.items.find((one: { key_id: string }) => one.key_id === old.keyId);
    const overlapMs = Date.parse(item.expires_at) - before;
    expect(overlapMs).toBeGreaterThanOrEqual(86_400_000);
    expect(overlapMs).toBeLessThan(86_460_000);
  }
});

test('an overlap of 0 ends the old key at once', async () => {
  const old = await madeKey(server, { permission: 'read' });
  const rotated = await rotate(old.keyId, { overlap_seconds: 0 });
  expect([await statusWith(old.text), await statusWith(rotated.json.secret)]).toEqual([403, 404]);
});

test('an old key that ends before the overlap keeps its end; the new lives as long', async () => {
  const dayMs = 86_400_000;
  const expires_at = new Date(server.clock.now() + dayMs / 2).toISOString();
  const old = await madeKey(server, { permission: 'read', expires_at });
  server.clock.advance(dayMs / 4);
  const rotated = await rotate(old.keyId);
  const lifeMs = Date.parse(rotated.json.expires_at) - Date.parse(rotated.json.created_at);
  expect(Math.abs(lifeMs - dayMs / 2)).toBeLessThan(60_000);
  server.clock.advance(dayMs / 4 + 1);
  expect([await statusWith(old.text), await statusWith(rotated.json.secret)]).toEqual([403, 404]);
});

test('the new key takes the expiry that is asked for', async () => {
  const { keyId } = await madeKey(server, { permission: 'read' });
  const expires_at = new Date(server.clock.now() + 60_000).toISOString();
  expect((await rotate(keyId, { expires_at })).json.expires_at).toBe(expires_at);
  const past = { expires_at: new Date(server.clock.now() - 1).toISOString() };
  expect((await rotate(keyId, past)).status).toBe(400);
});

test('a revoked key is not rotated', async () => {
  const { keyId } = await madeKey(server, { permission: 'read' });
  await admin(server, 'DELETE', `keys/${keyId}`);
  const refused = await rotate(keyId, {});
  expect([refused.status, refused.json.error_code]).toEqual([409, 'conflict']);
});

test('the overlap goes from 0 seconds to 30 days', async () => {
  const { keyId } = await madeKey(server, { permission: 'read' });
  const max = limits.rotationOverlapSecondsMax;
  for (const overlap_seconds of [-1, max + 1, 1.5, '60', null]) {
    expect((await rotate(keyId, { overlap_seconds })).status).toBe(400);
  }
  expect((await rotate(keyId, { overlap_seconds: max })).status).toBe(201);
});

test('rotations under load fail no request with a key that is good', async () => {
  let { text, keyId } = await madeKey(server, { permission: 'write' });
  const ending = new AbortController();
  const statuses = new Map<number, number>();
  const load = Array.from({ length: 8 }, async (_, reader) => {
    while (!ending.signal.aborted) {
      // The key of this moment: it may be followed by another one while the request is under way.
      const key = text;
      const answers = [
        await put(server, { id: `rotated-${reader}`, data: {} }, { key }),
        await lookUp(server, { id: `rotated-${reader}` }, { key }),
        await lookUp(server, { id: 'nobody' }, { key }),
      ];
      for (const { status } of answers) statuses.set(status, 1 + (statuses.get(status) ?? 0));
    }
  });
  for (let times = 0; times < 20; times++) {
    const { status, json } = await rotate(keyId, { overlap_seconds: 60 });
    expect(status).toBe(201);
    ({ secret: text, key_id: keyId } = json);
  }
  ending.abort();
  await Promise.all(load);
  expect([...statuses.keys()].toSorted((a, b) => a - b)).toEqual([200, 201, 404]);
  expect(statuses.get(200)).toBeGreaterThan(100);
});

test('a key rotates itself', async () => {
  const { text, keyId } = await madeKey(server, { permission: 'admin' });
  const rotated = await admin(server, 'POST', `keys/${keyId}/rotate`, { overlap_seconds: 0 }, text);
  expect(rotated.status).toBe(201);
  expect(await statusWith(text)).toBe(403);
  expect((await admin(server, 'GET', 'keys', undefined, rotated.json.secret)).status).toBe(200);
});
