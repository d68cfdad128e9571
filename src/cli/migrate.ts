// `baton migrate`: brings the store to the schema of this version, while no server holds it.

import { existsSync } from 'node:fs';
import { databaseFile, openWriter } from '../store/sqlite/database.js';
import { takeLock } from '../store/sqlite/lock.js';
import { migrate, schemaVersion } from '../store/sqlite/migrate.js';
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
      const { from, to } = migrateSqlite(config.dataDir);
      if (values.json) printJson(terminal, { from_version: from, to_version: to });
      else if (from === to) terminal.print(`The store has schema version ${to} already.`);
      else terminal.print(`The store went from schema version ${from} to ${to}.`);
    },
  );
}

/** The schema versions before and after. */
function migrateSqlite(dataDir: string): { from: number; to: number } {
  const file = databaseFile(dataDir);
  if (!existsSync(file)) {
    throw new Error(
      `There is no store in ${dataDir}; make one with \`baton init\`, or name it with --data-dir.`,
    );
  }
  const lock = takeLock(dataDir);
  try {
    const database = openWriter(file);
    try {
      const from = schemaVersion(database);
      migrate(database);
      return { from, to: schemaVersion(database) };
    } finally {
      database.close();
    }
  } finally {
    lock.release();
  }
}
