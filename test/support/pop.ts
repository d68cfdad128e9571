// Links of the screen pop, as a flow of the contact centre asks for them.

import { expect } from 'vitest';
import { send } from './request.js';
import type { TestServer } from './server.js';

/** Makes a link to the state with this id or shared id; gives its address. */
export async function popLink(
  server: Pick<TestServer, 'stateUrl' | 'keys'>,
  query: Readonly<Record<string, string>>,
  body: object = {},
): Promise<string> {
  const address = `${server.stateUrl}/links?${new URLSearchParams(query).toString()}`;
  const made = await send(address, { method: 'POST', key: server.keys.read, body });
  expect(made.status, made.text).toBe(201);
  return made.json.url;
}
