// A process that migrates the database file of its argument when it is told to.

import { openWriter } from '../../dist/store/sqlite/database.js';
import { migrate } from '../../dist/store/sqlite/migrate.js';

process.once('message', () => {
  const database = openWriter(process.argv[2]);
  const applied = migrate(database);
  database.close();
  process.send(applied);
  process.disconnect();
});
process.send('ready');
