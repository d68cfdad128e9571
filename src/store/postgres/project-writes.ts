// Writes of projects, each inside a transaction that no other one of them runs beside.

import { BatonError } from '../../error.js';
import type { ApiKey } from '../../key.js';
import {
  type NewProject,
  newProject,
  newProjectId,
  type Project,
  type ProjectSettings,
} from '../../project.js';
import { joinedAccount, refuseTaken } from '../project-rules.js';
import { type ProjectRow, projectColumns, projectOf, rowOfProject } from '../reference-rows.js';
import { insertKey } from './key-writes.js';
import { referenceLock } from './locks.js';
import { type Session, statement } from './session.js';
import { raiseReferenceVersion } from './settings.js';
import type { Settled, Transaction } from './write.js';

const any = statement<[], unknown>('any_project', 'SELECT 1 FROM project LIMIT 1');
export const byTenant = statement<[tenant: string], ProjectRow>(
  'project_by_tenant',
  `SELECT ${projectColumns} FROM project WHERE tenant = $1`,
);
const ofAccount = statement<[account: string], ProjectRow>(
  'project_of_account',
  `SELECT ${projectColumns} FROM project WHERE account_id = $1 OR account_slug = $1 LIMIT 1`,
);
const named = statement<[accountId: string, project: string, slug: string], ProjectRow>(
  'project_named',
  `SELECT ${projectColumns} FROM project
   WHERE account_id = $1 AND (project_id = $2 OR project_slug = $3) LIMIT 1`,
);
const write = statement<unknown[]>(
  'write_project',
  `INSERT INTO project (${projectColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
   ON CONFLICT (tenant) DO UPDATE SET
     project_slug = excluded.project_slug, retention_seconds = excluded.retention_seconds,
     pickup_deadline_seconds = excluded.pickup_deadline_seconds,
     sensitive_fields = excluded.sensitive_fields,
     sensitive_last_four = excluded.sensitive_last_four`,
);

export async function createProject(
  transaction: Transaction,
  input: { project: NewProject; region: string },
): Promise<Project> {
  await Promise.all([transaction.first(referenceLock), transaction.begun]);
  const { accountId, accountSlug } = await accountOf(transaction, input.project);
  const projectId = input.project.projectId ?? newProjectId();
  for (const name of [projectId, input.project.projectSlug]) {
    const holder = await transaction.first(named, accountId, name, name);
    refuseTaken(holder, 'project id or slug');
  }
  const project = newProject(
    { ...input.project, accountId, accountSlug, projectId },
    input.region,
    transaction.now,
  );
  await writeProject(transaction, project);
  return project;
}

export async function changeProject(
  transaction: Transaction,
  { tenant, settings }: { tenant: string; settings: ProjectSettings },
): Promise<{ before: Project; after: Project }> {
  await Promise.all([transaction.first(referenceLock), transaction.begun]);
  const row = await transaction.first(byTenant, tenant);
  if (row === undefined) throw new BatonError('not_found', 'There is no such project any more.');
  const slug = settings.projectSlug ?? row.project_slug;
  const holder = await transaction.first(named, row.account_id, slug, slug);
  if (holder?.tenant !== tenant) refuseTaken(holder, 'project slug');

  const before = projectOf(row);
  const after = { ...before, ...settings };
  await writeProject(transaction, after);
  return { before, after };
}

/** The first project with its keys, unless there is a project; true where it was made. */
export async function initialise(
  transaction: Transaction,
  { project, keys }: { project: Project; keys: readonly ApiKey[] },
): Promise<boolean> {
  await Promise.all([transaction.first(referenceLock), transaction.begun]);
  if ((await transaction.first(any)) !== undefined) return false;
  await writeProject(transaction, project);
  for (const key of keys) await insertKey(transaction, key);
  return true;
}

/** What became of a project whose commit got no answer, by what it was before, if it was. */
export async function settleProject(
  session: Session,
  { before, after }: { before: Project | undefined; after: Project },
): Promise<Settled> {
  await session.first(referenceLock);
  const row = await session.first(byTenant, after.tenant);
  const found = row && JSON.stringify(rowOfProject(projectOf(row)));
  if (found === JSON.stringify(rowOfProject(after))) return 'done';
  const isAsBefore = found === (before && JSON.stringify(rowOfProject(before)));
  return isAsBefore ? 'undone' : 'unknown';
}

async function writeProject(transaction: Transaction, project: Project): Promise<void> {
  const row = rowOfProject(project);
  await transaction.run(
    write,
    row.tenant,
    row.account_id,
    row.account_slug,
    row.project_id,
    row.project_slug,
    row.region,
    row.retention_seconds,
    row.pickup_deadline_seconds,
    row.sensitive_fields,
    row.sensitive_last_four,
    row.created_at,
  );
  await raiseReferenceVersion(transaction);
}

/** The account that the new project joins, or begins. Ids and slugs of accounts share one space. */
async function accountOf(
  transaction: Transaction,
  project: NewProject,
): Promise<{ accountId: string; accountSlug: string }> {
  const { accountId, accountSlug } = project;
  const byId = accountId === undefined ? undefined : await transaction.first(ofAccount, accountId);
  const bySlug =
    accountSlug === undefined ? undefined : await transaction.first(ofAccount, accountSlug);
  return joinedAccount(project, byId ?? bySlug);
}
