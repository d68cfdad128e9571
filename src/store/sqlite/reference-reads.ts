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
import { type Connection, prepare } from './database.js';

/** How long a change by another process may go unseen; promised is one second. */
const recheckMs = 500;

export class ReferenceReads {
  readonly #statements;
  readonly #onStoredChange: () => void;
  #changes = 0;
  #storedVersion: number | undefined;
  #checkedAt = Number.NEGATIVE_INFINITY;

  /** `onStoredChange`: told before the version of a change that another process may have made. */
  constructor(db: Connection, onStoredChange: () => void) {
    this.#statements = prepareReads(db);
    this.#onStoredChange = onStoredChange;
  }

  /** This process changed a project or a key. */
  noteChange(): void {
    this.#changes += 1;
  }

  /** See the store contract. Another process tells of a change by the version in the database. */
  version(): number {
    const now = performance.now();
    if (now - this.#checkedAt >= recheckMs) {
      this.#checkedAt = now;
      const stored = this.#statements.version.get()!.value;
      if (stored !== this.#storedVersion) {
        this.#changes += 1;
        this.#onStoredChange();
      }
      this.#storedVersion = stored;
    }
    return this.#changes;
  }

  findKey(keyId: string): ApiKey | undefined {
    const row = this.#statements.key.get(keyId);
    return row === undefined ? undefined : keyOf(row);
  }

  findProject(account: string, project: string): Project | undefined {
    const row = this.#statements.project.get({ account, project });
    return row === undefined ? undefined : projectOf(row);
  }

  findAccount(account: string): string | undefined {
    return this.#statements.account.get({ account })?.account_id;
  }

  listProjects(reach: Reach, page: PageRequest): Page<Project> {
    const rows = this.#statements.projects.all({
      account: reach.accountId,
      reach: reach.projects === null ? null : JSON.stringify(reach.projects),
      ...positionOf(page),
    });
    return pageOf(rows, page, projectOf, (last) => ({ at: last.created_at, id: last.project_id }));
  }

  listKeys(reach: Reach, page: PageRequest): Page<ApiKey> {
    const rows = this.#statements.keys.all({
      account: reach.accountId,
      reach: reach.projects === null ? null : JSON.stringify(reach.projects),
      ...positionOf(page),
    });
    return pageOf(rows, page, keyOf, (last) => ({ at: last.created_at, id: last.key_id }));
  }
}

function positionOf(page: PageRequest): { limit: number; after_at: number; after_id: string } {
  const { at, id } = startOf(page);
  return { limit: page.limit + 1, after_at: at, after_id: id };
}

function prepareReads(db: Connection) {
  return {
    version: prepare<[], { value: number }>(
      db,
      "SELECT value FROM setting WHERE name = 'reference_version'",
    ),
    key: prepare<[string], KeyRow>(db, `SELECT ${keyColumns} FROM api_key WHERE key_id = ?`),
    project: prepare<[{ account: string; project: string }], ProjectRow>(
      db,
      `SELECT ${projectColumns} FROM project
       WHERE (account_id = @account OR account_slug = @account)
         AND (project_id = @project OR project_slug = @project)`,
    ),
    account: prepare<[{ account: string }], { account_id: string }>(
      db,
      `SELECT account_id FROM project
       WHERE account_id = @account OR account_slug = @account LIMIT 1`,
    ),
    projects: prepare<[Record<string, string | number | null>], ProjectRow>(
      db,
      `SELECT ${projectColumns} FROM project
       WHERE account_id = @account
         AND (@reach IS NULL OR project_id IN (SELECT value FROM json_each(@reach)))
         AND (created_at, project_id) < (@after_at, @after_id)
       ORDER BY created_at DESC, project_id DESC LIMIT @limit`,
    ),
    keys: prepare<[Record<string, string | number | null>], KeyRow>(
      db,
      `SELECT ${keyColumns} FROM api_key
       WHERE account_id = @account
         AND (@reach IS NULL OR (projects IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM json_each(projects) held
           WHERE held.value NOT IN (SELECT value FROM json_each(@reach)))))
         AND (created_at, key_id) < (@after_at, @after_id)
       ORDER BY created_at DESC, key_id DESC LIMIT @limit`,
    ),
  };
}
