// Receipts as the contract test reads them: what they say, and all that a project has.

import { expect } from 'vitest';
import type { Project } from '../../../src/project.js';
import { type ReceiptClaims, readReceipt } from '../../../src/receipt.js';
import type { KeptReceipt } from '../../../src/store/store.js';
import type { Setting } from './setting.js';

/** What it says; it must be signed by the store. */
export function claimsOf(setting: Setting, receipt: string): ReceiptClaims {
  const claims = readReceipt(receipt, setting.store.signingKeys());
  expect(claims).toBeDefined();
  return claims!;
}

/** All of them, or those of one id, page by page. */
export async function listed(
  setting: Setting,
  project: Project,
  id?: string,
): Promise<KeptReceipt[]> {
  const all: KeptReceipt[] = [];
  let after = null;
  do {
    const filter = id === undefined ? {} : { id };
    const page = await setting.store.listReceipts(project, filter, { limit: 2, after });
    all.push(...page.items);
    after = page.next;
  } while (after !== null);
  return all;
}

export function receiptsOf(kept: readonly KeptReceipt[]): string[] {
  return kept.map(({ receipt }) => receipt);
}
