// `baton stats`: what became of handoffs, for people and for programs.

import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { run } from '../../src/cli/program.js';
import { openTerminal } from '../../src/cli/terminal.js';
import { erase, lookUp, put } from '../support/handoff-calls.js';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';
import { baton, batonJson, type Ended } from './baton.js';

let server: TestServer;
let environment: Record<string, string>;
/** Around all that happened, of two intervals. */
let span: string[];

beforeAll(async () => {
  server = await startServer();
  environment = {
    BATON_URL: server.url,
    BATON_API_KEY: server.keys.admin,
    BATON_ACCOUNT: 'demo',
    BATON_PROJECT: 'demo',
  };
  const hour = Math.floor(server.clock.now() / 3_600_000) * 3_600_000;
  server.clock.stopAt(hour + 1_000);
  span = [hour, hour + 7_200_000].flatMap((time, place) => [
    place === 0 ? '--from' : '--to',
    new Date(time).toISOString(),
  ]);
  await makeOutcomes();
});
afterAll(() => server.stop());

const expected = {
  written: 6,
  picked_up: 2,
  late: 1,
  missed: 1,
  pending: 1,
  erased: 1,
  time_to_pickup_ms: { p50: 2_000, p95: 121_000 },
  look_ups_without_result: {
    never_written: 1,
    early: 1,
    expired: 0,
    erased: 1,
    other_project: 0,
  },
};

/** One of each, and a second pickup in time. */
async function makeOutcomes(): Promise<void> {
  await lookUp(server, { id: 'in-time' });
  for (const id of ['in-time', 'in-time-too', 'late', 'missed', 'erased']) {
    await put(server, { id, data: {} });
  }
  await lookUp(server, { id: 'in-time' });
  await erase(server, { id: 'erased' });
  await lookUp(server, { id: 'erased' });
  await lookUp(server, { id: 'never' });
  server.clock.advance(2_000);
  await lookUp(server, { id: 'in-time-too' });
  server.clock.advance(119_000);
  await lookUp(server, { id: 'late' });
  await put(server, { id: 'pending', data: {} });
  await vi.waitFor(async () => expect((await fromHttp()).total).toEqual(expected), 5_000);
}

async function fromHttp(): Promise<{ total: object }> {
  const [, from, , to] = span;
  const query = new URLSearchParams({ from: from!, to: to!, interval: '3600' });
  return (await send(`${server.stateUrl}s/stats?${query.toString()}`, { key: server.keys.admin }))
    .json;
}

function stats(...words: string[]): Promise<Ended> {
  return baton(['stats', ...words], { environment });
}

it('prints the HTTP body for programs', async () => {
  const printed = await batonJson(['stats', ...span, '--interval', '1h'], { environment });
  expect(printed).toEqual(await fromHttp());
  expect(printed).toMatchObject({ interval_seconds: 3_600, total: expected });
  expect(printed.intervals).toMatchObject([expected, { written: 0, time_to_pickup_ms: null }]);
});

it('says in words what became of handoffs, and what to do about look-ups in vain', async () => {
  const { code, output, errors } = await stats(...span, '--interval', '1h');
  expect(code).toBe(0);
  expect(output).toMatch(/^Handoffs written from \S+:00:00Z to \S+:00:00Z$/m);
  expect(output).toMatch(/^written +6$/m);
  expect(output).toMatch(/^picked up in time +2 \(33\.3 %\)$/m);
  expect(output).toMatch(/^picked up late +1 \(16\.7 %\)$/m);
  expect(output).toMatch(/^missed +1 \(16\.7 %\); .*baton list --status missed$/m);
  expect(output).toMatch(/^time to pickup +half within 2\.0 s, 95 % within 121\.0 s$/m);
  expect(output).toMatch(/^never written +1 +.*compare/m);
  expect(output).toMatch(/^early +1 +.*wait=5/m);
  expect(output).toMatch(/^erased +1 +.*baton audit/m);
  expect(output).not.toMatch(/^expired/m);
  // The second hour is empty, and no bar is drawn where no terminal is.
  expect(output).toMatch(/Z +6 +2 +1 +1 +1 +1 +121\.0 s +3\n$/);
  expect(errors).toBe('1 of 2 intervals of 1h are empty: not shown.\n');
});

it('draws a bar on a terminal', async () => {
  const stdout = Object.assign(new PassThrough(), { isTTY: true });
  const terminal = openTerminal({ ...environment, NO_COLOR: '1' }, {
    stdin: process.stdin,
    stdout,
    stderr: new PassThrough(),
  } as unknown as NodeJS.Process);
  expect(await run(['stats', ...span, '--interval', '1h'], terminal)).toBe(0);
  expect(await text(stdout.end())).toMatch(/ 3 +#{8}\+{4}!{4}\.{8}\n$/);
});

it('says so where nothing happened', async () => {
  const { code, output } = await stats('--to', '2020-01-02T00:00:00Z');
  expect(code).toBe(0);
  expect(output).toMatch(/^written +0$/m);
  expect(output).toMatch(/^time to pickup +–$/m);
  expect(output).toContain('No look-up was without a result.');
});

it('refuses an interval and a key that do not fit', async () => {
  expect((await stats('--interval', '30s')).code).toBe(2);
  const uneven = await stats('--interval', '90s');
  expect([uneven.code, uneven.errors]).toEqual([1, expect.stringContaining('multiple of 60')]);
  const environmentOfReader = { ...environment, BATON_API_KEY: server.keys.read };
  const refused = await baton(['stats'], { environment: environmentOfReader });
  expect(refused.code).toBe(4);
});
