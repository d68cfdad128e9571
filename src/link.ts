// Links of the screen pop: what their tokens are made of, what is kept of them, and how long they
// open.

import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { HandoffName } from './handoff.js';

/** What a new link is to be. Times are milliseconds since 1970. */
export interface NewLink {
  /** The SHA-256 of its id, which only the token holds. */
  readonly linkHash: string;
  /** The key that made it: the link sees what it sees, and dies with it. */
  readonly keyId: string;
  readonly projectId: string;
  /** The name that was asked for. */
  readonly name: HandoffName;
  /** The state that it found; null: none so far, and the link is bound to the one that it finds. */
  readonly state: BoundState | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly isOneTime: boolean;
}

/** A link as it is kept. */
export interface Link extends Omit<NewLink, 'linkHash' | 'state'> {
  /** The name that it waits for, or the id of the state that it is bound to. */
  readonly name: HandoffName;
  readonly state: LinkedState | null;
  /** When it first showed data; null: never so far. */
  readonly openedAt: number | null;
}

/** The life of a conversation that a link is bound to: another of the same id is another one. */
export interface LinkedState {
  readonly writtenAt: number;
  /** What the key saw then, as a look-up by it would name the version. */
  readonly etag: string;
}

export interface BoundState extends LinkedState {
  /** As rows hold it. */
  readonly id: string;
}

/** How long a one-time link opens again after it was first opened, for reloads. */
const graceMs = 30_000;

/** What signs: the store. */
interface Signer {
  keyedHash(tenant: string, text: string): string;
}

/** 1: the tenant, 2: the id, 128 random bits, 3: the signature over both. */
const tokenForm = /^(~?[\w-]{1,32})\.([\w-]{22})\.([\w-]{22})$/;

/** A new token, which is to be shown once, and the hash to keep. */
export function newLinkToken(
  signer: Signer,
  tenant: string,
): { readonly token: string; readonly linkHash: string } {
  const id = randomBytes(16).toString('base64url');
  const token = `${tenant}.${id}.${signer.keyedHash(tenant, signedText(id))}`;
  return { token, linkHash: hashOf(id) };
}

/** Undefined where it was not signed here: told without a look at what is stored. */
export function readLinkToken(
  signer: Signer,
  token: string,
): { readonly tenant: string; readonly linkHash: string } | undefined {
  const [, tenant, id, signature] = tokenForm.exec(token) ?? [];
  if (tenant === undefined || id === undefined || signature === undefined) return undefined;
  const expected = signer.keyedHash(tenant, signedText(id));
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature))) return undefined;
  return { tenant, linkHash: hashOf(id) };
}

/** Whether it opens now. */
export function isLinkOpen({ expiresAt, isOneTime, openedAt }: Link, now: number): boolean {
  const isUsed = isOneTime && openedAt !== null && now > openedAt + graceMs;
  return expiresAt > now && !isUsed;
}

/** Nothing else that is hashed with the key begins like this. */
function signedText(id: string): string {
  return `link ${id}`;
}

function hashOf(id: string): string {
  return hash('sha256', id, 'base64url');
}
