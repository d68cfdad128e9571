// A link of the screen pop that a browser or a program fetches before anybody has opened it.

import { afterAll, expect, test } from 'vitest';
import { put } from '../support/handoff-calls.js';
import { linkTo, textOfPage } from '../support/pop.js';
import { send } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer({ audit: 'strict' });
afterAll(() => server.stop());

async function items(path: string) {
  const url = server.stateUrl.replace('handoff_state', path);
  return (await send(url, { key: server.keys.admin })).json.items;
}

// As Chromium (a prefetch, a prerendering), older Chromium, older Safari and Firefox say it.
test.each([
  ['sec-purpose', 'prefetch'],
  ['sec-purpose', 'prefetch;prerender'],
  ['purpose', 'prefetch'],
  ['x-purpose', 'preview'],
  ['x-moz', 'prefetch'],
])('%s: %s does not use a one-time link', async (name, value) => {
  const id = `${name} ${value}`;
  await put(server, { id, data: { name: 'Ada Lovelace' } });
  const url = await linkTo(server, { id }, { body: { one_time: true } });

  const ahead = await send(url, { headers: { [name]: value } });
  expect([ahead.status, ahead.headers['cache-control']]).toEqual([403, 'no-store']);
  expect(textOfPage(ahead.text)).toContain('It shows the handoff when you open it');
  expect(ahead.text).not.toContain('Ada');
  const none = await send(`${server.url}/pop/none`, { headers: { [name]: value } });
  expect([none.status, none.text]).toEqual([ahead.status, ahead.text]);
  expect(await items(`audit?id=${encodeURIComponent(id)}&action=pop_open`)).toEqual([]);

  // Longer than a used one would open again.
  server.clock.advance(60_000);
  const [{ status }] = await items(`handoff_states?id=${encodeURIComponent(id)}`);
  expect(status).toBe('pending');
  expect((await send(url)).text).toContain('Ada');
  server.clock.advance(30_001);
  expect((await send(url)).status).toBe(404);
});

test('a link that another header says is opened now opens', async () => {
  await put(server, { id: 'now', data: { name: 'Ada Lovelace' } });
  const url = await linkTo(server, { id: 'now' });
  for (const purpose of ['', 'navigate', 'noprefetch']) {
    expect((await send(url, { headers: { 'sec-purpose': purpose } })).status).toBe(200);
  }
});
