// Examines what a SQLite store keeps under its master key: wrapped keys, and every sealed record.

import type { MasterKeys } from '../../master-key.js';
import { MasterKeyRing, readMasterKeys } from '../../master-key-source.js';
import { nameHasher } from '../../name-hash.js';
import { type Finding, ok, problem } from '../finding.js';
import { type SealedRow, stateColumns } from '../handoff-rows.js';
import type { StoreConfig } from '../open.js';
import { RecordExamination, wrapperFinding } from '../record-examination.js';
import { DataKeys, wrapperCounts } from './data-keys.js';
import { type Connection, prepare } from './database.js';
import { hasHashKey, openHashKey, opensHashKey, wrappedKeptKeys } from './settings.js';

export function examineSealing(database: Connection, config: StoreConfig): Finding[] {
  const cure = 'baton doctor --master-key-file THE-RIGHT-FILE';
  let keys: MasterKeys;
  try {
    keys = readMasterKeys(config, false).keys;
  } catch (error) {
    return [problem('master key', (error as Error).message, cure)];
  }
  if (!opensHashKey(database, keys)) {
    return [problem('master key', 'not the one of this store', cure)];
  }
  const masterKey = ok('master key', 'opens the store');
  if (!hasHashKey(database)) return [masterKey];
  // What is written meanwhile must not be seen in part.
  return database.transaction(() => [
    masterKey,
    examineWrappers(database, keys),
    examineRecords(database, new MasterKeyRing(config, keys)),
  ])();
}

function examineWrappers(database: Connection, keys: MasterKeys): Finding {
  return wrapperFinding([wrapperCounts(database, keys, wrappedKeptKeys(database))], keys);
}

interface ProjectName {
  readonly tenant: string;
  readonly name: string;
}

/** The newest ones of each project, whichever was made first. */
function examineRecords(database: Connection, masterKeys: MasterKeyRing): Finding {
  const hashName = nameHasher(openHashKey(database, masterKeys.keys));
  const examination = new RecordExamination(hashName);
  const dataKeys = new DataKeys(database, masterKeys);
  const projects = prepare<[], ProjectName>(
    database,
    `SELECT tenant, account_slug || '/' || project_slug AS name FROM project
     ORDER BY created_at, tenant`,
  ).all();
  const owner = prepare<[string, string], { id: string }>(
    database,
    'SELECT id FROM handoff_alias WHERE tenant = ? AND alias = ?',
  );
  const records = database.prepare<[string, number], SealedRow>(
    `SELECT ${stateColumns}, sealed FROM handoff_state WHERE tenant = ?
     ORDER BY written_at DESC LIMIT ?`,
  );
  for (const project of projects) {
    const { tenant } = project;
    const findKey = dataKeys.of(tenant);
    const ownerOf = (name: string) => owner.get(tenant, name)?.id;
    for (const row of records.iterate(tenant, examination.left)) {
      examination.examine(project, row, ownerOf, findKey);
    }
  }
  return examination.finding();
}
