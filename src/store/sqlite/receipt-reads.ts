// Receipts of erasure, on the main thread: those of a project's states, and those of projects.

import type { HashName } from '../../name-hash.js';
import { pageOf, startOf } from '../pages.js';
import {
  type EndedProjectRow,
  erasedProjectOf,
  keptReceiptOf,
  type ReceiptRow,
} from '../receipt-rows.js';
import type { ErasedProject, KeptReceipt, Page, PageRequest } from '../store.js';
import { recordOf } from '../stored-states.js';
import { type Connection, prepare } from './database.js';

export class ReceiptReads {
  readonly #statements;
  readonly #hashName: HashName;

  constructor(db: Connection, hashName: HashName) {
    this.#statements = prepareReads(db);
    this.#hashName = hashName;
  }

  list(tenant: string, filter: { readonly id?: string }, page: PageRequest): Page<KeptReceipt> {
    const { id } = filter;
    const position = { tenant, ...positionOf(page) };
    const rows =
      id === undefined
        ? this.#statements.receipts.all(position)
        : this.#statements.ofRecord.all({
            ...position,
            record: recordOf(this.#hashName, tenant, id),
          });
    return pageOf(rows, page, keptReceiptOf, positionIn);
  }

  listProjects(accountId: string, page: PageRequest): Page<ErasedProject> {
    const rows = this.#statements.ofProjects.all({ account: accountId, ...positionOf(page) });
    return pageOf(rows, page, erasedProjectOf, positionIn);
  }
}

function positionIn(row: { readonly erased_at: number; readonly receipt_id: string }) {
  return { at: row.erased_at, id: row.receipt_id };
}

function positionOf(page: PageRequest): { limit: number; after_at: number; after_id: string } {
  const { at, id } = startOf(page);
  return { limit: page.limit + 1, after_at: at, after_id: id };
}

function prepareReads(db: Connection) {
  const columns = 'receipt_id, record, erased_at, receipt';
  const page = `(erased_at, receipt_id) < (@after_at, @after_id)
    ORDER BY erased_at DESC, receipt_id DESC LIMIT @limit`;
  return {
    receipts: prepare<[Record<string, string | number>], ReceiptRow>(
      db,
      `SELECT ${columns} FROM receipt WHERE tenant = @tenant AND ${page}`,
    ),
    ofRecord: prepare<[Record<string, string | number>], ReceiptRow>(
      db,
      `SELECT ${columns} FROM receipt WHERE tenant = @tenant AND record = @record AND ${page}`,
    ),
    ofProjects: prepare<[Record<string, string | number>], EndedProjectRow>(
      db,
      `SELECT receipt_id, project_id, erased_at, receipt FROM ended_project
       WHERE account_id = @account AND ${page}`,
    ),
  };
}
