// Examines what the database keeps of the store: schema, region, master key, projects.

import { existsSync } from 'node:fs';
import type { MasterKeys } from '../../master-key.js';
import { masterKeyFileOf, readMasterKeys } from '../../master-key-source.js';
import { examineFileMode } from '../file-mode.js';
import { type Finding, ok, problem, warning } from '../finding.js';
import { type Examination, rowOf } from './examination.js';
import { newestSchemaVersion, schemaVersion } from './migrate.js';
import { opensHashKey, readSetting } from './settings.js';

export async function examineContents(examination: Examination): Promise<Finding[]> {
  const { may } = await rowOf<{ may: boolean }>(
    examination,
    `SELECT coalesce(bool_and(has_table_privilege(to_regclass(name), 'SELECT')), true) AS may
     FROM unnest(ARRAY['schema_migration', 'setting', 'project']) AS name`,
  );
  // What is missing is told with the role.
  if (!may) return [];
  const schema = await examineSchema(examination);
  const masterKeyFile = examineMasterKeyFile(examination);
  if (schema.status === 'problem') return [schema, ...masterKeyFile];
  return [
    schema,
    ...masterKeyFile,
    await examineMasterKey(examination),
    await examineRegion(examination),
    await examineProjects(examination),
  ];
}

async function examineSchema({ session, address }: Examination): Promise<Finding> {
  const found = await schemaVersion(session);
  const newest = newestSchemaVersion();
  if (found === newest) return ok('schema', `version ${found}`);
  if (found === 0) {
    return problem('schema', `no store in database ${address.database}`, 'baton init');
  }
  if (found < newest) {
    return problem('schema', `version ${found}, this Baton needs ${newest}`, 'baton migrate');
  }
  return problem(
    'schema',
    `version ${found}, this Baton knows up to ${newest}`,
    'git pull && npm install  # a newer Baton made this store',
  );
}

function examineMasterKeyFile({ config }: Examination): Finding[] {
  const file = masterKeyFileOf(config);
  if (file === undefined || !existsSync(file)) return [];
  return [examineFileMode('master key mode', file, 0o600)];
}

async function examineMasterKey({ session, config }: Examination): Promise<Finding> {
  const cure = 'baton doctor --master-key-file THE-RIGHT-FILE';
  let keys: MasterKeys;
  try {
    keys = readMasterKeys(config, false).keys;
  } catch (error) {
    return problem('master key', (error as Error).message, cure);
  }
  if (await opensHashKey(session, keys)) return ok('master key', 'opens the store');
  return problem('master key', 'not the one of this store', cure);
}

async function examineRegion({ session, config }: Examination): Promise<Finding> {
  const { region } = config;
  const kept = (await readSetting(session, 'region')) ?? region;
  if (kept === region) return ok('region', region);
  return problem('region', `the store is ${kept}, found ${region}`, `baton serve --region ${kept}`);
}

async function examineProjects(examination: Examination): Promise<Finding> {
  const { count } = await rowOf<{ count: number }>(
    examination,
    'SELECT count(*) AS count FROM project',
  );
  if (count > 0) return ok('projects', String(count));
  return warning('projects', 'none', 'baton project create --account SLUG --project SLUG');
}
