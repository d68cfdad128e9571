// Rows of states written straight into Baton's PostgreSQL tables, without Baton.

import type { BatonStore } from './baton.js';
import { say } from './bench.js';
import { type Database, execute, withClient } from './postgres-server.js';
import { dataTextOf, idOf, multiplier, namePlace, names, sharedIdOf } from './states.js';

export interface RowsToFill {
  /** The number of the first state, and how many there are. */
  readonly first: number;
  readonly count: number;
  readonly dataBytes: number;
  /** Seconds from now: below zero, they have expired. */
  readonly livesFor: number;
}

const rowsPerStatement = 100_000;
export const retentionSeconds = 7 * 86_400;

/** The statements that write the rows, in the order of their writing. */
export function rowStatements(
  { account_id, project_id }: BatonStore,
  { first, count, dataBytes, livesFor }: RowsToFill,
): { text: string; values: unknown[] }[] {
  const statements: { text: string; values: unknown[] }[] = [];
  const place = '0'.repeat(8);
  const sealed = `0${dataTextOf(place, dataBytes).replaceAll(place, namePlace)}`;
  for (let from = first; from < first + count; from += rowsPerStatement) {
    const last = Math.min(from + rowsPerStatement, first + count) - 1;
    const values = [account_id, project_id, from, last, idOf(namePlace), sharedIdOf(namePlace)];
    statements.push(
      { text: insertStates, values: [...values, sealed, first + count - 1, livesFor * 1_000] },
      { text: insertAliases, values },
    );
  }
  return statements;
}

/** Fills the tables of a store, and leaves them as they are after a while: vacuumed and on disk. */
export async function fillRows(
  { server, name }: Database,
  store: BatonStore,
  rows: RowsToFill,
): Promise<void> {
  const url = server.adminUrl(name);
  say(`filling a database with ${rows.count.toLocaleString('en')} rows`);
  await execute(url, ...rowStatements(store, rows));
  await settle({ server, name });
}

export async function settle({ server, name }: Pick<Database, 'server' | 'name'>): Promise<void> {
  await withClient(server.adminUrl(name), async (client) => {
    await client.query('VACUUM (ANALYZE)');
    await client.query('CHECKPOINT');
  });
}

/** As `nameOf`. */
const nameOfNumber = `lpad(to_hex((number * ${multiplier}) % ${names}), 8, '0')`;
const tenantAndNames = `(SELECT tenant FROM project WHERE account_id = $1 AND project_id = $2) AS t,
  (SELECT number, ${nameOfNumber} AS name FROM generate_series($3::bigint, $4::bigint) AS number) AS n`;
const replaced = (parameter: string) => `replace(${parameter}, '${namePlace}', name)`;
/** A state a millisecond, of which the last one is written now. */
const writtenAt =
  'floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint - ($8::bigint - number)';

const insertStates = `
  INSERT INTO handoff_state (tenant, id, shared_id, aliases, version, written_at, updated_at,
    expires_at, write_id, sealed)
  SELECT tenant, ${replaced('$5')}, ${replaced('$6')}, '[]', 1, ${writtenAt}, ${writtenAt},
    ${writtenAt} + $9::bigint, 'benchmark-write0', ${replaced('$7')}
  FROM ${tenantAndNames}`;
const insertAliases = `
  INSERT INTO handoff_alias (tenant, alias, id)
  SELECT tenant, ${replaced('$6')}, ${replaced('$5')} FROM ${tenantAndNames}`;
