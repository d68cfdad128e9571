// Events as the client gives them: read as they come, taken up again where the stream was lost.

import type { ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { BatonClient, type HandoffEvent } from '../../client/src/index.js';
import { metric } from '../support/admin-calls.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { startServer } from '../support/server.js';
import { answer, apiKey, scriptedServer } from './scripted-server.js';

const at = '2026-11-22T10:00:00.250Z';

/** Sends these pieces of a stream, and then ends it, cuts it off, or leaves it open. */
function stream(
  pieces: readonly string[],
  then: 'end' | 'cut' | 'open',
): (response: ServerResponse) => void {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    for (const piece of pieces) response.write(piece);
    if (then === 'end') response.end();
    if (then === 'cut') setTimeout(() => response.destroy(), 50);
  };
}

function block(seq: number, kind = 'written', id = `call-${seq}`): string {
  return `id: ${seq}\nevent: ${kind}\ndata: ${JSON.stringify({ id, at })}\n\n`;
}

/** The next so many, after which the iteration is left. */
async function take(events: AsyncIterable<HandoffEvent>, count: number): Promise<HandoffEvent[]> {
  const taken: HandoffEvent[] = [];
  for await (const event of events) {
    taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
}

test('events of a real server come as they happen, and the stream ends with the iteration', async () => {
  const server = await startServer();
  onTestFinished(() => server.stop());
  const options = { url: server.url, apiKey: server.keys.admin };
  const client = new BatonClient({ ...options, account: 'demo', project: 'demo' });
  const events = client.events();
  const first = events.next();
  await expect.poll(() => metric(server, 'baton_event_streams')).toBe(1);
  await put(server, { id: 'one', data: {} });
  const written = (await first).value;
  expect(written).toEqual({
    kind: 'written',
    eventId: expect.any(String),
    id: 'one',
    at: expect.any(Date),
  });
  await lookUp(server, { id: 'one' });
  expect((await events.next()).value).toMatchObject({ kind: 'picked_up', id: 'one', late: false });
  await events.return(undefined as never);
  await expect.poll(() => metric(server, 'baton_event_streams')).toBe(0);
  const again = client.events({ lastEventId: written.eventId });
  expect(await take(again, 1)).toMatchObject([{ kind: 'picked_up', id: 'one' }]);
});

test('events are read whatever the pieces are, and what is not known is left out', async () => {
  const text = [
    'retry: 1000\nid: 4\n\n',
    block(5),
    ': still here\n\n',
    block(6, 'rung'),
    'id: 9\nevent: gap\ndata: {}\n\n',
    block(10, 'missed', 'Grüße'),
  ].join('');
  for (const size of [1, 7, text.length]) {
    const bytes = Buffer.from(text);
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, place) =>
      bytes.subarray(place * size, (place + 1) * size),
    );
    const server = await scriptedServer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const piece of pieces) response.write(piece);
    });
    expect(await take(server.client.events(), 3)).toEqual([
      { kind: 'written', eventId: '5', id: 'call-5', at: new Date(at) },
      { kind: 'gap', eventId: '9' },
      { kind: 'missed', eventId: '10', id: 'Grüße', at: new Date(at) },
    ]);
    expect(server.requests[0]).toMatchObject({
      method: 'GET',
      url: '/v1/acme/team/events',
      headers: { 'x-api-key': apiKey, accept: 'text/event-stream' },
    });
  }
});

test('a stream that ends, is cut off or is refused for now is taken up where it was', async () => {
  const server = await scriptedServer(
    stream(['id: 3\n\n'], 'end'),
    answer(503, {}, { 'retry-after': '0' }),
    stream([block(4), block(5).slice(0, -1)], 'cut'),
    stream([block(5), block(6)], 'open'),
  );
  const taken = await take(server.client.events(), 3);
  expect(taken.map(({ eventId }) => eventId)).toEqual(['4', '5', '6']);
  const resumed = server.requests.map(({ url }) =>
    new URL(url, server.url).searchParams.get('last_event_id'),
  );
  expect(resumed).toEqual([null, '3', '3', '4']);
});

test('a refusal is thrown, and so is the last of too many failures', async () => {
  const error = { error_message: `no ${apiKey}`, error_code: 'forbidden', error_id: 'r' };
  const refusing = await scriptedServer(answer(403, error));
  await expect(take(refusing.client.events(), 1)).rejects.toMatchObject({
    name: 'BatonClientError',
    code: 'forbidden',
    message: 'no (the API key)',
    requestId: 'r',
  });
  const away = await scriptedServer(answer(503, {}), answer(503, {}), answer(503, {}));
  const events = away.clientWith({ retries: 1 }).events();
  await expect(take(events, 1)).rejects.toMatchObject({ code: 'unavailable', status: 503 });
  expect(away.requests).toHaveLength(2);
  const page = await scriptedServer(answer(200, { a: 'page' }));
  await expect(take(page.client.events(), 1)).rejects.toMatchObject({ code: 'invalid_answer' });
});

test('its signal ends it, in the middle of nothing', async () => {
  const server = await scriptedServer(stream([block(1)], 'open'));
  const ending = new AbortController();
  const events = server.client.events({ signal: ending.signal });
  expect((await events.next()).value.eventId).toBe('1');
  const next = events.next();
  ending.abort(new Error('enough'));
  await expect(next).rejects.toThrow('enough');
});
