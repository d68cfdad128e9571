// Links of the screen pop on several servers: made by one, opened on another, ended everywhere.

import { expect, test } from 'vitest';
import { admin, madeKey, untilWaiting } from '../support/admin-calls.js';
import { put } from '../support/handoff-calls.js';
import { linkTo } from '../support/pop.js';
import { send } from '../support/request.js';
import { startNodes } from './nodes.js';

test('a link opens on each node, waits on each, and ends on all of them', async () => {
  const [one, two] = await startNodes(2);
  const on = (url: string) => send(two!.url + new URL(url).pathname);
  await put(one!, { id: 'call', data: { name: 'Ada' } });
  const { text: key, keyId } = await madeKey(one!, { permission: 'read' });
  const url = await linkTo(one!, { id: 'call' }, { key });
  expect((await on(url)).text).toContain('Ada');

  const early = await linkTo(one!, { shared_id: 'soon' }, { key });
  const opening = on(early);
  await untilWaiting(two!, 1);
  await put(one!, { id: 'soon', shared_id: 'soon', data: { name: 'Grace' } });
  expect((await opening).text).toContain('Grace');

  await admin(one!, 'DELETE', `keys/${keyId}`);
  await expect.poll(async () => (await on(url)).status, { timeout: 5_000 }).toBe(404);
  expect((await on(early)).status).toBe(404);
});

test('a link that is opened on all nodes at once shows one conversation', async () => {
  const nodes = await startNodes(3);
  for (let round = 0; round < 10; round++) {
    const shared_id = `desk-${round}`;
    const { pathname } = new URL(await linkTo(nodes[0]!, { shared_id }));
    const openings = nodes.map(({ url }) => send(url + pathname));
    const takers = nodes.map((node, place) =>
      put(node, { id: `${shared_id}-${place}`, shared_id, data: { name: `caller-${place}` } }),
    );
    const pages = await Promise.all(openings);
    await Promise.all(takers);
    for (const { url } of nodes) pages.push(await send(url + pathname));
    const shown = pages
      .filter(({ status }) => status === 200)
      .map(({ text }) => /caller-\d/.exec(text)?.[0]);
    expect(shown.length).toBeGreaterThanOrEqual(nodes.length);
    expect(new Set(shown).size).toBe(1);
    // An opening that met another one tells its reader to come again.
    expect(pages.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
  }
});
