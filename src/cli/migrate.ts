// `baton migrate`: brings the store to the schema of this version, while no server holds it.

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
      notes: 'A starting server does so by itself. Refuses while a server holds the store.',
      options: { json: toggle('print JSON') },
      takes: 'store',
    },
    async (values, { config }, terminal) => {
      const { from, to } = await migrateStore(config);
      if (values.json) printJson(terminal, { from_version: from, to_version: to });
      else if (from === to) terminal.print(`The store has schema version ${to} already.`);
      else terminal.print(`The store went from schema version ${from} to ${to}.`);
    },
  );
}
