// Limits of connections and of the memory that request bodies take, on real sockets.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config.js';
import { limits } from '../../src/limits.js';
import { put } from '../support/handoff-calls.js';
import { expectRefusal } from '../support/refusal.js';
import { startServer, type TestServer } from '../support/server.js';

/** How long is waited for what is bound to come, on a busy machine. */
const unhurried = { interval: 20, timeout: 15_000 };

let server: TestServer;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.stop();
});

/** A connection that has sent a request; what comes back, '' where it is closed unheard. */
async function opened(
  request: string,
  from = '127.0.0.1',
): Promise<{ socket: Socket; text: string }> {
  const { hostname, port } = new URL(server.url);
  const socket = connect({ port: Number(port), host: hostname, localAddress: from });
  sockets.push(socket);
  let text = '';
  socket.on('data', (part) => {
    text += part.toString();
  });
  socket.on('error', () => {});
  socket.write(request);
  await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  return { socket, text };
}

const alive = 'GET /livez HTTP/1.1\r\nHost: baton\r\n\r\n';
const answered = async (from?: string) => /^HTTP\/1.1 200/.test((await opened(alive, from)).text);

async function start(changes: Partial<Config>): Promise<void> {
  server = await startServer(changes);
}

describe('connections', () => {
  it('of an address are as many as they may be, and again when one has ended', async () => {
    await start({ connectionsPerAddress: 3 });
    const kept = [await opened(alive), await opened(alive), await opened(alive)];
    expect(kept.every(({ text }) => text.startsWith('HTTP/1.1 200'))).toBe(true);
    expect(await answered()).toBe(false);
    expect(await answered('127.0.0.2')).toBe(true);
    // Those that are open go on.
    kept[0]!.socket.write(alive);
    await once(kept[0]!.socket, 'data');
    kept[1]!.socket.destroy();
    await expect.poll(() => answered(), unhurried).toBe(true);
    expect(await answered()).toBe(false);
  });

  it('of all addresses are as many as they may be', async () => {
    await start({ connectionsMax: 3 });
    const kept = [];
    for (const from of ['127.0.0.1', '127.0.0.2', '127.0.0.3'])
      kept.push(await opened(alive, from));
    expect(await answered('127.0.0.4')).toBe(false);
    kept[0]!.socket.destroy();
    await expect.poll(() => answered('127.0.0.4'), unhurried).toBe(true);
  });

  it('of trusted proxies are not counted by address', async () => {
    await start({ connectionsPerAddress: 1, trustProxy: ['127.0.0.0/30'] });
    expect([await answered(), await answered(), await answered()]).toEqual([true, true, true]);
    expect([await answered('127.0.0.9'), await answered('127.0.0.9')]).toEqual([true, false]);
  });

  it('are counted, and so are those that were refused', async () => {
    await start({ connectionsPerAddress: 2, connectionsMax: 4 });
    await opened(alive);
    await opened(alive, '127.0.0.2');
    await opened(alive, '127.0.0.2');
    expect(await answered('127.0.0.2')).toBe(false);
    const metrics = `GET /metrics HTTP/1.1\r\nHost: b\r\nX-Api-Key: ${server.keys.admin}\r\n\r\n`;
    const { text } = await opened(metrics);
    expect(text).toMatch(/^baton_connections 4$/m);
    expect(text).toMatch(/^baton_connections_refused_total 1$/m);
    expect(await answered('127.0.0.3')).toBe(false);
    sockets[0]!.write(metrics);
    const [part] = await once(sockets[0]!, 'data');
    expect(String(part)).toMatch(/^baton_connections_refused_total 2$/m);
  });
});

/** The status of the answer behind the one that invites the body. */
async function finalStatus(announced: ReturnType<typeof opened>): Promise<string | undefined> {
  const { socket, text } = await announced;
  return statusIn(text) ?? statusIn(String((await once(socket, 'data'))[0]));
}

function statusIn(text: string): string | undefined {
  return /HTTP\/1\.1 ([2-5]\d\d)/.exec(text)?.[1];
}

describe('bodies in memory', () => {
  const bytes = limits.bodyBytesMax;
  const whole = (id: string) => `{"id":"${id}","data":{}}`.padEnd(bytes, ' ');
  /** Announces a body, and sends nothing of it before it may. */
  const announce = (method: string, path: string, key: string) =>
    opened(
      [
        `${method} ${path} HTTP/1.1`,
        'Host: baton',
        'Content-Type: application/json',
        `Content-Length: ${bytes}`,
        'Expect: 100-continue',
        `X-Api-Key: ${key}`,
        '\r\n',
      ].join('\r\n'),
    );

  it('are as many as there is room for; one more is told to come again', async () => {
    server = await startServer({ bodyMemoryMebibytes: 1 });
    const path = new URL(server.stateUrl).pathname;
    const { write } = server.keys;
    const one = () => put(server, { id: 'one', data: {} });
    // So that the key is known, and the bodies have their places when they are asked for.
    expect((await one()).status).toBe(201);
    const held = await Promise.all(
      Array.from({ length: 2 ** 20 / bytes }, () => announce('PUT', path, write)),
    );
    await expect.poll(async () => (await one()).status, unhurried).toBe(503);
    const refused = await one();
    expectRefusal(
      refused,
      'unavailable',
      /^The server holds as many request bodies as it may; try/,
    );
    expect(refused.headers['retry-after']).toBe('1');

    const answers = held.map(async ({ socket }, place) => {
      socket.write(whole(`held-${place}`));
      return String((await once(socket, 'data'))[0]);
    });
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1.1 201/);
    await expect.poll(async () => (await one()).status, unhurried).not.toBe(503);
  });

  it('of strangers, and of paths that are not there, take none', async () => {
    server = await startServer({ bodyMemoryMebibytes: 1 });
    const path = new URL(server.stateUrl).pathname;
    for (let sent = 0; sent < 20; sent++) {
      expect(await finalStatus(announce('PUT', path, 'nonsense'))).toBe('401');
      expect(await finalStatus(announce('POST', '/nothing', ''))).toBe('404');
    }
    expect((await put(server, { id: 'one', data: {} })).status).toBe(201);
  });

  it('are let go of where the request ends early', async () => {
    server = await startServer({ bodyMemoryMebibytes: 1 });
    const path = new URL(server.stateUrl).pathname;
    const one = async () => (await put(server, { id: 'one', data: {} })).status;
    expect(await one()).toBe(201);
    const begun = Array.from({ length: 16 }, () => announce('PUT', path, server.keys.write));
    await Promise.all(begun);
    await expect.poll(one, unhurried).toBe(503);
    for (const socket of sockets) socket.destroy();
    await expect.poll(one, unhurried).not.toBe(503);
  });
});
