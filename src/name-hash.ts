// Keyed hashes of names, so that what ended can be recognised without keeping what it was called.

import { createHmac } from 'node:crypto';
import type { HandoffName } from './handoff.js';

export type HashName = (tenant: string, name: HandoffName) => string;

/** HMAC-SHA-256 of tenant, kind and name, as 22 characters of base64url (132 bits). */
export function nameHasher(key: Uint8Array): HashName {
  return (tenant, name) =>
    createHmac('sha256', key)
      .update(`${tenant}\n${name.kind}\n${name.value}`)
      .digest('base64url')
      .slice(0, 22);
}
