// `baton serve` as a process: what it prints, how it is stopped, and when it refuses to start.

import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { send } from '../support/request.js';
import { baton, batonJson, batonServe, newDirectory } from './baton.js';

const directory = newDirectory();
afterAll(() => rmSync(directory, { recursive: true }));

const secret = /baton_us-1_[0-9A-Za-z]{12}_/;

describe('the first start', () => {
  it('prints keys once, and only where --first-run asks for it', async () => {
    const store = ['--data-dir', join(directory, 'first')];
    const plain = await batonServe(store);
    expect((await plain.stop()).output).not.toMatch(secret);

    const first = await batonServe(['--first-run', ...store]);
    const shown = await first.stop();
    expect(shown.output.match(/^ +(admin|write|read) key +baton_us-1_\S+$/gm)).toHaveLength(3);

    const second = await batonServe(['--first-run', ...store]);
    expect((await second.stop()).output).not.toMatch(secret);
  });
});

describe('a running server', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends with exit code 0 on %s', async (signal) => {
    const server = await batonServe(['--data-dir', join(directory, signal)]);
    expect((await send(`${server.url}/livez`)).status).toBe(200);
    expect(await server.stop(signal)).toMatchObject({ code: 0, errors: '' });
  });

  it('ends at once on a second signal', async () => {
    const store = ['--data-dir', join(directory, 'twice')];
    const { read_key: key } = await batonJson(['init', ...store]);
    const server = await batonServe(store);
    const ended = once(server.process, 'exit');
    const url = `${server.url}/v1/demo/demo/handoff_state?id=none&wait=20`;
    const waiting = send(url, { key });
    await send(url.replace('wait=20', 'wait=0'), { key });
    server.process.kill('SIGTERM');
    // Waiters are answered when the close begins, which then takes a while.
    expect((await waiting).status).toBe(503);
    server.process.kill('SIGINT');
    expect(await ended).toEqual([null, 'SIGINT']);
  });

  it('keeps a second one off its data directory, which names the process', async () => {
    const store = ['--data-dir', join(directory, 'held')];
    const server = await batonServe(store);
    const { code, errors } = await baton(['serve', '--port', '0', ...store]);
    await server.stop();

    expect(code).toBe(1);
    expect(errors).toContain(`process ${server.process.pid}`);
  });
});

describe('a start that cannot be', () => {
  it('exits 2 and tells all problems', async () => {
    const { code, output, errors } = await baton(['serve', '--port', 'x', '--hots', 'y'], {
      environment: { BATON_REGION: 'X' },
    });
    expect(code).toBe(2);
    expect(output).toBe('');
    const told = errors
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/:.*/, ''));
    expect(told).toEqual(['--hots', '--port', 'BATON_REGION']);
  });

  it('exits 1 where the port or the address cannot be had, and names the option', async () => {
    const server = await batonServe(['--data-dir', join(directory, 'taken')]);
    const words = ['serve', '--data-dir', join(directory, 'late')];
    const { port } = new URL(server.url);
    const taken = await baton([...words, '--port', port]);
    const metrics = await baton([...words, '--port', '0', '--metrics-port', port]);
    const foreign = await baton([...words, '--port', '0', '--host', '192.0.2.1']);
    await server.stop();

    expect([taken.code, taken.errors]).toEqual([1, expect.stringMatching(/^--port: .* taken;/)]);
    expect([metrics.code, metrics.errors]).toEqual([1, expect.stringMatching(/^--metrics-port: /)]);
    expect([foreign.code, foreign.errors]).toEqual([1, expect.stringMatching(/^--host: /)]);
  });
});
