// Fills an empty PostgreSQL store from a backup, in one transaction, while no server works on it.

import type { EmptyStore, Row, Value } from '../backup/contents.js';
import { type BackupTable, backupTables, settingTable, type ValueKind } from '../backup/tables.js';
import { databaseNow } from './clock.js';
import { migrate, underMigrationLock } from './migrate.js';
import { onPrimary } from './open.js';
import { type Session, statement } from './session.js';

/** How long a restore may take, in milliseconds. */
const restoreMs = 7 * 86_400_000;
/** A server whose last heartbeat is older has ended. */
const servingMs = 10_000;

/** What the last write of a row was called, in a row that none has written yet. */
const ownColumns: Readonly<Record<string, string>> = {
  handoff_state: 'write_id',
  tombstone: 'write_id',
};

const arrayTypes: Readonly<Record<ValueKind, string>> = {
  text: 'text[]',
  number: 'bigint[]',
  bytes: 'bytea[]',
  wrapped: 'bytea[]',
  sealed: 'text[]',
  setting: 'text[]',
};

/** A server that starts meanwhile waits for it; after a failure or a kill nothing is there. */
export function fillPostgres(
  databaseUrl: string,
  fill: (store: EmptyStore) => Promise<void>,
): Promise<void> {
  const work = (session: Session) =>
    underMigrationLock(session, async () => {
      await session.simple('SET LOCAL idle_in_transaction_session_timeout = 0');
      await migrate(session);
      await refuseServed(session);
      await refuseFilled(session);
      await fill(emptyStore(session));
    });
  return onPrimary(databaseUrl, 'tool', ({ session }) => work(session), restoreMs);
}

async function refuseServed(session: Session): Promise<void> {
  const [served] = await session.simple<{ count: number }>(
    `SELECT count(*) AS count FROM node WHERE beat_at > ${databaseNow} - ${servingMs}`,
  );
  const { count } = served!.rows[0]!;
  if (count === 0) return;
  throw new Error(
    `This database is in use by ${count === 1 ? 'a server' : `${count} servers`}, or was in the ` +
      `last ${servingMs / 1000} seconds; stop them, wait as long, and restore again.`,
  );
}

/** The settings of a store that was started and never used do not count. */
async function refuseFilled(session: Session): Promise<void> {
  for (const { name } of backupTables) {
    if (name === settingTable.name) continue;
    const [found] = await session.simple(`SELECT 1 FROM ${name} LIMIT 1`);
    if (found!.rows.length === 0) continue;
    throw new Error(
      `The store in this database is not empty (table ${name} has rows) and was left ` +
        'as it is; restore into an empty database.',
    );
  }
}

function emptyStore(session: Session): EmptyStore {
  return {
    async insert(table, rows) {
      const insert = statement<Value[][]>(`restore_${table.name}`, insertSql(table));
      await session.run(insert, ...columnsOf(table, rows));
    },
  };
}

function insertSql({ name, columns }: BackupTable): string {
  const names = Object.keys(columns).map((column) => `"${column}"`);
  const arrays = Object.values(columns).map((kind, place) => `$${place + 1}::${arrayTypes[kind]}`);
  const own = ownColumns[name];
  const into = own === undefined ? names : [...names, own];
  const values = own === undefined ? '*' : "*, ''";
  const replacing =
    name === settingTable.name ? ' ON CONFLICT (name) DO UPDATE SET value = excluded.value' : '';
  return `INSERT INTO ${name} (${into.join(', ')})
    SELECT ${values} FROM unnest(${arrays.join(', ')})${replacing}`;
}

/** One array a column. */
function columnsOf({ columns }: BackupTable, rows: readonly Row[]): Value[][] {
  return Object.values(columns).map((kind, place) =>
    rows.map((row) => {
      const value = row[place]!;
      const isBytes = (kind === 'bytes' || kind === 'wrapped') && value !== null;
      return isBytes ? `\\x${Buffer.from(String(value), 'base64').toString('hex')}` : value;
    }),
  );
}
