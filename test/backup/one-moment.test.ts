// A backup shows one moment: all that came before it, nothing that came after, no gap.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readStore } from '../../src/store/open.js';
import { baton } from '../cli/baton.js';
import { command, environmentOf } from '../support/command.js';
import { erase, lookUp, put, versionOf } from '../support/handoff-calls.js';
import { startServer } from '../support/server.js';
import { allRows, emptyPlace, folder, masterKey, rowsOf } from './setting.js';

const writers = 8;

test('every write that was acknowledged before it began is in it, and of later ones no gap', async () => {
  const file = join(folder(), 'load.backup');
  const server = await startServer({ masterKey }, { storeClock: true });
  const acknowledged = Array.from({ length: writers }, () => 0);
  const hot = Array.from({ length: writers }, () => 0);
  const load = { isOver: false };
  const writing = acknowledged.map(async (_, writer) => {
    while (!load.isOver) {
      const number = acknowledged[writer]! + 1;
      const body = { id: idOf(writer, number), shared_id: `s-${idOf(writer, number)}` };
      const { status } = await put(server, { ...body, data: { number } });
      expect(status).toBe(201);
      acknowledged[writer] = number;
      hot[writer] = versionOf(await put(server, { id: `hot-${writer}`, data: { number } }));
    }
  });
  await expect.poll(() => Math.min(...hot), { timeout: 60_000 }).toBeGreaterThan(20);

  const before = { acknowledged: [...acknowledged], hot: [...hot] };
  const backup = await baton(['backup', file], { environment: environmentOf(server.config) });
  expect([backup.code, backup.errors]).toEqual([0, '']);
  load.isOver = true;
  await Promise.all(writing);
  acknowledged.forEach((count, writer) => {
    expect(count, 'writing went on').toBeGreaterThan(before.acknowledged[writer]!);
  });

  const place = await emptyPlace();
  expect(await command(place.config, ['restore', file])).toMatchObject({ code: 0, errors: '' });
  const restored = { ...(await startServer(place.config)), keys: server.keys };
  for (let writer = 0; writer < writers; writer++) {
    let last = 0;
    for (let number = 1; number <= acknowledged[writer]!; number++) {
      const found = await lookUp(restored, { id: idOf(writer, number) });
      const bySharedId = await lookUp(restored, { shared_id: `s-${idOf(writer, number)}` });
      expect(bySharedId.text.replace(/_id":"[^"]+/g, ''), 'found by both names or none').toBe(
        found.text.replace(/_id":"[^"]+/g, ''),
      );
      if (found.status === 404) continue;
      expect(number, `a write of writer ${writer} is missing before this one`).toBe(last + 1);
      expect(found.json.data).toEqual({ number });
      last = number;
    }
    expect(last).toBeGreaterThanOrEqual(before.acknowledged[writer]!);
    const version = versionOf(await lookUp(restored, { id: `hot-${writer}` }));
    expect(version).toBeGreaterThanOrEqual(before.hot[writer]!);
    expect(Math.abs(version - last)).toBeLessThanOrEqual(1);
  }
  await restored.serving.close();
  await server.stop();
});

test('what is written and erased after it began is not seen', async () => {
  // The audit's entry of the first write may come a moment later.
  const server = await startServer({ masterKey, audit: 'off' });
  await put(server, { id: 'one', shared_id: 's-one', data: {} });
  const before = await allRows(server.config);
  const seen = await readStore(server.config, async (snapshot) => {
    await put(server, { id: 'two', shared_id: 's-two', data: {} });
    await erase(server, { id: 'one' });
    expect((await lookUp(server, { id: 'two' })).status).toBe(200);
    return rowsOf(snapshot);
  });
  // When a key was last used is noted now and then, and events a moment after what they tell of.
  const late = { api_key: [], event_counter: [] };
  expect({ ...seen, ...late }).toEqual({ ...before, ...late });
  expect(await allRows(server.config)).not.toEqual(before);
  await server.stop();
});

function idOf(writer: number, number: number): string {
  return `${writer}-${number}`;
}
