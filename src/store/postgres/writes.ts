// The methods of the store that write: each a transaction, settled where its outcome is unknown.

import { expiry } from '../../handoff.js';
import { hidesNames } from '../../project.js';
import { SealBudget } from '../data-keys.js';
import { rowOfLink } from '../link-rows.js';
import type { Store } from '../store.js';
import { reserveSeals } from './data-keys.js';
import { erase, eraseNamed } from './erasures.js';
import { type Changed, patch, settle } from './handoff-writes.js';
import { createLink, openLink } from './links.js';
import type { Parts } from './parts.js';
import { emptyEnded, tenantsToEmpty } from './project-erasures.js';
import { PutGroups } from './put-groups.js';
import { type PutInput, type PutOutput, put } from './puts.js';
import { hasSessionsToPurge, purgeSessions } from './sessions.js';
import { hasToPurge, purge, purgedRowsMax, tenantsToPurge } from './tombstones.js';
import { again, type Clock, carryOut, type Settled, type Transaction } from './write.js';

export function handoffWrites(
  parts: Parts,
  clock: Clock,
): Pick<Store, 'put' | 'patch' | 'erase' | 'eraseNamed' | 'purge'> {
  const { keeping } = parts;
  const { hashName } = keeping;
  const budget = new SealBudget((tenant) =>
    parts.write({
      apply: (transaction) => reserveSeals(transaction, parts.masterKeys, tenant),
      settle: again,
    }),
  );
  const putOne = putting(parts, clock);
  const sealing = <Output>(
    tenant: string,
    write: (keyNumber: number | undefined) => Promise<Output>,
  ) => (parts.isSealing() || hidesNames(tenant) ? budget.spend(tenant, write) : write(undefined));

  async function change<Output>(
    tenant: string,
    apply: (transaction: Transaction) => Promise<Changed<Output>>,
  ): Promise<Output> {
    const { output, changed } = await parts.write<Changed<Output>>({
      apply,
      settle: (transaction, result) => settle(transaction, hashName, tenant, result),
      isSame: (result, before) => result.versionBefore === before.versionBefore,
    });
    tellChanged(parts, changed);
    return output;
  }

  return {
    put: (project, write, conditions) =>
      sealing(project.tenant, (keyNumber) =>
        parts.track(() => putOne({ project, write, conditions, keyNumber })),
      ),
    patch: (project, name, merge, conditions) =>
      sealing(project.tenant, (keyNumber) => {
        const input = { project, name, patch: merge, conditions, keyNumber };
        return change(project.tenant, (it) => patch(it, keeping, input));
      }),
    erase: (project, name, conditions, erasedBy) => {
      const input = { project, name, conditions, erasedBy: erasedBy ?? null };
      return change(project.tenant, (it) => erase(it, keeping, input));
    },
    eraseNamed: (project, alias, erasedBy) => {
      const input = { project, alias, erasedBy: erasedBy ?? null };
      return change(project.tenant, (it) => eraseNamed(it, keeping, input));
    },
    async purge() {
      let count = 0;
      for (const tenant of await parts.read((session) => tenantsToEmpty(session, clock))) {
        count += await parts.write({
          apply: (transaction) => emptyEnded(transaction, tenant, purgedRowsMax),
          settle: again,
        });
      }
      for (const tenant of await parts.read(tenantsToPurge)) {
        if (!(await parts.read((session) => hasToPurge(session, tenant, clock)))) continue;
        count += await parts.write({
          apply: (transaction) => purge(transaction, hashName, tenant),
          settle: again,
        });
      }
      if (await parts.read((session) => hasSessionsToPurge(session, clock))) {
        count += await parts.write({ apply: purgeSessions, settle: again });
      }
      return count;
    },
  };
}

/** Wakes who waits for these names, here and on other nodes. */
function tellChanged({ notifications, watchers }: Parts, changed: ReadonlySet<string>): void {
  for (const hash of changed) watchers.wake(hash);
  notifications.tellWritten(changed);
}

/** Gives what carries out a PUT, those that have no conditions together. */
function putting(parts: Parts, clock: Clock): (input: PutInput) => Promise<PutOutput> {
  const { keeping } = parts;
  async function putAll(
    inputs: readonly PutInput[],
    deadline: number,
    onApplied = () => {},
  ): Promise<PutOutput[]> {
    const { tenant } = inputs[0]!.project;
    const changes = await carryOut<Changed<PutOutput>[]>(parts.database, clock, {
      deadline,
      async apply(transaction) {
        const applied = await put(transaction, keeping, inputs);
        onApplied();
        return applied;
      },
      async settle(transaction, results): Promise<Settled> {
        // They were committed all or none: the first that tells tells of all.
        for (const result of results) {
          const settled = await settle(transaction, keeping.hashName, tenant, result);
          if (settled !== 'unknown') return settled;
        }
        return 'unknown';
      },
      isSame: (results, before) =>
        results.every(({ versionBefore }, at) => versionBefore === before[at]!.versionBefore),
    });
    for (const { changed } of changes) tellChanged(parts, changed);
    return changes.map(({ output }) => output);
  }

  const groups = new PutGroups(putAll);
  return async (input) => {
    const { conditions, project, write } = input;
    const deadline = parts.database.deadline();
    if (conditions.ifMatch !== undefined || conditions.ifNoneMatch !== undefined) {
      const [output] = await putAll([input], deadline);
      return output!;
    }
    // What is wrong with one must not make its group begin anew.
    expiry(0, write.ttlSeconds, project.retentionSeconds);
    return groups.put(input, deadline);
  };
}

export function linkWrites(parts: Parts): Pick<Store, 'createLink' | 'openLink'> {
  return {
    createLink: (tenant, link) => {
      const row = rowOfLink(parts.keeping.hashName, tenant, link);
      return parts.write({
        apply: (transaction) => createLink(transaction, { tenant, linkHash: link.linkHash, row }),
        settle: again,
      });
    },
    openLink: (tenant, linkHash, state, at) =>
      parts.write({
        apply: (transaction) => openLink(transaction, { tenant, linkHash, state, at }),
        settle: again,
      }),
  };
}
