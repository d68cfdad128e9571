// Projects and keys: read often, changed seldom, kept in memory until anybody changes one.

import type { ApiKey } from '../../key.js';
import type { Project } from '../../project.js';
import type { Page, PageRequest, Position, Reach } from '../store.js';
import { type Connection, prepare } from './database.js';
import {
  type KeyRow,
  keyColumns,
  keyOf,
  type ProjectRow,
  projectColumns,
  projectOf,
} from './reference-rows.js';

/** How long a change by another process may go unseen; promised is one second. */
const recheckMs = 500;

export class ReferenceReads {
  readonly #statements;
  readonly #keys = new Map<string, ApiKey>();
  readonly #projects = new Map<string, Project>();
  #version = 0;
  #checkedAt = Number.NEGATIVE_INFINITY;

  constructor(db: Connection) {
    this.#statements = prepareReads(db);
  }

  forget(): void {
    this.#keys.clear();
    this.#projects.clear();
  }

  findKey(keyId: string): ApiKey | undefined {
    this.#recheck();
    const kept = this.#keys.get(keyId);
    if (kept !== undefined) return kept;
    const row = this.#statements.key.get(keyId);
    if (row === undefined) return undefined;
    const key = keyOf(row);
    this.#keys.set(keyId, key);
    return key;
  }

  findProject(account: string, project: string): Project | undefined {
    this.#recheck();
    const address = `${account}\n${project}`;
    const kept = this.#projects.get(address);
    if (kept !== undefined) return kept;
    const row = this.#statements.project.get({ account, project });
    if (row === undefined) return undefined;
    const found = projectOf(row);
    this.#projects.set(address, found);
    return found;
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
    return pageOf(rows.map(projectOf), page, (last) => ({
      at: last.createdAt,
      id: last.projectId,
    }));
  }

  listKeys(reach: Reach, page: PageRequest): Page<ApiKey> {
    const rows = this.#statements.keys.all({
      account: reach.accountId,
      reach: reach.projects === null ? null : JSON.stringify(reach.projects),
      ...positionOf(page),
    });
    return pageOf(rows.map(keyOf), page, (last) => ({ at: last.createdAt, id: last.keyId }));
  }

  /** Another process, such as the command line, may have changed a key or a project. */
  #recheck(): void {
    const now = performance.now();
    if (now - this.#checkedAt < recheckMs) return;
    this.#checkedAt = now;
    const version = this.#statements.version.get()!.value;
    if (version !== this.#version) this.forget();
    this.#version = version;
  }
}

function positionOf(page: PageRequest): { limit: number; after_at: number; after_id: string } {
  const { at, id } = page.after ?? { at: Number.MAX_SAFE_INTEGER, id: '' };
  return { limit: page.limit + 1, after_at: at, after_id: id };
}

function pageOf<Item>(
  found: readonly Item[],
  page: PageRequest,
  position: (last: Item) => Position,
): Page<Item> {
  const items = found.slice(0, page.limit);
  const last = items.at(-1);
  const next = found.length > page.limit && last !== undefined ? position(last) : null;
  return { items, next };
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
