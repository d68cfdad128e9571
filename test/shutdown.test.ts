// SIGTERM: what was accepted is answered, who waits is told to come again, and the process ends.

import { rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type ChildServer, startChild } from './support/child-server.js';
import { send } from './support/request.js';
import { temporaryDirectory } from './support/test-config.js';
import { WriteLedger } from './support/write-ledger.js';

const endMsMax = 10_000;
const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

interface Child extends ChildServer {
  readonly dataDir: string;
  readonly stateUrl: string;
  readonly key: string;
}

async function startFirst(): Promise<Child> {
  const dataDir = temporaryDirectory();
  directories.push(dataDir);
  const child = await startChild(dataDir, ['--first-run']);
  const key = (await child.printed(/write key +(\S+)/))[1]!;
  return { ...child, dataDir, stateUrl: `${child.url}/v1/demo/demo/handoff_state`, key };
}

async function expectOrderlyEnd(child: ChildServer): Promise<void> {
  const begun = performance.now();
  expect(await child.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(performance.now() - begun).toBeLessThan(endMsMax);
}

/** Resolves when the server takes no new connection any more. */
async function refusesConnections(url: string): Promise<void> {
  await expect
    .poll(() => send(`${url}/livez`).catch((error: Error) => error), { timeout: 5_000 })
    .toMatchObject({ code: 'ECONNREFUSED' });
}

test('under load fails no request that was accepted, and loses nothing', async () => {
  const child = await startFirst();
  const { stateUrl, key, dataDir } = child;
  const ledger = new WriteLedger();
  let toldToClose = 0;
  const clients = Array.from({ length: 24 }, async (_, n) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let round = 0; ; round++) {
      const id = `call-${n % 10}`;
      const received =
        round % 3 === 0
          ? await send(`${stateUrl}?id=never`, { key, agent })
          : await ledger.put(stateUrl, id, { key, agent });
      if (round % 3 === 0) expect(received.status).toBe(404);
      if (received.headers.connection === 'close') break;
      // Some pause between two requests, as real ones do: their connections are idle then.
      if (n >= 12) await sleep(n);
    }
    toldToClose += 1;
    agent.destroy();
  });
  const waiters = Array.from({ length: 20 }, (_, n) =>
    send(`${stateUrl}?shared_id=never-${n}&wait=20`, { key }),
  );
  await expect.poll(() => ledger.acknowledged, { timeout: 60_000 }).toBeGreaterThan(1_000);
  expect(toldToClose).toBe(0);

  await expectOrderlyEnd(child);
  await Promise.all(clients);
  expect(toldToClose).toBe(clients.length);
  for (const { status, headers, json } of await Promise.all(waiters)) {
    expect([status, json.error_code]).toEqual([503, 'unavailable']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  }

  const again = await startChild(dataDir);
  await ledger.check(`${again.url}/v1/demo/demo/handoff_state`, { key });
  await expectOrderlyEnd(again);
});

test('a request whose body is still on its way is answered', async () => {
  const child = await startFirst();
  const body = '{"id":"slow","data":{}}';
  const { socket, answer } = await sendHalf(child, body);
  const ending = expectOrderlyEnd(child);
  await refusesConnections(child.url);
  socket.write(body.slice(5));
  const written = performance.now();
  expect(await answer).toMatch(/^HTTP\/1\.1 201 /);
  await ending;
  expect(performance.now() - written, 'nothing was left to wait for').toBeLessThan(5_000);
});

test('a client that never sends the rest holds the end up no longer than 10 s', async () => {
  const child = await startFirst();
  const { answer } = await sendHalf(child, '{"id":"slow","data":{}}');
  await expectOrderlyEnd(child);
  expect(await answer).not.toMatch(/^HTTP\/1\.1 [25]/);
});

test('a second signal ends the process at once', async () => {
  const child = await startFirst();
  await sendHalf(child, '{"id":"slow","data":{}}');
  void child.end('SIGTERM');
  await refusesConnections(child.url);
  expect(await child.end('SIGTERM')).toEqual({ code: null, signal: 'SIGTERM' });
});

/** Sends a PUT up to the fifth character of its body; `answer`: all that came until the close. */
async function sendHalf(
  { url, key }: Child,
  body: string,
): Promise<{ socket: Socket; answer: Promise<string> }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  const answer = new Promise<string>((resolve) => {
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    socket.on('error', () => resolve(text)).on('close', () => resolve(text));
  });
  const head =
    `PUT /v1/demo/demo/handoff_state HTTP/1.1\r\nHost: baton\r\nx-api-key: ${key}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  await new Promise((resolve) => socket.write(head + body.slice(0, 5), resolve));
  // Once this later request is answered, the earlier bytes have been read.
  await send(`${url}/livez`);
  return { socket, answer };
}
