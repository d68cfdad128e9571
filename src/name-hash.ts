// Keyed hashes: of names, so that what ended can be recognised without keeping what it was called,
// and of other texts, which can be told apart by them without being told.

import { createHmac, hash } from 'node:crypto';
import type { HandoffName } from './handoff.js';

export type HashName = (tenant: string, name: HandoffName) => string;

/** HMAC-SHA-256 of tenant, kind and name, as 22 characters of base64url (132 bits). */
export function nameHasher(key: Uint8Array): HashName {
  const hashText = keyedHasher(key);
  return (tenant, { kind, value, isHashed = false }) =>
    isHashed
      ? value
      : hashText(`${tenant}
${kind}
${value}`);
}

/** The same of any text; none of them is the hash of a name. */
export function textHasher(key: Uint8Array): (tenant: string, text: string) => string {
  const hashText = keyedHasher(key);
  return (tenant, text) => hashText(`${tenant}\ntext\n${text}`);
}

/** Of SHA-256. */
const blockBytes = 64;
const digestBytes = 32;
/** Fits every name, with its tenant. */
const shortTextBytesMax = 4_096;

/**
 * HMAC as RFC 2104 defines it, for a key of a block at most. A short text takes two plain hashes,
 * since node:crypto's object for each takes twice as long, and there is one for each look-up.
 */
function keyedHasher(key: Uint8Array): (text: string) => string {
  const inner = padded(key, 0x36, blockBytes + shortTextBytesMax);
  const outer = padded(key, 0x5c, blockBytes + digestBytes);
  return (text) => {
    if (Buffer.byteLength(text) > shortTextBytesMax) {
      return shortened(createHmac('sha256', key).update(text).digest('base64url'));
    }
    const end = blockBytes + inner.write(text, blockBytes);
    outer.write(hash('sha256', inner.subarray(0, end), 'binary'), blockBytes, 'binary');
    return shortened(hash('sha256', outer, 'base64url'));
  };
}

/** A block of the key and this byte, and room behind it. */
function padded(key: Uint8Array, pad: number, bytes: number): Buffer {
  const block = Buffer.concat([key], blockBytes);
  return Buffer.concat([block.map((byte) => byte ^ pad)], bytes);
}

function shortened(digest: string): string {
  return digest.slice(0, 22);
}
