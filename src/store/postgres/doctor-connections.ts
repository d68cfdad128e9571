// Examines whether the nodes get the connections that they may open.

import { type Finding, ok, problem, warning } from '../finding.js';
import { databaseNow } from './clock.js';
import { type Examination, rowOf } from './examination.js';
import { quoted, superuserCommand } from './superuser-command.js';

/** Besides its pool a node has one each for its heartbeat, for notifications and for the audit. */
const connectionsBesidePool = 3;
/** A node beats once a second: one that has not for so long has ended. */
const runningMs = 10_000;

interface Room {
  /** How many this store may have; null: as many as it likes. */
  readonly connections: number | null;
  readonly limit: string;
  raise(missing: number): string;
}

export async function examineConnections(examination: Examination): Promise<Finding[]> {
  const { config } = examination;
  const perNode = config.databasePool + connectionsBesidePool;
  const nodes = await runningNodes(examination);
  const rooms = await roomsOf(examination);
  const least = rooms
    .filter((room) => room.connections !== null)
    .toSorted((one, other) => one.connections! - other.connections!)[0];
  if (least === undefined) return [ok('connections', 'without a limit')];

  const room = least.connections!;
  const found = `${room} for Baton by ${least.limit}, ${perNode} for each node, ${nodes} running`;
  const wanted = perNode * (nodes + 1);
  if (room >= wanted) return [ok('connections', found)];
  const cure = least.raise(wanted - room);
  const isShort = room < perNode * Math.max(1, nodes);
  return [(isShort ? problem : warning)('connections', found, cure)];
}

async function runningNodes(examination: Examination): Promise<number> {
  const { known } = await rowOf<{ known: boolean }>(
    examination,
    `SELECT coalesce(has_table_privilege(to_regclass('node'), 'SELECT'), false) AS known`,
  );
  if (!known) return 0;
  const { count } = await rowOf<{ count: number }>(
    examination,
    `SELECT count(*) AS count FROM node WHERE beat_at > ${databaseNow} - ${runningMs}`,
  );
  return count;
}

interface Counts {
  readonly superuser: boolean;
  readonly server_limit: number;
  readonly role_limit: number;
  readonly database_limit: number;
  /** Connections that are not this store's: of the server, the role, the database. */
  readonly elsewhere: number;
  readonly of_role: number;
  readonly of_database: number;
}

/** A limit below 0 is none. Only connections of clients have a user and a database. */
async function roomsOf(examination: Examination): Promise<Room[]> {
  const { address, host } = examination;
  const counts = await rowOf<Counts>(
    examination,
    `SELECT role.rolsuper AS superuser, role.rolconnlimit AS role_limit,
       database.datconnlimit AS database_limit,
       (SELECT sum(CASE name WHEN 'max_connections' THEN 1 ELSE -1 END * setting::int)::int
        FROM pg_settings WHERE name IN
          ('max_connections', 'superuser_reserved_connections', 'reserved_connections')
       ) AS server_limit,
       (SELECT count(*) FROM pg_stat_activity WHERE usesysid IS NOT NULL AND datid IS NOT NULL
        AND NOT (usesysid = role.oid AND datid = database.oid)) AS elsewhere,
       (SELECT count(*) FROM pg_stat_activity WHERE usesysid = role.oid
        AND datid <> database.oid) AS of_role,
       (SELECT count(*) FROM pg_stat_activity WHERE usesysid <> role.oid
        AND datid = database.oid) AS of_database
     FROM pg_roles AS role, pg_database AS database
     WHERE role.rolname = current_user AND database.datname = current_database()`,
  );
  const asSuperuser = (sql: string) => superuserCommand(host, 'postgres', sql);
  const alter = (what: string, limit: number) =>
    asSuperuser(`ALTER ${what} CONNECTION LIMIT ${limit}`);
  const isLimited = (limit: number) => limit >= 0 && !counts.superuser;
  return [
    {
      connections: counts.server_limit - counts.elsewhere,
      limit: 'max_connections',
      raise: (missing) =>
        asSuperuser(`ALTER SYSTEM SET max_connections = ${counts.server_limit + missing}`) +
        '  # and restart PostgreSQL; or lower --database-pool',
    },
    {
      connections: isLimited(counts.role_limit) ? counts.role_limit - counts.of_role : null,
      limit: "the role's limit",
      raise: (missing) => alter(`ROLE ${quoted(address.user)}`, counts.role_limit + missing),
    },
    {
      connections: isLimited(counts.database_limit)
        ? counts.database_limit - counts.of_database
        : null,
      limit: "the database's limit",
      raise: (missing) =>
        alter(`DATABASE ${quoted(address.database)}`, counts.database_limit + missing),
    },
  ];
}
