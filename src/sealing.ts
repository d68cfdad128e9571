// Sealing: how what a caller said is kept, so that only the right key, in the right place, opens it.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const nonceBytes = 12;
const tagBytes = 16;
const numberBytes = 4;
/** Drawn at a time: to ask for random bytes takes longer than to make them. */
const noncesTogether = 256;

/** A key of one project. It is renewed long before 2^32 seals, by number. */
export interface DataKey {
  readonly number: number;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/**
 * Where sealed data stands: all of its row that an answer is made of, as it is stored. It is
 * authenticated: sealed data that is moved to another row, or put back under a newer version of
 * its own, does not open, and neither does a row whose names or times were changed.
 */
export interface SealedPlace {
  readonly tenant: string;
  readonly id: string;
  readonly sharedId: string | null;
  readonly aliases: string;
  readonly version: number;
  readonly writtenAt: number;
  readonly updatedAt: number;
  readonly expiresAt: number;
}

/** AES-256-GCM: the key's number, the nonce, the text, the tag. */
export function seal(dataKey: DataKey, place: SealedPlace, text: string): Buffer {
  const nonce = nextNonce();
  const cipher = createCipheriv('aes-256-gcm', dataKey.key, nonce).setAAD(placeBytes(place));
  const number = Buffer.alloc(numberBytes);
  number.writeUInt32BE(dataKey.number);
  const sealed = cipher.update(text, 'utf8');
  return Buffer.concat([number, nonce, sealed, cipher.final(), cipher.getAuthTag()]);
}

let nonces = Buffer.alloc(0);
let noncesAt = 0;

/** Random, and given once. */
function nextNonce(): Buffer {
  if (noncesAt === nonces.length) {
    nonces = randomBytes(noncesTogether * nonceBytes);
    noncesAt = 0;
  }
  noncesAt += nonceBytes;
  return nonces.subarray(noncesAt - nonceBytes, noncesAt);
}

/** The number of the key that opens it. */
export function keyNumberOf(sealed: Buffer): number {
  return sealed.length < numberBytes + nonceBytes + tagBytes ? -1 : sealed.readUInt32BE();
}

/** The text, or undefined where it does not open with this key in this place. */
export function open(key: Uint8Array, place: SealedPlace, sealed: Buffer): string | undefined {
  const textAt = numberBytes + nonceBytes;
  if (sealed.length < textAt + tagBytes || !isText(place)) return undefined;
  const nonce = sealed.subarray(numberBytes, textAt);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(placeBytes(place)).setAuthTag(sealed.subarray(-tagBytes));
  try {
    const text = decipher.update(sealed.subarray(textAt, -tagBytes));
    decipher.final();
    return text.toString();
  } catch {
    return undefined;
  }
}

/** A damaged file may hold bytes where text was written, which read the same and are not. */
function isText({ id, sharedId, aliases }: SealedPlace): boolean {
  return [id, sharedId ?? '', aliases].every((name) => typeof name === 'string');
}

/**
 * A line each: what was sealed holds no line breaks, so what does has more lines and differs. Faster
 * than JSON by a microsecond of each look-up.
 */
function placeBytes(place: SealedPlace): Buffer {
  const { tenant, id, sharedId, aliases, version, writtenAt, updatedAt, expiresAt } = place;
  const shared = sharedId === null ? '' : `=${sharedId}`;
  return Buffer.from(
    `${tenant}\n${id}\n${shared}\n${aliases}\n${version}\n${writtenAt}\n${updatedAt}\n${expiresAt}`,
  );
}
