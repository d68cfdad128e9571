// Clients that send slower than anybody needs to are cut off, and take nothing from the others.

import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { send } from '../support/request.js';
import { startServer } from '../support/server.js';

/** What each kind of slow client begins with, and what it goes on with, a bit at a time. */
const kinds = {
  'says nothing': ['', ''],
  'never ends its headers': ['GET /livez HTTP/1.1\r\nHost: a\r\n', 'X-A: b\r\n'],
  'never ends its body': [
    'PUT /v1/demo/demo/handoff_state HTTP/1.1\r\nHost: a\r\nX-Api-Key: KEY\r\n' +
      'Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n{"id":"slow","data":{"a":"',
    'b',
  ],
} as const;
const socketsOfAKind = 167;

test('500 slow sockets are closed within 10 s while good requests go on being answered', async () => {
  const server = await startServer();
  try {
    const { port } = new URL(server.url);
    const begun = performance.now();
    const closed = Object.values(kinds).flatMap(([start, more]) =>
      Array.from({ length: socketsOfAKind }, () =>
        slowSocket(Number(port), start.replace('KEY', server.keys.write), more),
      ),
    );
    const all = Promise.all(closed);
    const over = all.then(() => true);

    const delays: number[] = [];
    do {
      const sent = performance.now();
      const body = { id: `good-${delays.length}`, data: {} };
      const put = await send(server.stateUrl, { method: 'PUT', key: server.keys.write, body });
      const found = await send(`${server.stateUrl}?id=${body.id}`, { key: server.keys.read });
      expect([put.status, found.status]).toEqual([201, 200]);
      delays.push(performance.now() - sent);
    } while (!(await Promise.race([over, sleep(50, false)])));
    const answers = await all;
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(delays.length).toBeGreaterThan(10);
    expect(Math.max(...delays)).toBeLessThan(1_000);

    for (const answer of answers.slice(socketsOfAKind)) {
      expect(answer).toMatch(
        /^HTTP\/1\.1 400 .*"The request did not arrive in time; send it whole/s,
      );
    }
    const slow = await send(`${server.stateUrl}?id=slow`, { key: server.keys.read });
    expect(slow.status).toBe(404);
  } finally {
    await server.stop();
  }
}, 30_000);

/** Sends a little every 700 ms; resolves, when the server closes, with what it said. */
function slowSocket(port: number, start: string, more: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(start));
    const drip = setInterval(() => socket.write(more), 700);
    socket.on('data', (part) => {
      answer += part.toString();
    });
    socket.on('end', () => clearInterval(drip));
    // Writing to a socket that the server has just closed fails: it is closed all the same.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearInterval(drip);
      resolve(answer);
    });
  });
}
