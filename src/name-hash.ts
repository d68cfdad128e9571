// Keyed hashes: of names, so that what ended can be recognised without keeping what it was called,
// and of other texts, which can be told apart by them without being told.

import { createHmac } from 'node:crypto';
import type { HandoffName } from './handoff.js';

export type HashName = (tenant: string, name: HandoffName) => string;

/** HMAC-SHA-256 of tenant, kind and name, as 22 characters of base64url (132 bits). */
export function nameHasher(key: Uint8Array): HashName {
  return (tenant, { kind, value, isHashed = false }) =>
    isHashed ? value : keyedHash(key, `${tenant}\n${kind}\n${value}`);
}

/** The same of any text; none of them is the hash of a name. */
export function textHasher(key: Uint8Array): (tenant: string, text: string) => string {
  return (tenant, text) => keyedHash(key, `${tenant}\ntext\n${text}`);
}

function keyedHash(key: Uint8Array, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url').slice(0, 22);
}
