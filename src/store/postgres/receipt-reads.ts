// Receipts of erasure: those of a project's states, and those of projects.

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
import { type Session, statement } from './session.js';

type PageValues = [owner: string, at: number, id: string, limit: number];
const columns = 'receipt_id, record, erased_at, receipt';
const pageText = `(erased_at, receipt_id) < ($2::bigint, $3::text)
  ORDER BY erased_at DESC, receipt_id DESC LIMIT $4`;

const receipts = statement<PageValues, ReceiptRow>(
  'list_receipts',
  `SELECT ${columns} FROM receipt WHERE tenant = $1 AND ${pageText}`,
);
const ofRecord = statement<[...PageValues, record: string], ReceiptRow>(
  'list_receipts_of_record',
  `SELECT ${columns} FROM receipt WHERE tenant = $1 AND record = $5 AND ${pageText}`,
);
const ofProjects = statement<PageValues, EndedProjectRow>(
  'list_project_receipts',
  `SELECT receipt_id, project_id, erased_at, receipt FROM ended_project
   WHERE account_id = $1 AND ${pageText}`,
);

export async function listReceipts(
  session: Session,
  hashName: HashName,
  request: { tenant: string; filter: { readonly id?: string }; page: PageRequest },
): Promise<Page<KeptReceipt>> {
  const { tenant, filter, page } = request;
  const values: PageValues = [tenant, ...positionOf(page)];
  const rows =
    filter.id === undefined
      ? await session.all(receipts, ...values)
      : await session.all(ofRecord, ...values, recordOf(hashName, tenant, filter.id));
  return pageOf(rows, page, keptReceiptOf, positionIn);
}

export async function listProjectReceipts(
  session: Session,
  accountId: string,
  page: PageRequest,
): Promise<Page<ErasedProject>> {
  const rows = await session.all(ofProjects, accountId, ...positionOf(page));
  return pageOf(rows, page, erasedProjectOf, positionIn);
}

function positionIn(row: { readonly erased_at: number; readonly receipt_id: string }) {
  return { at: row.erased_at, id: row.receipt_id };
}

function positionOf(page: PageRequest): [at: number, id: string, limit: number] {
  const { at, id } = startOf(page);
  return [at, id, page.limit + 1];
}
