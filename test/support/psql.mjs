// Stands in for PostgreSQL's psql, which the tests do not have: runs each -c on one connection.

import { parseArgs } from 'node:util';
import { Client } from 'pg';

const { values } = parseArgs({
  options: {
    h: { type: 'string', short: 'h' },
    p: { type: 'string', short: 'p' },
    U: { type: 'string', short: 'U' },
    d: { type: 'string', short: 'd' },
    c: { type: 'string', short: 'c', multiple: true },
  },
});
const { h: host, p: port, U: user, d: database, c: statements } = values;
const client = new Client({ host, port: Number(port), user, database });
await client.connect();
for (const statement of statements) await client.query(statement);
await client.end();
