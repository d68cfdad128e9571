// Passes connections to a database on, and cuts one off when it has committed and its client has not
// been told.

import { databaseProxy } from './database-proxy.js';

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
  let isArmed = false;
  let cut = 0;
  const url = await databaseProxy(databaseUrl, (client, database) => {
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
    database.on('close', () => client.destroy());
  });
  return {
    url,
    cutNextCommit: () => {
      isArmed = true;
    },
    cut: () => cut,
  };
}
