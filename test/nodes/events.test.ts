// Streams of events on several nodes: what one writes is told on the other, and keys end on both.

import { expect, onTestFinished, test } from 'vitest';
import { admin, madeKey } from '../support/admin-calls.js';
import { readEvents } from '../support/event-reader.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { callAs, signedIn } from '../support/session-calls.js';
import { startNodes } from './nodes.js';

test('what happens on one node is told on the other, in one order', async () => {
  const [one, other] = await startNodes(2);
  const readers = await Promise.all([one!, other!].map((node) => readEvents(node)));
  for (const reader of readers) onTestFinished(() => reader.close());
  await put(one!, { id: 'a', data: {} });
  await readers[1]!.until(1);
  await put(other!, { id: 'b', data: {} });
  await readers[0]!.until(2);
  await Promise.all([one!, other!].map((node) => lookUp(node, { id: 'a' })));
  const [here, there] = await Promise.all(readers.map((reader) => reader.until(3)));
  expect(here).toEqual(there);
  expect(here!.map(({ event }) => event)).toEqual(['written', 'written', 'picked_up']);
  const again = await readEvents(other!, { query: `?last_event_id=${here![0]!.id}` });
  onTestFinished(() => again.close());
  expect(await again.until(2)).toEqual(here!.slice(1));
});

test('a stream ends with its key and its session, whichever node ends them', async () => {
  const [one, other] = await startNodes(2);
  const { text, keyId } = await madeKey(one!, { permission: 'admin' });
  const browser = await signedIn(one!);
  const byKey = await readEvents(other!, { headers: { 'x-api-key': text } });
  const bySession = await readEvents(other!, { headers: { cookie: browser.cookie } });
  await admin(one!, 'DELETE', `keys/${keyId}`);
  await callAs(browser, `${one!.url}/console/session`, { method: 'DELETE' });
  await Promise.all([byKey.ended(), bySession.ended()]);
});
