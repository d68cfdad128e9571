// Writes of projects, each inside the writer's transaction.

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
import { type Connection, prepare } from './database.js';
import { prepareKeyStatements } from './key-writes.js';

export type ProjectStatements = ReturnType<typeof prepareProjectStatements>;

export function prepareProjectStatements(db: Connection) {
  return {
    ...prepareKeyStatements(db),
    any: prepare<[]>(db, 'SELECT 1 FROM project LIMIT 1'),
    byTenant: prepare<[string], ProjectRow>(
      db,
      `SELECT ${projectColumns} FROM project WHERE tenant = ?`,
    ),
    account: prepare<[string, string], ProjectRow>(
      db,
      `SELECT ${projectColumns} FROM project WHERE account_id = ? OR account_slug = ? LIMIT 1`,
    ),
    named: prepare<[string, string, string], ProjectRow>(
      db,
      `SELECT ${projectColumns} FROM project
       WHERE account_id = ? AND (project_id = ? OR project_slug = ?) LIMIT 1`,
    ),
    write: prepare<[ProjectRow]>(
      db,
      `INSERT INTO project (${projectColumns})
       VALUES (@tenant, @account_id, @account_slug, @project_id, @project_slug, @region,
               @retention_seconds, @pickup_deadline_seconds, @sensitive_fields, @sensitive_last_four,
               @created_at)
       ON CONFLICT (tenant) DO UPDATE SET
         project_slug = excluded.project_slug, retention_seconds = excluded.retention_seconds,
         pickup_deadline_seconds = excluded.pickup_deadline_seconds,
         sensitive_fields = excluded.sensitive_fields,
         sensitive_last_four = excluded.sensitive_last_four`,
    ),
  };
}

export function createProject(
  statements: ProjectStatements,
  input: { project: NewProject; region: string; now: number },
): Project {
  const { accountId, accountSlug } = accountOf(statements, input.project);
  const projectId = input.project.projectId ?? newProjectId();
  for (const name of [projectId, input.project.projectSlug]) {
    refuseTaken(statements.named.get(accountId, name, name), 'project id or slug');
  }
  const project = newProject(
    { ...input.project, accountId, accountSlug, projectId },
    input.region,
    input.now,
  );
  statements.write.run(rowOfProject(project));
  statements.raiseReferenceVersion.run();
  return project;
}

export function changeProject(
  statements: ProjectStatements,
  { tenant, settings }: { tenant: string; settings: ProjectSettings },
): Project {
  const row = statements.byTenant.get(tenant);
  if (row === undefined) throw new BatonError('not_found', 'There is no such project any more.');
  const slug = settings.projectSlug ?? row.project_slug;
  const holder = statements.named.get(row.account_id, slug, slug);
  if (holder?.tenant !== tenant) refuseTaken(holder, 'project slug');

  const project = { ...projectOf(row), ...settings };
  statements.write.run(rowOfProject(project));
  statements.raiseReferenceVersion.run();
  return project;
}

/** The first project with its keys, unless there is a project; true where it was made. */
export function initialise(
  statements: ProjectStatements,
  { project, keys }: { project: Project; keys: readonly ApiKey[] },
): boolean {
  if (statements.any.get() !== undefined) return false;
  statements.write.run(rowOfProject(project));
  for (const key of keys) statements.insertKey(key);
  statements.raiseReferenceVersion.run();
  return true;
}

/** The account that the new project joins, or begins. Ids and slugs of accounts share one space. */
function accountOf(
  statements: ProjectStatements,
  project: NewProject,
): { accountId: string; accountSlug: string } {
  const { accountId, accountSlug } = project;
  const byId = accountId === undefined ? undefined : statements.account.get(accountId, accountId);
  const bySlug =
    accountSlug === undefined ? undefined : statements.account.get(accountSlug, accountSlug);
  return joinedAccount(project, byId ?? bySlug);
}
