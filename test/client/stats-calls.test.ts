// Statistics: what the call sends, and what it makes of the answer.

import { expect, test } from 'vitest';
import { answer, failureOf, scriptedServer } from './scripted-server.js';

const from = new Date('2026-11-22T10:00:00.000Z');
const to = new Date('2026-11-22T11:00:00.000Z');
const counts = {
  written: 15,
  picked_up: 1,
  late: 2,
  missed: 3,
  pending: 4,
  erased: 5,
  time_to_pickup_ms: { p50: 6, p95: 7 },
  look_ups_without_result: {
    never_written: 8,
    early: 9,
    expired: 10,
    erased: 11,
    other_project: 12,
  },
};
const body = {
  from,
  to,
  interval_seconds: 3600,
  total: counts,
  intervals: [{ from, to, ...counts, time_to_pickup_ms: null }],
};

test('stats sends its filter and gives counts by their names', async () => {
  const server = await scriptedServer(answer(200, body), answer(200, body));
  const stats = await server.client.stats({ from, to, interval: 3600 });
  const read = {
    written: 15,
    pickedUp: 1,
    late: 2,
    missed: 3,
    pending: 4,
    erased: 5,
    timeToPickupMs: { p50: 6, p95: 7 },
    lookUpsWithoutResult: {
      neverWritten: 8,
      early: 9,
      expired: 10,
      erased: 11,
      otherProject: 12,
    },
  };
  expect(stats).toEqual({
    from,
    to,
    intervalSeconds: 3600,
    total: read,
    intervals: [{ from, to, ...read, timeToPickupMs: null }],
    bodyText: JSON.stringify(body),
  });
  await server.client.stats();
  const base = '/v1/acme/team/handoff_states/stats';
  const query = 'from=2026-11-22T10%3A00%3A00.000Z&to=2026-11-22T11%3A00%3A00.000Z&interval=3600';
  expect(server.requests.map(({ url }) => url)).toEqual([`${base}?${query}`, base]);
});

test('an answer without a count is no answer of Baton', async () => {
  const { late: _, ...incomplete } = counts;
  const server = await scriptedServer(answer(200, { ...body, total: incomplete }));
  const failure = await failureOf(server.client.stats());
  expect(failure).toMatchObject({ code: 'invalid_answer' });
  expect(failure.message).toContain('late');
});
