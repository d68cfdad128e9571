// Projects and keys, read from the database, and a number that tells when any of them changed.

import type { ApiKey } from '../../key.js';
import type { Project } from '../../project.js';
import { pageOf, startOf } from '../pages.js';
import {
  type KeyRow,
  keyColumns,
  keyOf,
  type ProjectRow,
  projectColumns,
  projectOf,
} from '../reference-rows.js';
import type { Page, PageRequest, Reach } from '../store.js';
import { type Session, statement } from './session.js';

/** Rises when another node tells of a change, by notification or by what a heartbeat reads. */
export class ReferenceChanges {
  readonly #onChange: () => void;
  #changes = 0;
  #storedVersion: string | undefined;

  /** `onChange`: told with each rise. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get version(): number {
    return this.#changes;
  }

  noteChange(): void {
    this.#changes += 1;
    this.#onChange();
  }

  noteStored(version: string): void {
    if (version !== this.#storedVersion) this.noteChange();
    this.#storedVersion = version;
  }
}

const key = statement<[keyId: string], KeyRow>(
  'find_key',
  `SELECT ${keyColumns} FROM api_key WHERE key_id = $1`,
);
const project = statement<[account: string, project: string], ProjectRow>(
  'find_project',
  `SELECT ${projectColumns} FROM project
   WHERE (account_id = $1 OR account_slug = $1) AND (project_id = $2 OR project_slug = $2)`,
);
const account = statement<[account: string], { account_id: string }>(
  'find_account',
  'SELECT account_id FROM project WHERE account_id = $1 OR account_slug = $1 LIMIT 1',
);

type PageValues = [
  account: string,
  reach: readonly string[] | null,
  at: number,
  id: string,
  limit: number,
];
const projects = statement<PageValues, ProjectRow>(
  'list_projects',
  `SELECT ${projectColumns} FROM project
   WHERE account_id = $1 AND ($2::text[] IS NULL OR project_id = ANY ($2::text[]))
     AND (created_at, project_id) < ($3::bigint, $4::text)
   ORDER BY created_at DESC, project_id DESC LIMIT $5`,
);
const keys = statement<PageValues, KeyRow>(
  'list_keys',
  `SELECT ${keyColumns} FROM api_key
   WHERE account_id = $1
     AND ($2::text[] IS NULL
       OR (projects IS NOT NULL AND projects::jsonb <@ to_jsonb($2::text[])))
     AND (created_at, key_id) < ($3::bigint, $4::text)
   ORDER BY created_at DESC, key_id DESC LIMIT $5`,
);

export async function findKey(session: Session, keyId: string): Promise<ApiKey | undefined> {
  if (holdsNul(keyId)) return undefined;
  const row = await session.first(key, keyId);
  return row && keyOf(row);
}

export async function findProject(
  session: Session,
  accountName: string,
  projectName: string,
): Promise<Project | undefined> {
  if (holdsNul(accountName + projectName)) return undefined;
  const row = await session.first(project, accountName, projectName);
  return row && projectOf(row);
}

export async function findAccount(session: Session, name: string): Promise<string | undefined> {
  if (holdsNul(name)) return undefined;
  const row = await session.first(account, name);
  return row?.account_id;
}

/** Text in PostgreSQL has no such character, and the database refuses to look for one. */
function holdsNul(name: string): boolean {
  return name.includes('\0');
}

export async function listProjects(
  session: Session,
  reach: Reach,
  page: PageRequest,
): Promise<Page<Project>> {
  const rows = await session.all(projects, reach.accountId, reach.projects, ...positionOf(page));
  return pageOf(rows, page, projectOf, (last) => ({ at: last.created_at, id: last.project_id }));
}

export async function listKeys(
  session: Session,
  reach: Reach,
  page: PageRequest,
): Promise<Page<ApiKey>> {
  const rows = await session.all(keys, reach.accountId, reach.projects, ...positionOf(page));
  return pageOf(rows, page, keyOf, (last) => ({ at: last.created_at, id: last.key_id }));
}

function positionOf(page: PageRequest): [at: number, id: string, limit: number] {
  const { at, id } = startOf(page);
  return [at, id, page.limit + 1];
}
