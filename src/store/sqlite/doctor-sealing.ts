// Examines what a SQLite store keeps under its master key: wrapped keys, and every sealed record.

import type { MasterKeys } from '../../master-key.js';
import { MasterKeyRing, readMasterKeys } from '../../master-key-source.js';
import { nameHasher } from '../../name-hash.js';
import { type Finding, ok, problem } from '../finding.js';
import { type SealedRow, stateColumns } from '../handoff-rows.js';
import type { StoreConfig } from '../open.js';
import {
  examinedTogether,
  type OnProgress,
  RecordExamination,
  wrapperFinding,
} from '../record-examination.js';
import { DataKeys, wrapperCounts } from './data-keys.js';
import { type Connection, prepare } from './database.js';
import { hasHashKey, openHashKey, opensHashKey, wrappedKeptKeys } from './settings.js';

export function examineSealing(
  database: Connection,
  config: StoreConfig,
  onProgress: OnProgress,
): Finding[] {
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
  const wrappers = database.transaction(() => examineWrappers(database, keys))();
  const masterKeys = new MasterKeyRing(config, keys);
  return [masterKey, wrappers, examineRecords(database, masterKeys, onProgress)];
}

function examineWrappers(database: Connection, keys: MasterKeys): Finding {
  return wrapperFinding([wrapperCounts(database, keys, wrappedKeptKeys(database))], keys);
}

interface ProjectName {
  readonly tenant: string;
  readonly name: string;
}

/** Every one, project by project. By the id, which orders what was damaged, too. */
function examineRecords(
  database: Connection,
  masterKeys: MasterKeyRing,
  onProgress: OnProgress,
): Finding {
  const statements = prepareStatements(database);
  const hashName = nameHasher(openHashKey(database, masterKeys.keys));
  const examination = new RecordExamination(hashName, statements.count.get()!.count, onProgress);
  const dataKeys = new DataKeys(database, masterKeys);
  const examineSome = (project: ProjectName, afterId: string): string | undefined => {
    const { tenant } = project;
    const findKey = dataKeys.of(tenant);
    const ownerOf = (name: string) => statements.owner.get(tenant, name)?.id;
    const rows = statements.records.all(tenant, afterId, examinedTogether);
    for (const row of rows) examination.examine(project, row, ownerOf, findKey);
    return rows.at(-1)?.id;
  };
  for (const project of statements.projects.all()) {
    let last: string | undefined = '';
    // What is written meanwhile must not be seen in part.
    const step = database.transaction(examineSome);
    while (last !== undefined) last = step(project, last);
  }
  return examination.finding();
}

function prepareStatements(database: Connection) {
  return {
    count: prepare<[], { count: number }>(database, 'SELECT count(*) AS count FROM handoff_state'),
    projects: prepare<[], ProjectName>(
      database,
      `SELECT tenant, account_slug || '/' || project_slug AS name FROM project
       ORDER BY created_at, tenant`,
    ),
    owner: prepare<[string, string], { id: string }>(
      database,
      'SELECT id FROM handoff_alias WHERE tenant = ? AND alias = ?',
    ),
    records: prepare<[string, string, number], SealedRow>(
      database,
      `SELECT ${stateColumns}, sealed FROM handoff_state
       WHERE tenant = ? AND id > ? ORDER BY id LIMIT ?`,
    ),
  };
}
