// Examines what a PostgreSQL store keeps under its master key: wrapped keys, and every sealed record.

import type { MasterKeys } from '../../master-key.js';
import { MasterKeyRing, readMasterKeys } from '../../master-key-source.js';
import { nameHasher } from '../../name-hash.js';
import { type Finding, ok, problem } from '../finding.js';
import { namesOf, stateColumns } from '../handoff-rows.js';
import { RecordExamination, wrapperFinding } from '../record-examination.js';
import { fromText } from '../sealed-text.js';
import { DataKeys, wrapperCounts } from './data-keys.js';
import type { Examination } from './examination.js';
import type { LockedRow } from './handoff-statements.js';
import { Session, statement } from './session.js';
import { openHashKey, opensHashKey, wrappedKeptKeys } from './settings.js';

/** Records in one statement. */
const pageRows = 1_000;
/** How long it may take to read them all, in milliseconds. */
const recordsMs = 120_000;

export async function examineSealing({ session, config }: Examination): Promise<Finding[]> {
  const cure = 'baton doctor --master-key-file THE-RIGHT-FILE';
  let keys: MasterKeys;
  try {
    keys = readMasterKeys(config, false).keys;
  } catch (error) {
    return [problem('master key', (error as Error).message, cure)];
  }
  if (!(await opensHashKey(session, keys))) {
    return [problem('master key', 'not the one of this store', cure)];
  }
  const masterKey = ok('master key', 'opens the store');
  if ((await wrappedKeptKeys(session)).length === 0) return [masterKey];

  // What is written meanwhile must not be seen in part.
  const patient = new Session(session.client, performance.now() + recordsMs);
  await patient.simple('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const wrappers = await examineWrappers(patient, keys);
    return [masterKey, wrappers, await examineRecords(patient, new MasterKeyRing(config, keys))];
  } finally {
    await patient.simple('ROLLBACK').catch(() => {});
  }
}

async function examineWrappers(session: Session, keys: MasterKeys): Promise<Finding> {
  const kept = await wrappedKeptKeys(session);
  return wrapperFinding([await wrapperCounts(session, keys, kept)], keys);
}

interface ProjectName {
  readonly tenant: string;
  readonly name: string;
}

type SealedRow = Omit<LockedRow, 'write_id'> & { readonly sealed: string };

const projectNames = statement<[], ProjectName>(
  'project_names',
  `SELECT tenant, account_slug || '/' || project_slug AS name FROM project
   ORDER BY created_at, tenant`,
);
const records = statement<[tenant: string, at: number, id: string, limit: number], SealedRow>(
  'records',
  `SELECT ${stateColumns}, sealed FROM handoff_state
   WHERE tenant = $1 AND (written_at, id) < ($2::bigint, $3::text)
   ORDER BY written_at DESC, id DESC LIMIT $4`,
);
const owners = statement<
  [tenant: string, names: readonly string[]],
  { readonly alias: string; readonly id: string }
>('owners', 'SELECT alias, id FROM handoff_alias WHERE tenant = $1 AND alias = ANY ($2::text[])');

/** The newest ones of each project, whichever was made first. */
async function examineRecords(session: Session, masterKeys: MasterKeyRing): Promise<Finding> {
  const hashName = nameHasher(await openHashKey(session, masterKeys.keys));
  const examination = new RecordExamination(hashName);
  const dataKeys = new DataKeys(masterKeys);
  for (const project of await session.all(projectNames)) {
    const { tenant } = project;
    let last: Pick<SealedRow, 'written_at' | 'id'> | undefined = {
      written_at: Number.MAX_SAFE_INTEGER,
      id: '',
    };
    while (last !== undefined && examination.left > 0) {
      const limit = Math.min(pageRows, examination.left);
      const rows: SealedRow[] = await session.all(records, tenant, last.written_at, last.id, limit);
      const readable = rows.map((row) => ({ ...row, sealed: fromText(row.sealed) }));
      const named = await session.all(owners, tenant, rows.flatMap(namesOf));
      const ownerOf = new Map(named.map(({ alias, id }) => [alias, id]));
      const findKey = await dataKeys.of(session, tenant, readable);
      for (const row of readable) {
        examination.examine(project, row, (name) => ownerOf.get(name), findKey);
      }
      last = rows.at(-1);
    }
  }
  return examination.finding();
}
