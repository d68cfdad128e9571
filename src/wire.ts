// Projects, keys and the audit as JSON, the same over HTTP and on the command line (design 3.3, "Lists").

import type { AuditEntry } from './audit.js';
import type { ApiKey } from './key.js';
import type { Project } from './project.js';

export function projectBody(project: Project): object {
  return {
    account_id: project.accountId,
    account_slug: project.accountSlug,
    project_id: project.projectId,
    project_slug: project.projectSlug,
    region: project.region,
    retention_seconds: project.retentionSeconds,
    pickup_deadline_seconds: project.pickupDeadlineSeconds,
    sensitive_fields: project.sensitiveFields,
    sensitive_last_four: project.sensitiveLastFour,
    hash_ids: project.hashIds,
    created_at: isoTime(project.createdAt),
  };
}

/** Without the secret, which only the answer to the making of a key adds. */
export function keyBody(key: ApiKey): object {
  return {
    key_id: key.keyId,
    ...(key.name === null ? {} : { name: key.name }),
    account_id: key.accountId,
    projects: key.projects,
    permission: key.permission,
    view: key.view,
    region: key.region,
    created_at: isoTime(key.createdAt),
    expires_at: isoTime(key.expiresAt),
    revoked_at: isoTime(key.revokedAt),
    last_used_at: isoTime(key.lastUsedAt),
  };
}

export function auditBody(entry: AuditEntry): object {
  return {
    at: isoTime(entry.at),
    action: entry.action,
    key_id: entry.keyId,
    address: entry.address,
    record: entry.record,
    status: entry.status,
    cause: entry.cause,
    request_id: entry.requestId,
    ...(entry.calls === undefined ? {} : { calls: entry.calls }),
    duration_ms: entry.durationMs,
  };
}

function isoTime(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
