// Master keys: how they are written down, and how they wrap the keys that a store keeps.

import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';

/** The form of a wrapped key: this byte, the master key's id, the nonce, the key, the tag. */
const format = 2;
const idBytes = 8;
const nonceBytes = 12;
const tagBytes = 16;

/** 32 bytes from 64 hex digits or base64; undefined where the text is neither. */
export function parseMasterKey(text: string): Uint8Array | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return undefined;
  return Buffer.from(trimmed, 'base64');
}

/** Several of them, separated by white space or commas. */
export function splitMasterKeys(text: string): string[] {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  return parts.length === 0 ? [text] : parts;
}

/** A new master key, as it is written down. */
export function newMasterKeyText(): string {
  return randomBytes(32).toString('hex');
}

/** The master keys that live side by side: the first wraps, every one of them unwraps. */
export class MasterKeys {
  readonly #byId: ReadonlyMap<string, Uint8Array>;
  readonly #currentId: string;

  /** At least one key of 32 bytes. */
  constructor(keys: readonly Uint8Array[]) {
    this.#byId = new Map(keys.map((key) => [idOf(key), key]));
    this.#currentId = idOf(keys[0]!);
  }

  /** What it was made from, the current one first. */
  get keys(): Uint8Array[] {
    return [...this.#byId.values()];
  }

  /** AES-256-GCM; `purpose` is authenticated: one wrapped key cannot stand in for another. */
  wrap(purpose: string, key: Uint8Array): Uint8Array {
    return this.#wrap(this.#currentId, purpose, key);
  }

  /** By the master key that wrapped `like`, which must be here. */
  wrapLike(like: Uint8Array, purpose: string, key: Uint8Array): Uint8Array {
    return this.#wrap(wrapperId(like), purpose, key);
  }

  #wrap(masterId: string, purpose: string, key: Uint8Array): Uint8Array {
    const nonce = randomBytes(nonceBytes);
    const master = this.#byId.get(masterId)!;
    const cipher = createCipheriv('aes-256-gcm', master, nonce).setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([cipher.update(key), cipher.final()]);
    const id = Buffer.from(masterId, 'hex');
    return Buffer.concat([Buffer.of(format), id, nonce, sealed, cipher.getAuthTag()]);
  }

  /** The key, or undefined where none of these master keys wrapped it for this purpose. */
  unwrap(purpose: string, wrapped: Uint8Array): Uint8Array | undefined {
    const master = this.#byId.get(wrapperId(wrapped));
    if (wrapped[0] !== format || master === undefined) return undefined;
    const nonceAt = 1 + idBytes;
    const sealedAt = nonceAt + nonceBytes;
    const decipher = createDecipheriv('aes-256-gcm', master, wrapped.subarray(nonceAt, sealedAt));
    decipher.setAAD(Buffer.from(purpose)).setAuthTag(wrapped.subarray(-tagBytes));
    try {
      const sealed = wrapped.subarray(sealedAt, -tagBytes);
      return Buffer.concat([decipher.update(sealed), decipher.final()]);
    } catch {
      return undefined;
    }
  }

  /** Whether it is here at all, which a reading of its source anew may change. */
  has(wrapped: Uint8Array): boolean {
    return this.#byId.has(wrapperId(wrapped));
  }

  /** Whether the first of these keys wrapped it. */
  isCurrent(wrapped: Uint8Array): boolean {
    return wrapperId(wrapped) === this.#currentId;
  }

  /** The ids of these keys, the current one first: what stands in `wrapped` from byte 1, for queries. */
  get ids(): Uint8Array[] {
    return [...this.#byId.keys()].map((id) => Buffer.from(id, 'hex'));
  }
}

/** Says which key it is, and nothing of it. */
function idOf(key: Uint8Array): string {
  return hash('sha256', Buffer.concat([Buffer.from('baton master key id\n'), key])).slice(
    0,
    2 * idBytes,
  );
}

function wrapperId(wrapped: Uint8Array): string {
  return Buffer.from(wrapped.subarray(1, 1 + idBytes)).toString('hex');
}
