// A name belongs to the last write that names it: the newer conversation takes it over in one step.

import { afterAll, expect, test } from 'vitest';
import { lookUp, patch, put, versionOf } from '../support/handoff-calls.js';
import { startServer } from '../support/server.js';

// Answers wait for their entries in the audit, which other writes must not hold up.
const server = await startServer({ audit: 'strict' });
afterAll(() => server.stop());

test('a newer conversation takes a shared id over; the older drops it, a version on', async () => {
  await put(server, { id: 'older', shared_id: 'line-1', aliases: ['older-a'], data: { n: 1 } });
  const newer = await put(server, { id: 'newer', shared_id: 'line-1', data: { n: 2 } });
  expect((await lookUp(server, { shared_id: 'line-1' })).text).toBe(newer.text);

  const loser = await lookUp(server, { id: 'older' });
  expect([loser.text, loser.headers.etag]).toEqual(['{"id":"older","data":{"n":1}}', '"2"']);
  expect((await lookUp(server, { shared_id: 'older-a' })).text).toBe(loser.text);
});

test('an alias is taken over by an alias, by a shared id, and by a PATCH', async () => {
  await put(server, { id: 'a-1', shared_id: 'a-s', aliases: ['a-x', 'a-y', 'a-z'], data: {} });
  await put(server, { id: 'a-2', aliases: ['a-x', 'a-s'], data: {} });
  await put(server, { id: 'a-3', shared_id: 'a-y', data: {} });
  await put(server, { id: 'a-4', data: {} });
  await patch(server, { id: 'a-4' }, { aliases: ['a-z'] });

  const owners: Record<string, string> = { 'a-s': 'a-2', 'a-x': 'a-2', 'a-y': 'a-3', 'a-z': 'a-4' };
  for (const [name, id] of Object.entries(owners)) {
    expect((await lookUp(server, { shared_id: name })).json.id).toBe(id);
  }
  const loser = await lookUp(server, { id: 'a-1' });
  expect(loser.text).toBe('{"id":"a-1","data":{}}');
  expect(versionOf(loser)).toBeGreaterThan(1);
});

test('a writer that meant the version before it lost its shared id is told so', async () => {
  const { headers } = await put(server, { id: 'meant', shared_id: 'meant-s', data: {} });
  await put(server, { id: 'taker', shared_id: 'meant-s', data: {} });
  const stale = { headers: { 'if-match': String(headers.etag) } };
  expect((await patch(server, { id: 'meant' }, { data: { a: 1 } }, stale)).status).toBe(412);
});

test('what a loser drops stays with the winner, whatever the loser does next', async () => {
  await put(server, { id: 'l-1', shared_id: 'l-s', data: {} });
  await put(server, { id: 'l-2', shared_id: 'l-s', data: {} });
  await patch(server, { id: 'l-1' }, { shared_id: null, aliases: null });
  await put(server, { id: 'l-1', data: {} });
  expect((await lookUp(server, { shared_id: 'l-s' })).json.id).toBe('l-2');
  await put(server, { id: 'l-1', shared_id: 'l-s', data: {} });
  expect((await lookUp(server, { shared_id: 'l-s' })).json.id).toBe('l-1');
  expect((await lookUp(server, { id: 'l-2' })).json).toEqual({ id: 'l-2', data: {} });
});

test('during 200 take-overs no look-up by the shared id finds nothing or goes back', async () => {
  const turns = 200;
  await put(server, { id: 'turn-0', shared_id: 'hot', aliases: ['warm'], data: { turn: 0 } });
  const acknowledged = { turn: 0 };
  let lookUps = 0;

  const reading = async (name: string) => {
    let newest = 0;
    while (acknowledged.turn < turns) {
      const least = Math.max(acknowledged.turn, newest);
      const found = await lookUp(server, { shared_id: name });
      expect(found.status, found.text).toBe(200);
      const { turn } = found.json.data;
      expect(turn).toBeGreaterThanOrEqual(least);
      expect(found.json).toEqual({ id: `turn-${turn}`, shared_id: 'hot', data: { turn } });
      newest = turn;
      lookUps++;
    }
  };
  const writing = async () => {
    for (let turn = 1; turn <= turns; turn++) {
      const body = { id: `turn-${turn}`, shared_id: 'hot', aliases: ['warm'], data: { turn } };
      expect((await put(server, body)).status).toBe(201);
      acknowledged.turn = turn;
    }
  };
  await Promise.all([writing(), ...['hot', 'hot', 'hot', 'warm', 'warm'].map(reading)]);
  expect(lookUps).toBeGreaterThan(turns);
});

test('of many conversations that claim one shared id at once, one alone has it', async () => {
  const ids = Array.from({ length: 50 }, (_, place) => `claim-${place}`);
  const written = await Promise.all(
    ids.map((id) => put(server, { id, shared_id: 'claimed', data: { id } })),
  );
  expect(written.map(({ status }) => status)).toEqual(ids.map(() => 201));

  const owner = (await lookUp(server, { shared_id: 'claimed' })).json.id;
  const states = await Promise.all(ids.map((id) => lookUp(server, { id })));
  for (const { json } of states) {
    expect(json.shared_id).toBe(json.id === owner ? 'claimed' : undefined);
  }
});
