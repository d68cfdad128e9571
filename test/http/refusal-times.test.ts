// Refusals wait for a step of time and a part of one by chance, so that their time does not tell what
// exists. How well that works is measured by scripts/measure-refusal-times.mjs.

import { Agent } from 'node:http';
import { afterAll, expect, it } from 'vitest';
import { newKeyText } from '../../src/key.js';
import { admin, madeKey, madeProject } from '../support/admin-calls.js';
import { erase, put } from '../support/handoff-calls.js';
import { guessedKey } from '../support/other-keys.js';
import { linkTo } from '../support/pop.js';
import { send } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer();
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
afterAll(async () => {
  agent.destroy();
  await server.stop();
});
await madeProject(server, 'other');
const { text: stranger } = await madeKey(server, { permission: 'admin', projects: ['other'] });
await put(server, { id: 'erased', data: {} });
const ended = new URL(await linkTo(server, { id: 'erased' })).pathname;
await erase(server, { id: 'erased' });
const known = (await admin(server, 'GET', 'keys')).json.items.at(-1);

it.each<[string, number, string, string, string]>([
  [
    'a key that nobody has',
    401,
    'GET',
    '/v1/demo/demo/handoff_state?id=a',
    newKeyText('us-1').text,
  ],
  ['a wrong secret', 401, 'GET', '/v1/demo/demo/handoff_state?id=a', guessedKey(stranger)],
  ['a project of others', 403, 'GET', '/v1/demo/demo/handoff_state?id=a', stranger],
  ['no such project', 403, 'GET', '/v1/demo/none/handoff_state?id=a', stranger],
  ['a project of others by its id', 404, 'GET', '/v1/projects/demo', stranger],
  ['a key of others', 404, 'DELETE', `/v1/keys/${known.key_id}`, stranger],
  ['a link that nobody signed', 404, 'GET', '/pop/none', ''],
  ['a link that has ended', 404, 'GET', ended, ''],
  ['no such key', 404, 'DELETE', '/v1/keys/none', stranger],
])(
  '%s is refused after a step of time, and some by chance',
  async (_what, status, method, path, key) => {
    const times: number[] = [];
    for (let sent = 0; sent < 30; sent++) {
      const begun = performance.now();
      const answer = await send(server.url + path, { method, key, agent });
      times.push(performance.now() - begun);
      expect(answer.status).toBe(status);
    }
    const sorted = times.toSorted((a, b) => a - b);
    // The refusal itself takes less than one of them.
    expect(sorted[0]!).toBeGreaterThan(10);
    expect(sorted[27]! - sorted[2]!).toBeGreaterThan(2);
  },
);
