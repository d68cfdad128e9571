// Accounts and projects: the tenant of every handoff state, by id and by slug.

import { randomBytes } from 'node:crypto';
import { BatonError, invalidRequest } from './error.js';
import { limits } from './limits.js';
import type { Sensitivity } from './view.js';

export interface Project extends Sensitivity {
  /** Short random text that leads every key and index of this project's handoffs. */
  readonly tenant: string;
  readonly accountId: string;
  readonly accountSlug: string;
  readonly projectId: string;
  readonly projectSlug: string;
  readonly region: string;
  readonly retentionSeconds: number;
  readonly pickupDeadlineSeconds: number;
  /** Whether ids, shared ids and aliases are kept as keyed hashes and sealed; for good. */
  readonly hashIds: boolean;
  readonly createdAt: number;
}

/**
 * What an operator may change later. A change of the times holds for later writes, one of what is
 * sensitive for later look-ups.
 */
export interface ProjectSettings extends Partial<Sensitivity> {
  readonly projectSlug?: string;
  readonly retentionSeconds?: number;
  readonly pickupDeadlineSeconds?: number;
}

/** A new project; what is left out is made, or takes its default. */
export interface NewProject extends ProjectSettings {
  readonly accountId?: string;
  readonly accountSlug?: string;
  readonly projectId?: string;
  readonly projectSlug: string;
  readonly hashIds?: boolean;
}

/** What the tenant of a project begins with that hides its names. */
const hidingMark = '~';

/** Whether a project's ids, shared ids and aliases are stored as keyed hashes, and sealed. */
export function hidesNames(tenant: string): boolean {
  return tenant.startsWith(hidingMark);
}

/** Words that stand in routes and so can be no slug or id. */
// biome-ignore format: one list reads better than eighteen lines
export const routeWords: ReadonlySet<string> = new Set([
  'v1', 'v2', 'v3', 'console', 'docs', 'openapi.json', 'livez', 'readyz', 'metrics', 'keys',
  'projects', 'pop', 'handoff_state', 'handoff_states', 'events', 'audit', 'receipts', 'well-known',
]);

export const slugPattern = '^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$';
export const identifierPattern = '^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$';

/** Throws `invalid_request` unless `value` can be the slug of an account or a project. */
export function checkSlug(what: string, value: string): void {
  check(what, value, slugPattern, 'lower-case letters, digits and inner hyphens');
}

/** Throws `invalid_request` unless `value` can be the id of an account or a project. */
export function checkIdentifier(what: string, value: string): void {
  check(what, value, identifierPattern, 'letters, digits and inner dots, hyphens and underscores');
}

export function newAccountId(): string {
  return `ws-${randomBytes(4).toString('hex')}`;
}

export function newProjectId(): string {
  return `PROJECT-${randomBytes(5).toString('hex').slice(0, 8).toUpperCase()}`;
}

/** The project that begins now; `now` in milliseconds since 1970. */
export function newProject(wanted: NewProject, region: string, now: number): Project {
  const accountId = wanted.accountId ?? newAccountId();
  const hashIds = wanted.hashIds ?? false;
  return {
    tenant: (hashIds ? hidingMark : '') + randomBytes(6).toString('base64url'),
    accountId,
    accountSlug: wanted.accountSlug ?? accountId.toLowerCase(),
    projectId: wanted.projectId ?? newProjectId(),
    projectSlug: wanted.projectSlug,
    region,
    retentionSeconds: wanted.retentionSeconds ?? limits.retentionSecondsDefault,
    pickupDeadlineSeconds: wanted.pickupDeadlineSeconds ?? limits.pickupDeadlineSecondsDefault,
    sensitiveFields: wanted.sensitiveFields ?? [],
    sensitiveLastFour: wanted.sensitiveLastFour ?? false,
    hashIds,
    createdAt: now,
  };
}

/** The error of who has no way to a project; the same where there is none, or none any more. */
export function projectOutOfReach(): BatonError {
  return new BatonError(
    'forbidden',
    'This API key does not reach the account and project in the path; check both, or use a key ' +
      'that was made for them.',
  );
}

function check(what: string, value: string, pattern: string, allowed: string): void {
  const max = limits.slugCharactersMax;
  if (value.length > max || !new RegExp(pattern, 'u').test(value)) {
    throw invalidRequest(
      `${what}: found text of ${value.length} characters that does not fit; give 1 to ${max} ${allowed}.`,
    );
  }
  if (routeWords.has(value)) {
    throw invalidRequest(`${what}: this word stands in the server's own paths; choose another.`);
  }
}
