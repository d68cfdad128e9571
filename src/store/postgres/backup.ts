// Reads one moment of a PostgreSQL store for a backup, while servers go on writing.

import { parseDatabaseUrl } from '../../database-url.js';
import type { Snapshot, Value } from '../backup/contents.js';
import type { BackupTable } from '../backup/tables.js';
import { connect, hangUp } from './client.js';
import { isLost } from './failure.js';
import { nameOf } from './host-failure.js';
import { refuseNewerSchema, refuseOlderSchema, schemaVersion } from './migrate.js';
import { onPrimary, type PrimarySession } from './open.js';
import { Session } from './session.js';
import { readSetting } from './settings.js';

const rowsTogether = 100;
/** How long a backup may take, in milliseconds, and a commit that proves that it was the primary's. */
const backupMs = 7 * 86_400_000;
const confirmMs = 5_000;

/** A moment of the database: a slow reader of the backup must not end it. */
const begin = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
  SET LOCAL idle_in_transaction_session_timeout = 0`;

export function readPostgres<Result>(
  databaseUrl: string,
  work: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> {
  const read = async (primary: PrimarySession) => {
    const { session } = primary;
    await session.simple(begin);
    const found = await schemaVersion(session);
    if (found === 0) throw new Error('There is no store in this database; name another one.');
    refuseOlderSchema(found);
    refuseNewerSchema(found);
    await confirm(databaseUrl, primary);
    return work(await snapshotOf(session, found));
  };
  return onPrimary(databaseUrl, 'tool', read, backupMs);
}

/**
 * A cut-off old primary shows a moment too, without what its successor has acknowledged since. It
 * gives itself away by a commit, which its standby does not acknowledge.
 */
async function confirm(databaseUrl: string, { host }: PrimarySession): Promise<void> {
  const client = await connect(parseDatabaseUrl(databaseUrl), host);
  try {
    const session = new Session(client, performance.now() + confirmMs);
    await session.simple("UPDATE setting SET value = value WHERE name = 'region'");
  } catch (error) {
    if (!isLost(error)) throw error;
    throw new Error(
      `${nameOf(host)} acknowledges no write: it may be an old primary, and its backup would miss ` +
        'what its successor keeps; run `baton doctor` with the same database URL.',
      { cause: error },
    );
  } finally {
    hangUp(client);
  }
}

async function snapshotOf(session: Session, version: number): Promise<Snapshot> {
  const region = await readSetting(session, 'region');
  if (region === undefined) {
    throw new Error('This store was never used: there is nothing to back up.');
  }
  return {
    storeKind: 'postgres',
    region,
    schemaVersion: version,
    async count(table) {
      const [counted] = await session.simple<{ count: number }>(
        `SELECT count(*) AS count FROM ${table.name}${whereOf(table)}`,
      );
      return counted!.rows[0]!.count;
    },
    async *rows(table) {
      const names = Object.keys(table.columns);
      const quoted = names.map((name) => `"${name}"`).join(', ');
      const select = `SELECT ${quoted} FROM ${table.name}${whereOf(table)}`;
      await session.simple(`DECLARE backup NO SCROLL CURSOR FOR ${select}`);
      for (;;) {
        const fetch = `FETCH ${rowsTogether} FROM backup`;
        const [fetched] = await session.simple<Record<string, unknown>>(fetch);
        yield fetched!.rows.map((row) => names.map((name) => asValue(row[name])));
        if (fetched!.rows.length < rowsTogether) break;
      }
      await session.simple('CLOSE backup');
    },
  };
}

function whereOf({ where }: BackupTable): string {
  return where === undefined ? '' : ` WHERE ${where}`;
}

/** Settings and what is sealed are text here already. */
function asValue(stored: unknown): Value {
  return stored instanceof Uint8Array ? Buffer.from(stored).toString('base64') : (stored as Value);
}
