// Passes a connection to a database on and counts what is asked on it, so that a test can act at
// an exact point of a conversation.

import { databaseProxy } from './database-proxy.js';

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
  let connections = 0;
  let asked = 0;
  const url = await databaseProxy(databaseUrl, (client, database) => {
    const isFirst = ++connections === 1;
    client.on('data', (message) => {
      if (isFirst) onAsked(++asked);
      database.write(message);
    });
    database.pipe(client);
  });
  return { url, asked: () => asked };
}
