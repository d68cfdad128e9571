// Changes of projects and keys, which every node is told of.

import { BatonError } from '../../error.js';
import type { Store } from '../store.js';
import type { Keeping } from './handoff-writes.js';
import { createKey, noteKeyUse, revokeKey, rotateKey, settleNewKey } from './key-writes.js';
import type { Notifications } from './notifications.js';
import { eraseProject, settleErasure } from './project-erasures.js';
import { changeProject, createProject, initialise, settleProject } from './project-writes.js';
import type { ReferenceChanges } from './reference-reads.js';
import { again, type Write } from './write.js';

/** What a change works with. */
export interface ReferenceParts {
  /** Whether every node reads sealed states. */
  readonly isSealing: () => boolean;
  readonly keeping: Pick<Keeping, 'signer'>;
  readonly notifications: Notifications;
  readonly references: ReferenceChanges;
  write<Result>(write: Write<Result>): Promise<Result>;
}

export function projectWrites(
  parts: ReferenceParts,
  region: string,
): Pick<Store, 'createProject' | 'changeProject' | 'eraseProject' | 'initialise'> {
  return {
    async createProject(project) {
      if (project.hashIds && !parts.isSealing()) throw tooOld();
      return changeReference(parts, {
        apply: (transaction) => createProject(transaction, { project, region }),
        settle: (session, after) => settleProject(session, { before: undefined, after }),
      });
    },
    async changeProject(tenant, settings) {
      const { after } = await changeReference(parts, {
        apply: (transaction) => changeProject(transaction, { tenant, settings }),
        settle: settleProject,
      });
      return after;
    },
    eraseProject: (tenant, erasedBy) =>
      changeReference(parts, {
        apply: (transaction) =>
          eraseProject(transaction, {
            tenant,
            erasedBy: erasedBy ?? null,
            signer: parts.keeping.signer,
          }),
        settle: (session) => settleErasure(session, tenant),
      }),
    initialise: (project, keys) =>
      changeReference(parts, {
        apply: (transaction) => initialise(transaction, { project, keys }),
        settle: async (session, made) =>
          made ? settleProject(session, { before: undefined, after: project }) : 'undone',
      }),
  };
}

export function keyWrites(
  parts: ReferenceParts,
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

function tooOld(): BatonError {
  const message =
    'A node of an older version, which cannot hash ids, uses this database; update it first.';
  return new BatonError('unavailable', message, { retryAfterSeconds: 60 });
}

async function changeReference<Result>(
  parts: ReferenceParts,
  write: Write<Result>,
): Promise<Result> {
  try {
    return await parts.write(write);
  } finally {
    // Even where nobody knows whether it was carried out.
    parts.references.noteChange();
    parts.notifications.tellReferenceChanged();
  }
}
