// Which account a new project joins, whose names are taken, and what is left of an erased project.

import { BatonError } from '../error.js';
import { type NewProject, newAccountId } from '../project.js';
import type { ProjectRow } from './reference-rows.js';

/** The account that is joined, or begun where none was `found` by its id or slug. */
export function joinedAccount(
  { accountId, accountSlug }: NewProject,
  found: ProjectRow | undefined,
): { accountId: string; accountSlug: string } {
  if (found === undefined) {
    const id = accountId ?? newAccountId();
    return { accountId: id, accountSlug: accountSlug ?? id.toLowerCase() };
  }
  const fits =
    (accountId === undefined || found.account_id === accountId) &&
    (accountSlug === undefined ||
      found.account_slug === accountSlug ||
      found.account_id === accountSlug);
  if (!fits) refuseTaken(found, 'account id or slug');
  return { accountId: found.account_id, accountSlug: found.account_slug };
}

/** Rejects with `conflict` where somebody holds it. */
export function refuseTaken(holder: ProjectRow | undefined, what: string): void {
  if (holder === undefined) return;
  throw new BatonError('conflict', `This ${what} is taken by another one; choose another.`);
}

/** Tables with rows of a project, each with the column that tells a few rows from the others. */
export const tablesOfProject = [
  ['handoff_state', 'id'],
  ['handoff_alias', 'alias'],
  ['past_name', 'id'],
  ['tombstone', 'name_hash'],
  ['receipt', 'receipt_id'],
  ['link', 'link_hash'],
  ['resultless_look_up', 'look_up_id'],
  ['event', 'seq'],
  ['event_counter', 'seq'],
  ['data_key', 'number'],
] as const;
