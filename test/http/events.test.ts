// The stream of events: what it tells of handoffs, where it begins, and that it tells no content.

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { admin, keyIdOf, madeKey, madeProject } from '../support/admin-calls.js';
import { type EventReader, readEvents } from '../support/event-reader.js';
import { erase, lookUp, patch, put } from '../support/handoff-calls.js';
import { onDatabase } from '../support/raw-audit.js';
import { expectRefusal } from '../support/refusal.js';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';
import { callAs, signedIn } from '../support/session-calls.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ audit: 'strict' });
});
afterAll(() => server.stop());

/** A stream that is closed with the test. */
async function opened(options: Parameters<typeof readEvents>[1] = {}): Promise<EventReader> {
  const reader = await readEvents(server, options);
  onTestFinished(() => reader.close());
  expect(reader.status).toBe(200);
  return reader;
}

const time = expect.stringMatching(/^20.*Z$/);
let states = 0;
const newId = () => `call-${states++}`;

/** Writes so many states, and waits until their events are kept. */
async function written(count: number): Promise<string[]> {
  const reader = await opened();
  const ids = Array.from({ length: count }, newId);
  for (const id of ids) await put(server, { id, data: {} });
  await reader.until(count);
  reader.close();
  return ids;
}

describe('a stream', () => {
  it('tells what happens to handoffs as it happens, by id and time, never content', async () => {
    const before = await written(1);
    const reader = await opened();
    expect(reader.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-request-id': expect.any(String),
      'x-accel-buffering': 'no',
    });
    const id = newId();
    await put(server, { id, shared_id: 'canary-name', data: { secret: 'canary' } });
    await reader.until(1);
    await patch(server, { id }, { data: { more: 'canary' } });
    await reader.until(2);
    await lookUp(server, { shared_id: 'canary-name' });
    await reader.until(3);
    await lookUp(server, { id });
    await erase(server, { id });
    const events = await reader.until(4);
    expect(events).toEqual([
      { id: expect.any(String), event: 'written', data: { id, at: time } },
      { id: expect.any(String), event: 'changed', data: { id, at: time } },
      { id: expect.any(String), event: 'picked_up', data: { id, at: time, late: false } },
      {
        id: expect.any(String),
        event: 'erased',
        data: { id: expect.stringMatching(/^hash:[\w-]{22}$/), at: time },
      },
    ]);
    const numbers = events.map((event) => Number(event.id));
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
    expect(reader.text).not.toContain('canary');
    expect(reader.text).not.toContain(before[0]);
  });

  it('tells what was missed, and that a pickup came late', async () => {
    await admin(server, 'PATCH', 'projects/demo', { pickup_deadline_seconds: 60 });
    const reader = await opened();
    const id = newId();
    await put(server, { id, data: {} });
    await reader.until(1);
    server.clock.advance(61_000);
    const others = (await reader.until(reader.events.length + 1)).length;
    expect(
      reader.events.filter(({ event, data }) => event === 'missed' && data.id === id),
    ).toHaveLength(1);
    await lookUp(server, { id });
    const events = await reader.until(others + 1);
    expect(events.at(-1)).toMatchObject({ event: 'picked_up', data: { id, late: true } });
  });

  it('is of its project alone', async () => {
    const other = await madeProject(server, 'other-events');
    const reader = await opened();
    await put({ ...server, ...other }, { id: 'elsewhere', data: {} }, { key: server.keys.admin });
    const [id] = await written(1);
    const events = await reader.until(1);
    expect(events[0]!.data.id).toBe(id);
  });

  it('says that it is there when nothing happens', async () => {
    const reader = await opened();
    await expect.poll(() => reader.text, { interval: 10 }).not.toBe('');
    for (const count of [1, 2]) {
      server.clock.advance(15_000);
      const beats = () => reader.text.match(/^: .*$/gm)?.length ?? 0;
      await expect.poll(beats, { interval: 10, timeout: 10_000 }).toBe(count);
    }
    expect(reader.events).toEqual([]);
  });

  it('is for admin keys and sessions, and HEAD gives its headers alone', async () => {
    const url = server.stateUrl.replace('handoff_state', 'events');
    for (const key of [server.keys.read, server.keys.write]) {
      expectRefusal(await send(url, { key }), 'forbidden', /this call needs admin;/);
    }
    expect((await send(url)).status).toBe(401);
    const elsewhere = await madeProject(server, 'events-elsewhere');
    const { text: key } = await madeKey(server, {
      permission: 'admin',
      projects: [elsewhere.projectId],
    });
    expect((await send(url, { key })).status).toBe(403);
    const browser = await signedIn(server);
    const bySession = await callAs(browser, url);
    expect([bySession.status, bySession.text]).toEqual([200, expect.stringMatching(/^retry: /)]);
    const head = await send(url, { method: 'HEAD', key: server.keys.admin });
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers['content-type']).toBe('text/event-stream; charset=utf-8');
  });

  it('stands in the audit as soon as it begins', async () => {
    const reader = await opened();
    const url = server.stateUrl.replace('handoff_state', 'audit?action=events_read&limit=1');
    const { json } = await send(url, { key: server.keys.admin });
    expect(json.items[0]).toMatchObject({
      action: 'events_read',
      key_id: keyIdOf(server.keys.admin),
      status: 200,
      request_id: reader.headers['x-request-id'],
    });
  });
});

