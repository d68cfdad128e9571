// The states that are stored before look-ups are measured, written through Baton's API.

import { type Baton, lookUpRequest, putRequest } from './baton.js';
import { say } from './bench.js';
import { Connection, expectStatus } from './connection.js';
import { connections } from './load.js';
import { answerTextOf, dataBytes, nameOf } from './states.js';

/** Writes the states 0 to `count - 1` in this order, at 64 connections, and looks a few up. */
export async function seedStates(baton: Baton, count: number, bytes = dataBytes): Promise<void> {
  say(`writing ${count.toLocaleString('en')} states`);
  const opened = await Connection.openMany(baton.origin, connections);
  let next = 0;
  await Promise.all(
    opened.map(async (connection) => {
      while (next < count) {
        const reply = await connection.send(putRequest(baton, nameOf(next++), bytes));
        expectStatus(reply, 201, 'PUT of a new state');
      }
    }),
  );
  for (const number of [0, count >> 1, count - 1]) {
    await checkLookUps(opened[0]!, baton, nameOf(number), bytes);
  }
  for (const connection of opened) connection.close();
}

async function checkLookUps(
  connection: Connection,
  baton: Baton,
  name: string,
  bytes: number,
): Promise<void> {
  for (const by of ['id', 'shared_id'] as const) {
    const reply = await connection.send(lookUpRequest(baton, by, name));
    expectStatus(reply, 200, 'look-up of a state that was written');
    if (reply.body !== answerTextOf(name, bytes)) throw new Error('a look-up gave other bytes.');
  }
}
