// Handoffs that no reader got in time, put together by what they have in common: why, and what to do.

import type { Handoff } from '../api-types.js';
import type { Reason } from './likely-reason.js';

export interface Attention {
  readonly item: Handoff;
  readonly reason: Reason;
}

export interface AttentionGroup {
  readonly status: Handoff['status'];
  readonly reason: Reason;
  /** Newest first. */
  readonly items: readonly Handoff[];
}

/** In the order in which their newest ones come. */
export function attentionGroups(found: readonly Attention[]): AttentionGroup[] {
  const groups = new Map<string, AttentionGroup>();
  for (const { item, reason } of found) {
    const name = `${item.status} ${reason.whyMany}`;
    const before = groups.get(name)?.items ?? [];
    groups.set(name, { status: item.status, reason, items: [...before, item] });
  }
  return [...groups.values()];
}
