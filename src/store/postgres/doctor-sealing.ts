// Examines what a PostgreSQL store keeps under its master key: wrapped keys, and every sealed record.

import type { MasterKeys } from '../../master-key.js';
import { MasterKeyRing, readMasterKeys } from '../../master-key-source.js';
import { nameHasher } from '../../name-hash.js';
import { type Finding, ok, problem } from '../finding.js';
import { namesOf, stateColumns } from '../handoff-rows.js';
import {
  examinedTogether,
  type OnProgress,
  RecordExamination,
  wrapperFinding,
} from '../record-examination.js';
import { fromText } from '../sealed-text.js';
import { DataKeys, wrapperCounts } from './data-keys.js';
import type { Examination } from './examination.js';
import type { LockedRow } from './handoff-statements.js';
import { Session, statement } from './session.js';
import { openHashKey, opensHashKey, wrappedKeptKeys } from './settings.js';

/** How long a step may take, in milliseconds. */
const stepMs = 30_000;

export async function examineSealing(examination: Examination): Promise<Finding[]> {
  const { session, config, onProgress } = examination;
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

  const wrappers = await inStep(session, (step) => examineWrappers(step, keys));
  const masterKeys = new MasterKeyRing(config, keys);
  return [masterKey, wrappers, await examineRecords(session, masterKeys, onProgress)];
}

/** What is written meanwhile must not be seen in part; vacuum waits for no more than a step. */
async function inStep<Result>(
  { client }: Session,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = new Session(client, performance.now() + stepMs);
  await session.simple('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    return await work(session);
  } finally {
    await session.simple('ROLLBACK').catch(() => {});
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

const count = statement<[], { readonly count: number }>(
  'count_records',
  'SELECT count(*) AS count FROM handoff_state',
);
const projectNames = statement<[], ProjectName>(
  'project_names',
  `SELECT tenant, account_slug || '/' || project_slug AS name FROM project
   ORDER BY created_at, tenant`,
);
const records = statement<[tenant: string, afterId: string, limit: number], SealedRow>(
  'records',
  `SELECT ${stateColumns}, sealed FROM handoff_state
   WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3`,
);
const owners = statement<
  [tenant: string, names: readonly string[]],
  { readonly alias: string; readonly id: string }
>('owners', 'SELECT alias, id FROM handoff_alias WHERE tenant = $1 AND alias = ANY ($2::text[])');

/** Every one, project by project. By the id, which orders what was damaged, too. */
async function examineRecords(
  session: Session,
  masterKeys: MasterKeyRing,
  onProgress: OnProgress,
): Promise<Finding> {
  const { hashName, all, projects } = await inStep(session, async (step) => ({
    hashName: nameHasher(await openHashKey(step, masterKeys.keys)),
    all: (await step.first(count))!.count,
    projects: await step.all(projectNames),
  }));
  const examination = new RecordExamination(hashName, all, onProgress);
  const dataKeys = new DataKeys(masterKeys);
  for (const project of projects) {
    const { tenant } = project;
    let last: string | undefined = '';
    while (last !== undefined) {
      const afterId: string = last;
      last = await inStep(session, async (step) => {
        const rows = await step.all(records, tenant, afterId, examinedTogether);
        const readable = rows.map((row) => ({ ...row, sealed: fromText(row.sealed) }));
        const named = await step.all(owners, tenant, rows.flatMap(namesOf));
        const ownerOf = new Map(named.map(({ alias, id }) => [alias, id]));
        const findKey = await dataKeys.of(step, tenant, readable);
        for (const row of readable) {
          examination.examine(project, row, (name) => ownerOf.get(name), findKey);
        }
        return rows.at(-1)?.id;
      });
    }
  }
  return examination.finding();
}
