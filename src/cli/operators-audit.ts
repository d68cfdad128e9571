// Tells the audit what a command has done to a project or a key.

import { type AuditAction, operatorsNote } from '../audit.js';
import type { Config } from '../config.js';
import type { ApiKey } from '../key.js';
import type { Project } from '../project.js';
import type { Store } from '../store/store.js';

/** Both resolve when the entry is durable. */
export function auditProject(
  store: Store,
  config: Config,
  action: AuditAction,
  { accountId, projectId }: Project,
): Promise<void> {
  return append(store, config, action, { accountId, subject: projectId });
}

export function auditKey(
  store: Store,
  config: Config,
  action: AuditAction,
  { accountId, keyId }: ApiKey,
): Promise<void> {
  return append(store, config, action, { accountId, subject: keyId });
}

async function append(
  store: Store,
  { audit }: Config,
  action: AuditAction,
  about: { accountId: string; subject: string },
): Promise<void> {
  if (audit !== 'off') await store.appendAudit([operatorsNote(Date.now(), action, about)]);
}
