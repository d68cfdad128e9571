// The answers of the API as they come over the wire.

import type { HandoffStatus, Permission, View } from '@baton/client';

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

export interface SessionKey {
  readonly key_id: string;
  readonly name?: string;
  readonly account_id: string;
  readonly projects: readonly string[] | null;
  readonly permission: Permission;
  readonly expires_at: string | null;
}

export interface Session {
  readonly csrf_token: string;
  readonly expires_at: string;
  readonly region: string;
  readonly key: SessionKey;
}

export interface Project {
  readonly account_id: string;
  readonly account_slug: string;
  readonly project_id: string;
  readonly project_slug: string;
  readonly region: string;
  readonly retention_seconds: number;
  readonly pickup_deadline_seconds: number;
  readonly sensitive_fields: readonly string[];
  readonly sensitive_last_four: boolean;
  readonly hash_ids: boolean;
  readonly created_at: string;
}

export interface ApiKey {
  readonly key_id: string;
  readonly name?: string;
  readonly account_id: string;
  readonly projects: readonly string[] | null;
  readonly permission: Permission;
  readonly view: View;
  readonly region: string;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
}

export interface ApiKeyWithSecret extends ApiKey {
  readonly secret: string;
}

export interface Handoff {
  readonly id: string;
  readonly shared_id?: string;
  readonly aliases: readonly string[];
  readonly version: number;
  readonly written_at: string;
  readonly updated_at: string;
  readonly expires_at: string;
  readonly status: HandoffStatus;
  readonly picked_up_at?: string;
}

export interface AuditEntry {
  readonly at: string;
  readonly action: string;
  readonly key_id: string | null;
  readonly address: string;
  readonly record: string | null;
  readonly status: number;
  readonly cause: string | null;
  readonly request_id: string | null;
  readonly duration_ms?: number | null;
}

export interface Counts {
  readonly written: number;
  readonly picked_up: number;
  readonly late: number;
  readonly missed: number;
  readonly pending: number;
  readonly erased: number;
  readonly time_to_pickup_ms: { readonly p50: number; readonly p95: number } | null;
  readonly look_ups_without_result: Readonly<Record<LookUpCause, number>>;
}

export const lookUpCauses = [
  'never_written',
  'early',
  'expired',
  'erased',
  'other_project',
] as const;
export type LookUpCause = (typeof lookUpCauses)[number];

export interface Interval extends Counts {
  readonly from: string;
  readonly to: string;
}

export interface Stats {
  readonly from: string;
  readonly to: string;
  readonly interval_seconds: number;
  readonly total: Counts;
  readonly intervals: readonly Interval[];
}
