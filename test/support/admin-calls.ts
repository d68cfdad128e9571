// The calls of projects, keys and metrics, raw, with the first admin key where no other is given.

import { expect } from 'vitest';
import { type Received, send } from './request.js';
import type { TestServer } from './server.js';

/** A call of `/v1/<path>`. */
export function admin(
  server: TestServer,
  method: string,
  path: string,
  body?: unknown,
  key: string = server.keys.admin,
): Promise<Received> {
  return send(`${server.url}/v1/${path}`, { method, key, body });
}

/** Makes a key of these members; gives its text and its id. */
export async function madeKey(
  server: TestServer,
  members: object,
  actor: string = server.keys.admin,
): Promise<{ text: string; keyId: string }> {
  const made = await admin(server, 'POST', 'keys', members, actor);
  expect(made.status, made.text).toBe(201);
  return { text: made.json.secret, keyId: made.json.key_id };
}

/** Makes a project; gives its id and the address of its handoff states. */
export async function madeProject(
  server: TestServer,
  slug: string,
): Promise<{ projectId: string; stateUrl: string }> {
  const made = await admin(server, 'POST', 'projects', { project_slug: slug });
  expect(made.status, made.text).toBe(201);
  return {
    projectId: made.json.project_id,
    stateUrl: `${server.url}/v1/${made.json.account_id}/${slug}/handoff_state`,
  };
}

/** The id of a key, as its text tells it. */
export function keyIdOf(text: string): string {
  return text.split('_')[2]!;
}

/** The value of a metric without labels. */
export async function metric(server: TestServer, name: string): Promise<number> {
  const { text } = await send(`${server.url}/metrics`, { key: server.keys.admin });
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
}

/** Resolves when so many readers wait. */
export async function untilWaiting(server: TestServer, count: number): Promise<void> {
  const waiters = () => metric(server, 'baton_waiters');
  await expect.poll(waiters, { interval: 20, timeout: 60_000 }).toBe(count);
}
