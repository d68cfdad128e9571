// Calls of the contract of outcomes.

import type { HandoffName, MissingCause } from '../../../src/handoff.js';
import type { ChangeNote, OutcomeNotes, PickupNote } from '../../../src/outcome.js';
import type { Project } from '../../../src/project.js';
import type { Setting } from './setting.js';

export const hourMs = 3_600_000;
const wholePage = { limit: 100, after: null };

export function record(setting: Setting, notes: Partial<OutcomeNotes>) {
  return setting.store.recordOutcomes({ pickups: [], resultless: [], changes: [], ...notes });
}

export function note(
  setting: Setting,
  { tenant }: Project,
  change: Pick<ChangeNote, 'kind' | 'id' | 'names'>,
) {
  return record(setting, { changes: [{ tenant, at: setting.now, ...change }] });
}

export function lookInVain(
  setting: Setting,
  { tenant, accountId }: Project,
  name: HandoffName,
  cause: MissingCause = 'not_found',
) {
  const lookUpId = `look-up-${Math.random()}`;
  const told = { tenant, accountId, lookUpId, name, keyId: 'key', cause, at: setting.now };
  return record(setting, { resultless: [told] });
}

export async function pickupOf(
  setting: Setting,
  { tenant }: Project,
  name: HandoffName,
): Promise<PickupNote> {
  const { found } = await setting.store.lookUp(tenant, name);
  const { id, writtenAt } = found!.record;
  return { tenant, id, writtenAt, at: setting.now };
}

export async function decideAll(
  setting: Setting,
): Promise<{ missed: number; neverWritten: number }> {
  const all = { missed: 0, neverWritten: 0 };
  for (;;) {
    const { missed, neverWritten } = await setting.store.decideOutcomes();
    if (missed + neverWritten === 0) return all;
    all.missed += missed;
    all.neverWritten += neverWritten;
  }
}

export function statsOf(setting: Setting, { tenant }: Project) {
  const span = { from: setting.now - hourMs, to: setting.now + 1, intervalMs: hourMs };
  return setting.store.stats(tenant, span);
}

export async function listed(
  setting: Setting,
  project: Project,
  status?: 'missed' | 'late' | 'picked_up',
) {
  const filter = status === undefined ? {} : { status };
  return (await setting.store.list(project, filter, wholePage)).items;
}
