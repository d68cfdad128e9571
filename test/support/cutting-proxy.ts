// Passes connections to a database on, and cuts one off when it has committed and its client has not
// been told.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface CuttingProxy {
  /** The database's URL with the proxy's address. */
  readonly url: string;
  /** From here on the next commit loses its answer. */
  readonly cutNextCommit: () => void;
  /** How many have. */
  readonly cut: () => number;
}

/** Listens until the test has finished. */
export async function cuttingProxy(databaseUrl: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isArmed = false;
  let cut = 0;
  const server = createServer((client) => {
    const database = connect(Number(port), hostname);
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    let isCommitting = false;
    client.on('data', (message) => {
      if (isArmed && message.includes('COMMIT')) {
        isArmed = false;
        isCommitting = true;
      }
      database.write(message);
    });
    database.on('data', (answer) => {
      if (!isCommitting) {
        client.write(answer);
        return;
      }
      cut += 1;
      client.destroy();
    });
    client.on('close', () => database.end());
    database.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });

  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cutNextCommit: () => {
      isArmed = true;
    },
    cut: () => cut,
  };
}
