// Many readers that wait at once: pipelined, since a process may open only so many sockets.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestServer } from './server.js';

const readersPerSocket = 100;

export interface Crowd {
  /** Goes away: every connection is cut. */
  leave(): void;
}

/** So many readers with this key begin to wait, for 20 seconds, each for a name of its own. */
export async function crowd(server: TestServer, key: string, readers: number): Promise<Crowd> {
  const { hostname, port, pathname } = new URL(server.stateUrl);
  const sockets: Socket[] = [];
  for (let first = 0; first < readers; first += readersPerSocket) {
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.resume();
    const count = Math.min(readersPerSocket, readers - first);
    const requests = Array.from({ length: count }, (_, place) =>
      [
        `GET ${pathname}?id=nobody-${first + place}&wait=20 HTTP/1.1`,
        'Host: localhost',
        `X-Api-Key: ${key}`,
        '\r\n',
      ].join('\r\n'),
    );
    socket.write(requests.join(''));
    sockets.push(socket);
  }
  return { leave: () => sockets.forEach((socket) => void socket.destroy()) };
}
