// `baton migrate`: brings the store to the schema of this version, and spreads a database's tables.

import { UsageError } from '../read-config.js';
import { migrateStore } from '../store/open.js';
import { addConfiguredCommand, type Branch } from './command.js';
import { toggle } from './option.js';
import { printJson } from './terminal.js';

export function addMigrateCommand(branch: Branch): void {
  addConfiguredCommand(
    branch,
    {
      name: 'migrate',
      summary: 'bring the store to the schema of this version',
      notes:
        'A starting server does so by itself. SQLite: refuses while a server holds the store.\n' +
        'PostgreSQL: servers of the older version go on meanwhile.',
      options: {
        distribute: toggle('on a database that has Citus: distribute the tables by tenant'),
        json: toggle('print JSON'),
      },
      takes: 'store',
    },
    async (values, { config }, terminal) => {
      if (values.distribute && config.databaseUrl === null) {
        throw new UsageError([
          '--distribute: found no database URL beside it; give one with --database-url, ' +
            'or leave it out: SQLite stays in one file.',
        ]);
      }
      const { distribute } = values;
      const { from, to, distributed } = await migrateStore(config, { distribute });
      if (values.json) {
        return printJson(terminal, { from_version: from, to_version: to, distributed });
      }
      const unchanged = `The store has schema version ${to} already.`;
      terminal.print(
        from === to ? unchanged : `The store went from schema version ${from} to ${to}.`,
      );
      if (distributed === undefined) return;
      terminal.print(
        distributed.length === 0
          ? 'Its tables are distributed already.'
          : `Distributed among the database's nodes: ${distributed.join(', ')}.`,
      );
    },
  );
}
