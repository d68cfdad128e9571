// What counts as a pickup and as a look-up without result, and how statistics are asked for.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '../../src/limits.js';
import { madeProject, metric } from '../support/admin-calls.js';
import { erase, lookUp, put } from '../support/handoff-calls.js';
import { makeKey } from '../support/other-keys.js';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

async function statsOf(
  target: Pick<TestServer, 'stateUrl' | 'keys'>,
  query: Record<string, string> = {},
  key = target.keys.admin,
) {
  const text = new URLSearchParams(query).toString();
  return send(`${target.stateUrl}s/stats?${text}`, { key });
}

/** A project of its own, so that what others do is not counted. */
async function newTarget(slug: string): Promise<Pick<TestServer, 'stateUrl' | 'keys'>> {
  const made = await madeProject(server, slug);
  const { admin } = server.keys;
  return { stateUrl: made.stateUrl, keys: { ...server.keys, admin, write: admin } };
}

/** As they are once everything that was noted is written. */
async function counted(target: Pick<TestServer, 'stateUrl' | 'keys'>) {
  const name = 'baton_outcomes_waiting';
  await expect.poll(() => metric(server, name), { timeout: 5_000 }).toBe(0);
  return (await statsOf(target)).json.total;
}

async function reader(slug: string): Promise<string> {
  return (await makeKey(server, { permission: 'read', projects: [slug] })).secret;
}

describe('a pickup', () => {
  test.each([
    ['HEAD', { method: 'HEAD' }],
    ['an answer 304', { headers: { 'if-none-match': '*' } }],
  ])('is not %s', async (what, sent) => {
    const slug = what === 'HEAD' ? 'only-head' : 'only-304';
    const target = await newTarget(slug);
    const key = await reader(slug);
    await put(target, { id: 'one', data: {} });
    const { status } = await lookUp(target, { id: 'one' }, { key, ...sent });
    expect(status).toBe(what === 'HEAD' ? 200 : 304);
    expect(await counted(target)).toMatchObject({ written: 1, picked_up: 0, pending: 1 });
  });

  test.each(['write', 'admin'] as const)('is none by a key that may %s', async (permission) => {
    const slug = `by-${permission}`;
    const target = await newTarget(slug);
    const { secret: key } = await makeKey(server, { permission, projects: [slug] });
    await put(target, { id: 'one', data: {} });
    for (let n = 0; n < 3; n++) {
      expect((await lookUp(target, { id: 'one' }, { key })).status).toBe(200);
    }
    expect(await counted(target)).toMatchObject({ written: 1, picked_up: 0, pending: 1 });
  });

  test('is the first of many look-ups by a reader, also of one that waits or sees less', async () => {
    const target = await newTarget('by-readers');
    const key = await reader('by-readers');
    const allowed = { permission: 'read', view: { allow: ['/a'] }, projects: ['by-readers'] };
    const { secret: partly } = await makeKey(server, allowed);
    const waits = lookUp(target, { id: 'waited', wait: '10' }, { key });
    for (const id of ['plain', 'partly', 'waited']) await put(target, { id, data: { a: 1, b: 2 } });
    expect((await waits).status).toBe(200);
    for (let n = 0; n < 3; n++) {
      expect((await lookUp(target, { id: 'plain' }, { key })).status).toBe(200);
      expect((await lookUp(target, { id: 'partly' }, { key: partly })).status).toBe(200);
    }
    const total = await counted(target);
    expect(total).toMatchObject({ written: 3, picked_up: 3, pending: 0 });
    expect(total.look_ups_without_result.early).toBe(0);
  });

  test('that is followed by an erasure at once is counted all the same', async () => {
    const target = await newTarget('erased-at-once');
    const key = await reader('erased-at-once');
    await put(target, { id: 'one', data: {} });
    await lookUp(target, { id: 'one' }, { key });
    await erase(target, { id: 'one' });
    expect(await counted(target)).toMatchObject({ written: 1, picked_up: 1, erased: 0 });
  });
});

test('a look-up in the wrong project is told to admins of the whole account alone', async () => {
  const target = await newTarget('wrong-project');
  await put(await newTarget('right-project'), { id: 'there', data: {} });
  await lookUp(target, { id: 'there' }, { key: server.keys.admin });
  await counted(target);
  const ofAll = (await statsOf(target)).json.total.look_ups_without_result;
  expect(ofAll).toMatchObject({ other_project: 1, never_written: 0 });
  const own = await makeKey(server, { permission: 'admin', projects: ['wrong-project'] });
  const ofOne = (await statsOf(target, {}, own.secret)).json.total.look_ups_without_result;
  expect(ofOne).toMatchObject({ other_project: 0, never_written: 1 });

  const toldBy = async (key: string) => (await send(`${server.url}/metrics`, { key })).text;
  expect(await toldBy(server.keys.admin)).toMatch(/{cause="other_project"} 1$/m);
  const toOne = await toldBy(own.secret);
  expect(toOne).toContain('{cause="early"}');
  // Either tells of the other one, since a name that is nowhere counts as never written.
  expect(toOne).not.toMatch(/other_project|never_written/);
});

describe('statistics', () => {
  const from = '2026-01-01T00:00:00Z';
  const secondsOn = (seconds: number) => new Date(Date.parse(from) + seconds * 1000).toISOString();

  test('are of the last day in about 60 intervals, unless something else is asked for', async () => {
    const { json } = await statsOf(server);
    expect(Date.parse(json.to) - Date.parse(json.from)).toBe(86_400_000);
    expect(json.interval_seconds).toBe(1_440);
    expect(json.intervals).toHaveLength(60);
    const day = await statsOf(server, { from, to: secondsOn(86_400), interval: '3600' });
    expect(day.json.intervals).toHaveLength(24);
    expect(day.json.intervals[0]).toMatchObject({ from: secondsOn(0), to: secondsOn(3_600) });
  });

  test.each([
    ['a span of no time', { from, to: from }, /^from, to: found a span of 0 seconds/],
    [
      'a span that ends first',
      { from, to: secondsOn(-60) },
      /^from, to: found a span of -60 seconds/,
    ],
    [
      'a span too long',
      { from, to: secondsOn(limits.statsSecondsMax + 1) },
      /at most 31 days apart/,
    ],
    ['an interval of 0', { interval: '0' }, /^interval: found 0 seconds; give a multiple of 60/],
    ['an odd interval', { interval: '90' }, /^interval: found 90 seconds/],
    [
      'too many intervals',
      { from, to: secondsOn((limits.statsIntervalsMax + 1) * 60), interval: '60' },
      new RegExp(`gives ${limits.statsIntervalsMax + 1} intervals; give a longer one`),
    ],
    ['no time', { from: 'yesterday' }, /^from: found text of 9 characters/],
  ])('are refused for %s', async (_, query, message) => {
    const { status, json } = await statsOf(server, query);
    expect(status).toBe(400);
    expect(json.error_message).toMatch(message);
  });

  test('are given for the longest span and the most intervals', async () => {
    const longest = { from, to: secondsOn(limits.statsSecondsMax) };
    expect((await statsOf(server, longest)).status).toBe(200);
    const most = { from, to: secondsOn(limits.statsIntervalsMax * 60), interval: '60' };
    expect((await statsOf(server, most)).json.intervals).toHaveLength(limits.statsIntervalsMax);
  });
});
