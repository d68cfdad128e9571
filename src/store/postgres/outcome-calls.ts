// The part of the store contract that concerns outcomes, statistics and events.

import { limits } from '../../limits.js';
import { textHasher } from '../../name-hash.js';
import { nothingDecided } from '../../outcome.js';
import { inTurn } from '../in-turn.js';
import { eventsKey } from '../outcome-rows.js';
import type { Store } from '../store.js';
import { firstEvent, lastEvent, listEvents } from './event-reads.js';
import { tenantsToDecide } from './outcome-statements.js';
import { decideOutcomes, recordEarly, recordOutcomes, undecided } from './outcomes.js';
import type { Parts, PostgresStoreOptions } from './parts.js';
import { readStats } from './stats-reads.js';
import { again } from './write.js';

type OutcomeCalls = Pick<
  Store,
  | 'recordOutcomes'
  | 'decideOutcomes'
  | 'stats'
  | 'listEvents'
  | 'lastEvent'
  | 'firstEvent'
  | 'watchEvents'
>;

export function outcomeCalls(parts: Parts, { clock, hashKey }: PostgresStoreOptions): OutcomeCalls {
  const { keeping, notifications, watchers } = parts;
  const { hashName } = keeping;
  const hashText = textHasher(hashKey);
  const reporting = inTurn();
  const tokenOf = (tenant: string) => hashText(tenant, eventsKey(tenant));
  const tell = (tenants: ReadonlySet<string>) => {
    const tokens = [...tenants].map(tokenOf);
    for (const token of tokens) watchers.wake(token);
    notifications.tellWritten(tokens);
  };
  return {
    async recordOutcomes(notes) {
      const { tenants, ...recorded } = await parts.write({
        apply: (transaction) => recordOutcomes(transaction, hashName, notes),
        settle: again,
      });
      tell(tenants);
      if (undecided(notes.resultless).length === 0) return recorded;
      // Not before they are committed: a write meanwhile finds them, or is found here.
      const early = await parts.write({
        apply: (transaction) => recordEarly(transaction, hashName, notes.resultless),
        settle: again,
      });
      return { ...recorded, early: recorded.early + early };
    },
    async decideOutcomes() {
      const earlyMs = limits.earlyLookUpSeconds * 1000;
      const decided = { ...nothingDecided };
      const asked = (
        await parts.read((session) =>
          session.all(tenantsToDecide, clock?.() ?? null, limits.missedGraceMs, earlyMs),
        )
      ).map(({ tenant }) => tenant);
      for (const tenant of asked) {
        const { tenants, missed, neverWritten } = await parts.write({
          apply: (transaction) => decideOutcomes(transaction, hashName, tenant),
          settle: again,
        });
        tell(tenants);
        decided.missed += missed;
        decided.neverWritten += neverWritten;
      }
      return decided;
    },
    stats: (tenant, span) =>
      reporting(() => parts.read((session) => readStats(session, clock, tenant, span))),
    listEvents: (tenant, after, limit) =>
      parts.read((session) => listEvents(session, tenant, after, limit)),
    lastEvent: (tenant) => parts.read((session) => lastEvent(session, tenant)),
    firstEvent: (tenant) => parts.read((session) => firstEvent(session, tenant)),
    watchEvents: (tenant, wake) => watchers.watch(tokenOf(tenant), wake),
  };
}