const idsOf = (reader: EventReader) => reader.events.map(({ data }) => data.id);

describe('who comes again', () => {
  it('gets what came since, once each, by header or parameter, and the header wins', async () => {
    const reader = await opened();
    const ids = await written(5);
    const events = await reader.until(5);
    const after = { 'last-event-id': events[1]!.id };
    const key = { 'x-api-key': server.keys.admin };
    const again = [
      await opened({ headers: { ...key, ...after } }),
      await opened({ query: `?last_event_id=${events[1]!.id}` }),
      await opened({ headers: { ...key, ...after }, query: '?last_event_id=0' }),
    ];
    for (const one of again) expect(await one.until(3)).toEqual(events.slice(2));
    const [next] = await written(1);
    for (const one of again) {
      await one.until(4);
      expect(idsOf(one)).toEqual([...ids.slice(2), next]);
    }
  });

  it('gets all of it, though it is much', async () => {
    const reader = await opened();
    const ids = await written(450);
    const events = await reader.until(450);
    const again = await opened({ query: `?last_event_id=${Number(events[0]!.id) - 1}` });
    await again.until(450);
    expect(idsOf(again)).toEqual(ids);
  });

  it('has a number to come again with before anything has happened', async () => {
    const reader = await opened();
    await expect.poll(() => reader.lastId, { interval: 10 }).toBeDefined();
    reader.close();
    const [id] = await written(1);
    const again = await opened({ query: `?last_event_id=${reader.lastId}` });
    await again.until(1);
    expect(idsOf(again)).toEqual([id]);
  });

  it('is told where some of it is gone, and gets the rest', async () => {
    const reader = await opened();
    const ids = await written(4);
    const events = await reader.until(4);
    const [first] = events;
    await onDatabase(server.config, `DELETE FROM event WHERE seq <= ${Number(first!.id) + 1}`);
    const again = await opened({ query: `?last_event_id=${first!.id}` });
    const told = await again.until(3);
    expect(told[0]).toEqual({ id: events[1]!.id, event: 'gap', data: {} });
    expect(told.slice(1)).toEqual(events.slice(2));
    expect(idsOf(again).slice(1)).toEqual(ids.slice(2));

    await onDatabase(server.config, 'DELETE FROM event');
    const late = await opened({ query: `?last_event_id=${first!.id}` });
    expect(await late.until(1)).toEqual([{ id: events[3]!.id, event: 'gap', data: {} }]);
    const ahead = await opened({ query: '?last_event_id=999999999' });
    expect(await ahead.until(1)).toEqual([{ id: events[3]!.id, event: 'gap', data: {} }]);
    const [id] = await written(1);
    for (const one of [late, ahead]) {
      await one.until(2);
      expect(one.events[1]!.data.id).toBe(id);
    }
    const whole = await opened({ query: `?last_event_id=${events[3]!.id}` });
    expect((await whole.until(1))[0]!.event).toBe('written');
  });

  it('with what is no number is told so', async () => {
    const url = server.stateUrl.replace('handoff_state', 'events');
    const key = server.keys.admin;
    for (const id of ['hush', '-1', '1.5', '1'.repeat(16)]) {
      const headers = { 'last-event-id': id };
      const says = /^Last-Event-ID: found another text than the id of an event;/;
      expectRefusal(await send(url, { key, headers }), 'invalid_request', says);
      expect((await send(`${url}?last_event_id=${id}`, { key })).status).toBe(400);
    }
    expect((await send(url, { key, headers: { 'last-event-id': '' } })).status).toBe(400);
  });
});
