// The bare driver as a contender: its program in a process on the server's core.

import type { BareWork } from './bare-driver.js';
import { type Bench, programFile } from './bench.js';
import type { BareStatement } from './captured-statements.js';
import type { Contender } from './compare.js';
import type { Load, Measured } from './load.js';
import { type Database, poolSize } from './postgres-server.js';
import { onServerCore, outputOf } from './processes.js';

export function bareDriver(
  { machine, options }: Bench,
  what: {
    name: string;
    database: Database;
    statements: readonly BareStatement[];
    states: (round: number) => Load['states'];
  },
): Contender {
  const { name, database, statements } = what;
  return {
    name,
    measure: async (round) => {
      const { seconds } = options;
      const seed = options.seed + round;
      const work: BareWork = { statements, states: what.states(round), poolSize, seconds, seed };
      const args = [programFile('bare-driver'), JSON.stringify(work)];
      const pinned = onServerCore(machine, process.execPath, args);
      const environment = { BARE_DATABASE_URL: database.url };
      const printed = await outputOf(pinned.command, pinned.args, { environment });
      const measured: Measured = JSON.parse(printed);
      return measured;
    },
  };
}
