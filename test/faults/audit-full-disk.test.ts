// Strict audit with its storage full: no look-up gives data, and room heals it without a restart.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runBaton, startChild } from '../support/child-server.js';
import { send } from '../support/request.js';
import { smallDisk } from './support/small-disk.js';

const content = 'Ada Lovelace';
const toldMs = 1_500;

test('strict audit on a full disk gives no data, and all is well when there is room', async () => {
  const disk = smallDisk(32);
  try {
    const dataDir = join(disk.directory, 'data');
    const { output } = await runBaton(['init', '--json', '--data-dir', dataDir]);
    const key: string = JSON.parse(output.slice(output.indexOf('{'))).write_key;
    const server = await startChild(dataDir, ['--audit', 'strict']);
    const url = `${server.url}/v1/demo/demo/handoff_state`;
    const body = { id: 'one', data: { customer: content } };
    expect((await send(url, { method: 'PUT', key, body })).status).toBe(201);
    const lookUp = () => send(`${url}?id=one`, { key });

    // The spare room is given back at first, and taken here too.
    const isHeldBack = async () => {
      disk.fillUp(0);
      return (await lookUp()).status;
    };
    await expect.poll(isHeldBack, { timeout: 20_000, interval: 5 }).toBe(503);
    for (let round = 0; round < 10; round++) {
      disk.fillUp(0);
      const startedAt = performance.now();
      const { status, text } = await lookUp();
      expect([status, text.includes(content)]).toEqual([503, false]);
      expect(performance.now() - startedAt).toBeLessThan(toldMs);
    }

    disk.makeRoom();
    await expect.poll(async () => (await lookUp()).text, { timeout: 10_000 }).toContain(content);
    await server.end('SIGKILL');
    const verified = await runBaton(['audit', 'verify', '--data-dir', dataDir]);
    expect([verified.code, verified.output]).toEqual([0, expect.stringContaining('nothing is')]);
  } finally {
    disk.remove();
  }
}, 60_000);
