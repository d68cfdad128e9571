// Rows of projects and keys as the stores keep them, and how they become what the domain knows.

import type { ApiKey, Permission } from '../key.js';
import type { Project } from '../project.js';
import type { View } from '../view.js';

export const projectColumns = `tenant, account_id, account_slug, project_id, project_slug, region,
  retention_seconds, pickup_deadline_seconds, sensitive_fields, sensitive_last_four, created_at`;

export const keyColumns = `key_id, name, account_id, projects, permission, view, region,
  secret_hash, created_at, expires_at, revoked_at, last_used_at`;

export interface ProjectRow {
  readonly tenant: string;
  readonly account_id: string;
  readonly account_slug: string;
  readonly project_id: string;
  readonly project_slug: string;
  readonly region: string;
  readonly retention_seconds: number;
  readonly pickup_deadline_seconds: number;
  readonly sensitive_fields: string;
  readonly sensitive_last_four: number;
  readonly created_at: number;
}

export interface KeyRow {
  readonly key_id: string;
  readonly name: string | null;
  readonly account_id: string;
  readonly projects: string | null;
  readonly permission: string;
  readonly view: string;
  readonly region: string;
  readonly secret_hash: Uint8Array;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
  readonly last_used_at: number | null;
}

export function projectOf(row: ProjectRow): Project {
  return {
    tenant: row.tenant,
    accountId: row.account_id,
    accountSlug: row.account_slug,
    projectId: row.project_id,
    projectSlug: row.project_slug,
    region: row.region,
    retentionSeconds: row.retention_seconds,
    pickupDeadlineSeconds: row.pickup_deadline_seconds,
    sensitiveFields: JSON.parse(row.sensitive_fields) as string[],
    sensitiveLastFour: row.sensitive_last_four === 1,
    createdAt: row.created_at,
  };
}

export function keyOf(row: KeyRow): ApiKey {
  return {
    keyId: row.key_id,
    name: row.name,
    accountId: row.account_id,
    projects: row.projects === null ? null : (JSON.parse(row.projects) as string[]),
    permission: row.permission as Permission,
    view: JSON.parse(row.view) as View,
    region: row.region,
    secretHash: row.secret_hash,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
  };
}

export function rowOfProject(project: Project): ProjectRow {
  return {
    tenant: project.tenant,
    account_id: project.accountId,
    account_slug: project.accountSlug,
    project_id: project.projectId,
    project_slug: project.projectSlug,
    region: project.region,
    retention_seconds: project.retentionSeconds,
    pickup_deadline_seconds: project.pickupDeadlineSeconds,
    sensitive_fields: JSON.stringify(project.sensitiveFields),
    sensitive_last_four: project.sensitiveLastFour ? 1 : 0,
    created_at: project.createdAt,
  };
}

export function rowOfKey(key: ApiKey): KeyRow {
  return {
    key_id: key.keyId,
    name: key.name,
    account_id: key.accountId,
    projects: key.projects === null ? null : JSON.stringify(key.projects),
    permission: key.permission,
    view: JSON.stringify(key.view),
    region: key.region,
    secret_hash: key.secretHash,
    created_at: key.createdAt,
    expires_at: key.expiresAt,
    revoked_at: key.revokedAt,
    last_used_at: key.lastUsedAt,
  };
}
