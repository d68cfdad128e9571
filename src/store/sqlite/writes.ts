// The methods of the store that write: each a command to the writer thread.

import { shuttingDown } from '../../error.js';
import { readyAnswer } from '../../handoff.js';
import type { HashName } from '../../name-hash.js';
import type { Project } from '../../project.js';
import { auditTexts } from '../audit-texts.js';
import type { SealBudget } from '../data-keys.js';
import { rowOfLink } from '../link-rows.js';
import type { Store } from '../store.js';
import type { CommandName } from './commands.js';
import type { ErasingProject } from './erasures.js';
import type { Tenancy } from './handoff-writes.js';
import type { Writer } from './writer.js';

type Writes = Pick<Store, Exclude<CommandName, 'reserveSeals'>>;

export interface WriteParts {
  readonly budget: SealBudget;
  readonly hashName: HashName;
  readonly region: string;
  readonly now: () => number;
}

export function writesOf(writer: Writer, parts: WriteParts): Writes {
  const { budget, hashName, region, now } = parts;
  return {
    put(full, write, conditions) {
      const project = tenancy(full);
      return budget.spend(full.tenant, async (keyNumber) => {
        const updatedAt = now();
        const input = { project, write, conditions, now: updatedAt, keyNumber };
        const { created, version, expiresAt } = await writer.run('put', input);
        return { created, answer: readyAnswer({ ...write, version, updatedAt, expiresAt }) };
      });
    },
    patch(full, name, patch, conditions) {
      const project = tenancy(full);
      return budget.spend(full.tenant, (keyNumber) =>
        writer.run('patch', { project, name, patch, conditions, now: now(), keyNumber }),
      );
    },
    erase: (full, name, conditions, erasedBy) => {
      const erasure = { project: erasing(full), now: now(), erasedBy: erasedBy ?? null };
      return writer.run('erase', { ...erasure, name, conditions });
    },
    eraseNamed: (full, alias, erasedBy) => {
      const erasure = { project: erasing(full), now: now(), erasedBy: erasedBy ?? null };
      return writer.run('eraseNamed', { ...erasure, alias });
    },
    createLink: (tenant, link) => {
      const row = rowOfLink(hashName, tenant, link);
      return writer.run('createLink', { tenant, linkHash: link.linkHash, row });
    },
    openLink: (tenant, linkHash, state, at) =>
      writer.run('openLink', { tenant, linkHash, state, at }),
    purge: () => writer.run('purge', { now: now() }),
    createProject: (project) => writer.run('createProject', { project, region, now: now() }),
    changeProject: (tenant, settings) => writer.run('changeProject', { tenant, settings }),
    eraseProject: (tenant, erasedBy) =>
      writer.run('eraseProject', { tenant, now: now(), erasedBy: erasedBy ?? null }),
    createKey: (key) => writer.run('createKey', { key }),
    rotateKey: (keyId, successor, endsAt) => writer.run('rotateKey', { keyId, successor, endsAt }),
    revokeKey: (keyId, revokedAt) => writer.run('revokeKey', { keyId, revokedAt }),
    noteKeyUse: (usedAt) => writer.run('noteKeyUse', { usedAt }),
    createSession: (session) => writer.run('createSession', { session }),
    endSession: (tokenHash) => writer.run('endSession', { tokenHash }),
    takeSignIn: (tokenHash) => writer.run('takeSignIn', { tokenHash }),
    recordOutcomes: (notes) => writer.run('recordOutcomes', { notes, now: now() }),
    decideOutcomes: () => writer.run('decideOutcomes', { now: now() }),
    async appendAudit(notes) {
      if (notes.length === 0) return;
      await writer.run('appendAudit', { texts: auditTexts(hashName, notes) });
    },
    purgeAudit: (before) => writer.run('purgeAudit', { before }),
    rewrapKeys: () => writer.run('rewrapKeys', undefined),
    initialise: (project, keys) => writer.run('initialise', { project, keys }),
  };
}

/** The same writes, each refused once the store closes, though the writer still has some to do. */
export function untilClosed(writes: Writes, isClosing: () => boolean): Writes {
  const guarded = Object.entries(writes).map(([name, write]) => {
    const begin = write as (...input: unknown[]) => Promise<unknown>;
    return [
      name,
      async (...input: unknown[]) => {
        if (isClosing()) throw shuttingDown();
        return begin(...input);
      },
    ];
  });
  return Object.fromEntries(guarded) as Writes;
}

/** What a write needs of its project: every member more is copied to the writer thread. */
function tenancy({ tenant, retentionSeconds, pickupDeadlineSeconds }: Project): Tenancy {
  return { tenant, retentionSeconds, pickupDeadlineSeconds };
}

function erasing({ tenant, accountId, projectId }: Project): ErasingProject {
  return { tenant, accountId, projectId };
}
