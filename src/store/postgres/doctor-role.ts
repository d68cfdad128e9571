// Examines what the role may do: all that the store needs, and not much more.

import { type Finding, ok, problem, warning } from '../finding.js';
import { tablesByTenant, tablesEverywhere } from './distribute.js';
import { type Examination, rowOf, rowsOf } from './examination.js';
import { quoted, superuserCommand } from './superuser-command.js';

const tables = ['schema_migration', ...tablesEverywhere, ...tablesByTenant];

export async function examineRole(examination: Examination): Promise<Finding[]> {
  return [
    await examineSuperuser(examination),
    await examinePrivileges(examination),
    await examineMigrating(examination),
  ];
}

async function examineSuperuser(examination: Examination): Promise<Finding> {
  const { address, host } = examination;
  const { superuser } = await rowOf<{ superuser: boolean }>(
    examination,
    'SELECT rolsuper AS superuser FROM pg_roles WHERE rolname = current_user',
  );
  if (!superuser) return ok('role', address.user);
  return warning(
    'role',
    `${address.user}, a superuser: whoever has the URL has the whole server`,
    `createuser -h ${host.host} -p ${host.port} -U postgres --pwprompt baton  # give it the ` +
      'database and its tables, and name it in --database-url',
  );
}

interface TableRow {
  readonly name: string;
  readonly schema: string;
  readonly usable: boolean;
  readonly owned: boolean;
}

async function tablesThere(examination: Examination): Promise<TableRow[]> {
  const may = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'].map(
    (privilege) => `has_table_privilege(class.oid, '${privilege}')`,
  );
  return rowsOf<TableRow>(
    examination,
    `SELECT name, nspname AS schema, ${may.join(' AND ')} AS usable,
       pg_has_role(class.relowner, 'USAGE') AS owned
     FROM unnest(ARRAY['${tables.join("', '")}']) AS name
     JOIN pg_class AS class ON class.oid = to_regclass(name)
     JOIN pg_namespace ON pg_namespace.oid = class.relnamespace`,
  );
}

async function examinePrivileges(examination: Examination): Promise<Finding> {
  const { address, host } = examination;
  const unusable = (await tablesThere(examination)).filter(({ usable }) => !usable);
  if (unusable.length === 0) return ok('privileges', 'on every table');
  const names = unusable.map(({ name }) => name).join(', ');
  const list = unusable.map(({ schema, name }) => `${quoted(schema)}.${name}`).join(', ');
  return problem(
    'privileges',
    `not all of select, insert, update, delete on ${names}`,
    superuserCommand(
      host,
      address.database,
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ${list} TO ${quoted(address.user)}`,
    ),
  );
}

/** An upgrade makes tables in the schema, and changes those that are there, as their owner only. */
async function examineMigrating(examination: Examination): Promise<Finding> {
  const { address, host } = examination;
  const role = quoted(address.user);
  const there = await tablesThere(examination);
  const { schema, creates } = await rowOf<{ schema: string | null; creates: boolean }>(
    examination,
    `SELECT current_schema() AS schema,
       coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS creates`,
  );
  const cures = there
    .filter(({ owned }) => !owned)
    .map(({ schema: its, name }) => `ALTER TABLE ${quoted(its)}.${name} OWNER TO ${role}`);
  if (schema === null) cures.push(`CREATE SCHEMA AUTHORIZATION ${role}`);
  else if (!creates) cures.push(`GRANT CREATE ON SCHEMA ${quoted(schema)} TO ${role}`);
  if (cures.length === 0) return ok('upgrades', `may change tables in schema ${schema}`);

  const found = 'the role may not make or change tables, as an upgrade must';
  const cure = superuserCommand(host, address.database, ...cures);
  return (there.length === 0 ? problem : warning)('upgrades', found, cure);
}
