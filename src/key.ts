// API keys: their format, what is kept of them, and what each may do.

import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { BatonError } from './error.js';
import type { Project } from './project.js';
import type { View } from './view.js';

export const permissions = ['read', 'write', 'admin'] as const;
/** `write` includes `read`, `admin` includes both. */
export type Permission = (typeof permissions)[number];

/** What is kept of a key: never the secret, only its SHA-256. Times are milliseconds since 1970. */
export interface ApiKey {
  readonly keyId: string;
  readonly name: string | null;
  readonly accountId: string;
  /** Project ids; null: every project of the account. */
  readonly projects: readonly string[] | null;
  readonly permission: Permission;
  /** What it sees of handoff states; another one than `full` goes with `read` alone. */
  readonly view: View;
  readonly region: string;
  readonly secretHash: Uint8Array;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
}

/** What a new key is to be. Times are milliseconds since 1970. */
export interface NewKey {
  readonly name: string | null;
  readonly accountId: string;
  readonly projects: readonly string[] | null;
  readonly permission: Permission;
  /** Left out: `full`. */
  readonly view?: View;
  readonly region: string;
  readonly now: number;
  readonly expiresAt: number | null;
}

/** The parts of a key's text `baton_<region>_<key id>_<secret><checksum>`. */
export interface PresentedKey {
  readonly region: string;
  readonly keyId: string;
  readonly secretHash: Uint8Array;
}

export const regionPattern = '^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$';
const keyForm = /^baton_([a-z0-9-]{1,32})_([0-9A-Za-z]{12})_[0-9A-Za-z]{43}([0-9A-Za-z]{6})$/;
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A new key, with its text, which is to be shown once and kept nowhere. */
export function newKey(wanted: NewKey): { text: string; key: ApiKey } {
  const { text, keyId, secretHash } = newKeyText(wanted.region);
  const { now, view = 'full', ...rest } = wanted;
  return {
    text,
    key: { ...rest, view, keyId, secretHash, createdAt: now, revokedAt: null, lastUsedAt: null },
  };
}

/**
 * The successor of a key: the same but for its secret, with a life as long as the old one's, that
 * ends at `expiresAtMost` at the latest. `expiresAt`, where given, is taken as it is.
 */
export function rotatedKey(
  old: ApiKey,
  life: { now: number; expiresAt: number | null | undefined; expiresAtMost: number | null },
): { text: string; key: ApiKey } {
  const { now, expiresAtMost } = life;
  const natural = old.expiresAt === null ? null : now + (old.expiresAt - old.createdAt);
  const bounded = expiresAtMost === null ? natural : Math.min(natural ?? Infinity, expiresAtMost);
  const expiresAt = life.expiresAt === undefined ? bounded : life.expiresAt;
  const { name, accountId, projects, permission, view, region } = old;
  return newKey({ name, accountId, projects, permission, view, region, now, expiresAt });
}

/** A new key's text, to be shown once, with its id and the hash to keep. 256 bits of secret. */
export function newKeyText(region: string): { text: string } & PresentedKey {
  const keyId = base62(randomBytes(9), 12).slice(-12);
  const unchecked = `baton_${region}_${keyId}_${base62(randomBytes(32), 43)}`;
  const text = unchecked + checksum(unchecked);
  return { text, region, keyId, secretHash: hashOfKey(text) };
}

/** The parts of a key's text, or undefined where its form or its checksum is wrong. */
export function parseKey(text: string): PresentedKey | undefined {
  const parts = keyForm.exec(text);
  if (parts === null) return undefined;
  if (checksum(text.slice(0, -6)) !== parts[3]) return undefined;
  return { region: parts[1]!, keyId: parts[2]!, secretHash: hashOfKey(text) };
}

/** Compares in constant time, so that an answer's time tells nothing of a secret. */
export function isSecretOf(key: ApiKey, presented: PresentedKey): boolean {
  return timingSafeEqual(key.secretHash, presented.secretHash);
}

/** What is wrong with a view that goes with `read` alone, beside another permission. */
export function viewProblem(what: string, view: View, permission: Permission): string | undefined {
  if (view === 'full' || permission === 'read') return undefined;
  return (
    `${what}: found a view that is not full with the permission ${permission}; ` +
    'give the permission read, or leave the view out.'
  );
}

/** Throws `forbidden` where the key, whose secret was right, is revoked or expired. */
export function checkLife(key: ApiKey, now: number): void {
  if (key.revokedAt !== null) {
    throw new BatonError('forbidden', 'This API key is revoked; use another key.');
  }
  if (key.expiresAt !== null && key.expiresAt <= now) {
    throw new BatonError('forbidden', 'This API key has expired; use another key.');
  }
}

/** Whether `checkLife` lets it pass. */
export function isAlive(key: ApiKey, now: number): boolean {
  return key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now);
}

export function includesPermission(held: Permission, needed: Permission): boolean {
  return permissions.indexOf(held) >= permissions.indexOf(needed);
}

/** Whether a key with these projects reaches the project. */
export function reaches(
  key: { accountId: string; projects: readonly string[] | null },
  project: Pick<Project, 'accountId' | 'projectId'>,
): boolean {
  return (
    key.accountId === project.accountId &&
    (key.projects === null || key.projects.includes(project.projectId))
  );
}

/**
 * Whether `actor` may see and manage a key of this account and these projects: all of the key's
 * projects must be the actor's too.
 */
export function manages(
  actor: { accountId: string; projects: readonly string[] | null },
  key: { accountId: string; projects: readonly string[] | null },
): boolean {
  if (actor.accountId !== key.accountId) return false;
  if (actor.projects === null) return true;
  const reach = actor.projects;
  return key.projects?.every((project) => reach.includes(project)) ?? false;
}

/** Whether a key ends after another one; no key changes one that does. */
export function outlives(key: ApiKey, other: ApiKey): boolean {
  return other.expiresAt !== null && (key.expiresAt === null || key.expiresAt > other.expiresAt);
}

function hashOfKey(text: string): Uint8Array {
  return hash('sha256', text, 'buffer');
}

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < 6; place++) {
    digits = alphabet[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

function base62(bytes: Uint8Array, length: number): string {
  let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let digits = '';
  while (digits.length < length) {
    digits = alphabet[Number(rest % 62n)] + digits;
    rest /= 62n;
  }
  return digits;
}
