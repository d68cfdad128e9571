// The methods of the store that write: each a transaction, settled where its outcome is unknown.

import { hidesNames } from '../../project.js';
import { SealBudget } from '../data-keys.js';
import type { Store } from '../store.js';
import { reserveSeals } from './data-keys.js';
import { type Changed, erase, patch, put, settle } from './handoff-writes.js';
import { createKey, noteKeyUse, revokeKey, rotateKey, settleNewKey } from './key-writes.js';
import type { Parts } from './parts.js';
import { changeProject, createProject, initialise, settleProject } from './project-writes.js';
import { hasToPurge, purge, tenantsToPurge } from './tombstones.js';
import type { Clock, Transaction, Write } from './write.js';

export function handoffWrites(
  parts: Parts,
  clock: Clock,
): Pick<Store, 'put' | 'patch' | 'erase' | 'purge'> {
  const { keeping, notifications, watchers } = parts;
  const { hashName } = keeping;
  const budget = new SealBudget((tenant) =>
    parts.write({
      apply: (transaction) => reserveSeals(transaction, parts.masterKeys.keys, tenant),
      settle: again,
    }),
  );
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
    for (const hash of changed) watchers.wake(hash);
    notifications.tellWritten(changed);
    return output;
  }

  return {
    put: (project, write, conditions) =>
      sealing(project.tenant, (keyNumber) => {
        const input = { project, write, conditions, keyNumber };
        return change(project.tenant, (it) => put(it, keeping, input));
      }),
    patch: (project, name, merge, conditions) =>
      sealing(project.tenant, (keyNumber) => {
        const input = { project, name, patch: merge, conditions, keyNumber };
        return change(project.tenant, (it) => patch(it, keeping, input));
      }),
    erase: (project, name, conditions) =>
      change(project.tenant, (it) => erase(it, keeping, { project, name, conditions })),
    async purge() {
      let count = 0;
      for (const tenant of await parts.read(tenantsToPurge)) {
        if (!(await parts.read((session) => hasToPurge(session, tenant, clock)))) continue;
        count += await parts.write({
          apply: (transaction) => purge(transaction, hashName, tenant),
          settle: again,
        });
      }
      return count;
    },
  };
}

export function projectWrites(
  parts: Parts,
  region: string,
): Pick<Store, 'createProject' | 'changeProject' | 'initialise'> {
  return {
    createProject: (project) =>
      changeReference(parts, {
        apply: (transaction) => createProject(transaction, { project, region }),
        settle: (session, after) => settleProject(session, { before: undefined, after }),
      }),
    async changeProject(tenant, settings) {
      const { after } = await changeReference(parts, {
        apply: (transaction) => changeProject(transaction, { tenant, settings }),
        settle: settleProject,
      });
      return after;
    },
    initialise: (project, keys) =>
      changeReference(parts, {
        apply: (transaction) => initialise(transaction, { project, keys }),
        settle: async (session, made) =>
          made ? settleProject(session, { before: undefined, after: project }) : 'undone',
      }),
  };
}

export function keyWrites(
  parts: Parts,
): Pick<Store, 'createKey' | 'rotateKey' | 'revokeKey' | 'noteKeyUse'> {
  return {
    createKey: (key) =>
      changeReference(parts, {
        apply: (transaction) => createKey(transaction, key),
        settle: (session) => settleNewKey(session, key.keyId),
      }),
    rotateKey: (keyId, successor, endsAt) =>
      changeReference(parts, {
        apply: (transaction) => rotateKey(transaction, { keyId, successor, endsAt }),
        settle: (session) => settleNewKey(session, successor.keyId),
      }),
    revokeKey: (keyId, revokedAt) =>
      changeReference(parts, {
        apply: (transaction) => revokeKey(transaction, { keyId, revokedAt }),
        settle: again,
      }),
    noteKeyUse: (usedAt) =>
      parts.write({
        apply: (transaction) => noteKeyUse(transaction, usedAt),
        settle: again,
      }),
  };
}

/** For what does no more when it is done twice. */
export async function again(): Promise<'undone'> {
  return 'undone';
}

async function changeReference<Result>(parts: Parts, write: Write<Result>): Promise<Result> {
  try {
    return await parts.write(write);
  } finally {
    // Even where nobody knows whether it was carried out.
    parts.references.noteChange();
    parts.notifications.tellReferenceChanged();
  }
}
