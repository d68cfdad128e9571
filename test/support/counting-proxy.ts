// Passes a connection to a database on and counts what is asked on it, so that a test can act at
// an exact point of a conversation.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface CountingProxy {
  /** The database's URL with the proxy's address. */
  readonly url: string;
  /** Messages that the client of the first connection has sent so far. */
  readonly asked: () => number;
}

/**
 * Listens until the test has finished. `onAsked` is called with the number of each message of the
 * first connection, before it is passed on.
 */
export async function countingProxy(
  databaseUrl: string,
  onAsked: (count: number) => void = () => {},
): Promise<CountingProxy> {
  const { hostname, port } = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let connections = 0;
  let asked = 0;
  const server = createServer((client) => {
    const isFirst = ++connections === 1;
    const database = connect(Number(port), hostname);
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    client.on('data', (message) => {
      if (isFirst) onAsked(++asked);
      database.write(message);
    });
    client.on('close', () => database.end());
    database.pipe(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });

  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return { url: url.href, asked: () => asked };
}
