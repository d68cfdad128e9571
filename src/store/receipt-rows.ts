// Rows of receipts as the stores keep them, and how they become what is shown of them.

import type { ErasedProject, KeptReceipt } from './store.js';
import { shownHash } from './stored-states.js';

/** How long an erased project is looked through for what was still being written at its end. */
export const strayRowsMs = 60_000;

export interface ReceiptRow {
  readonly receipt_id: string;
  readonly record: string;
  readonly erased_at: number;
  readonly receipt: string;
}

export interface EndedProjectRow {
  readonly receipt_id: string;
  readonly project_id: string;
  readonly erased_at: number;
  readonly receipt: string;
}

export function keptReceiptOf({ record, erased_at, receipt }: ReceiptRow): KeptReceipt {
  return { record: shownHash + record, erasedAt: erased_at, receipt };
}

export function erasedProjectOf({
  project_id,
  erased_at,
  receipt,
}: EndedProjectRow): ErasedProject {
  return { projectId: project_id, erasedAt: erased_at, receipt };
}
