// A restored store is the store that was backed up: every row, and everything that it does.

import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limits } from '../../src/limits.js';
import { examineStore } from '../../src/store/open.js';
import { command } from '../support/command.js';
import { erase, lookUp, patch, put, versionOf } from '../support/handoff-calls.js';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';
import { allRows, emptyPlace, folder, masterKey } from './setting.js';

/** Content of every kind: long, odd, and more than one part of a backup holds. */
const odd = '{"ü\\u0000":1.0,"1":"\\ud800","0":[1e400,"line\\nbreak"],"z":"𝄞"}';

test('every row and every promise comes back', async () => {
  const original = await startServer({ masterKey });
  await fill(original);
  await original.serving.close();
  const file = join(folder(), 'store.backup');
  expect(await command(original.config, ['backup', file])).toMatchObject({ code: 0, errors: '' });

  const place = await emptyPlace();
  expect(await command(place.config, ['restore', file])).toMatchObject({ code: 0, errors: '' });
  const rows = await allRows(place.config);
  expect(rows).toEqual(await allRows(original.config));
  for (const [table, found] of Object.entries(rows)) {
    expect(found.length, `the test leaves table ${table} empty`).toBeGreaterThan(0);
  }
  if (existsSync(place.config.dataDir)) chmodSync(place.config.dataDir, 0o700);
  const problems = (await examineStore(place.config)).filter(({ status }) => status === 'problem');
  const knownProblems = await examineStore(original.config);
  expect(problems).toEqual(knownProblems.filter(({ status }) => status === 'problem'));

  const restored = { ...(await startServer(place.config)), keys: original.keys };
  await expectPromises(restored);
  await restored.serving.close();
  await original.stop();
});

test('what was restored can be backed up and restored again', async () => {
  const original = await startServer({ masterKey });
  await put(original, { id: 'one', data: { n: 1 } });
  await original.serving.close();
  const file = join(folder(), 'store.backup');
  let { config } = original;
  for (let round = 0; round < 2; round++) {
    expect(await command(config, ['backup', file])).toMatchObject({ code: 0 });
    const place = await emptyPlace();
    expect(await command(place.config, ['restore', file])).toMatchObject({ code: 0 });
    expect(await allRows(place.config)).toEqual(await allRows(original.config));
    ({ config } = place);
  }
  await original.stop();
});

test('a store that was started and never used is empty', async () => {
  const original = await startServer({ masterKey });
  await original.serving.close();
  const file = join(folder(), 'store.backup');
  await command(original.config, ['backup', file]);

  const place = await emptyPlace();
  await (await place.open('tool')).close();
  // A tool beats like a server while it works.
  const restored = expect.poll(() => command(place.config, ['restore', file]), {
    timeout: 20_000,
    interval: 500,
  });
  await restored.toMatchObject({ code: 0 });
  expect(await allRows(place.config)).toEqual(await allRows(original.config));
  await original.stop();
});

async function fill(server: TestServer): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = `{"id":"odd","shared_id":"s-odd","aliases":["a","ß/?"],"data":${odd}}`;
  await send(server.stateUrl, { method: 'PUT', key: server.keys.write, headers, body });
  for (let n = 0; n < 450; n++) {
    const filler = 'x'.repeat(n % 50 === 0 ? limits.dataBytesMax - 100 : n);
    await put(server, { id: `id-${n}`, shared_id: `shared-${n}`, data: { n, filler } });
  }
  await put(server, { id: 'versions', data: { n: 1 } });
  await put(server, { id: 'versions', data: { n: 2 } });
  await put(server, { id: 'erased', shared_id: 's-erased', data: {} });
  await erase(server, { id: 'erased' });
  expect((await lookUp(server, { id: 'never written' })).status).toBe(404);
  await put(server, { id: 'short', data: {}, ttl_seconds: 1 });
  await put(server, { id: 'loser', shared_id: 's-moved', data: {} });
  await put(server, { id: 'winner', shared_id: 's-moved', data: {} });
  const projects = `${server.url}/v1/projects`;
  const ended = { method: 'POST', key: server.keys.admin, body: { project_slug: 'ended' } };
  await send(projects, { ...ended, headers });
  await send(`${projects}/ended`, { method: 'DELETE', key: server.keys.admin });
  server.clock.advance(2_000);
}

async function expectPromises(server: Pick<TestServer, 'stateUrl' | 'keys'>): Promise<void> {
  const found = await lookUp(server, { shared_id: 'ß/?' });
  expect(found.text).toBe(`{"id":"odd","shared_id":"s-odd","data":${odd}}`);
  for (let n = 0; n < 450; n++) {
    const state = await lookUp(server, { shared_id: `shared-${n}` });
    expect(state.json).toMatchObject({ id: `id-${n}`, data: { n } });
  }
  expect(versionOf(await put(server, { id: 'versions', data: { n: 3 } }))).toBe(3);
  expect(versionOf(await patch(server, { id: 'versions' }, { data: { more: 1 } }))).toBe(4);
  const erased = await lookUp(server, { shared_id: 's-erased' });
  expect(erased.json).toMatchObject({ error_code: 'handoff_state_erased' });
  expect(versionOf(await put(server, { id: 'erased', data: {} }))).toBe(2);
  const late = await lookUp(server, { id: 'short' });
  expect(late.json).toMatchObject({ error_code: 'handoff_state_expired' });
}
