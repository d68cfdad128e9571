// The master key: where it comes from, and how it wraps the keys that the store keeps.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { syncDirectory } from './sync-directory.js';

const format = 1;
const nonceBytes = 12;
const tagBytes = 16;

/** 32 bytes from 64 hex digits or base64; undefined where the text is neither. */
export function parseMasterKey(text: string): Uint8Array | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return undefined;
  return Buffer.from(trimmed, 'base64');
}

export interface MasterKeySource {
  readonly masterKey: string | null;
  readonly masterKeyFile: string | null;
  readonly dataDir: string;
}

/** Where the key file stands that is made where none is given. */
export function defaultMasterKeyFile(dataDir: string): string {
  return join(dataDir, 'master.key');
}

/**
 * The master key that is given, or the one of the data directory; that is made (mode 0600) where
 * `create` says so. `madeFile` names the file that it was made in.
 */
export function readMasterKey(
  source: MasterKeySource,
  create: boolean,
): { key: Uint8Array; madeFile?: string } {
  if (source.masterKey !== null) return { key: keyOf(source.masterKey, 'BATON_MASTER_KEY') };

  const file = source.masterKeyFile ?? defaultMasterKeyFile(source.dataDir);
  if (source.masterKeyFile === null && create && !existsSync(file)) {
    return { key: makeKeyFile(file), madeFile: file };
  }
  if (!existsSync(file)) {
    throw new Error(
      `The master key file ${file} is missing; put it back, or name it with --master-key-file.`,
    );
  }
  return { key: keyOf(readFileSync(file, 'utf8'), file) };
}

/** Whole or not at all, and never over another: a start may be killed, and two may meet. */
function makeKeyFile(file: string): Uint8Array {
  const key = randomBytes(32);
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${key.toString('hex')}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(unfinished, file);
    syncDirectory(dirname(file));
  } finally {
    rmSync(unfinished);
  }
  return key;
}

/** AES-256-GCM; `purpose` is authenticated, so that one wrapped key cannot stand in for another. */
export function wrapKey(masterKey: Uint8Array, purpose: string, key: Uint8Array): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', masterKey, nonce).setAAD(Buffer.from(purpose));
  const sealed = Buffer.concat([cipher.update(key), cipher.final()]);
  return Buffer.concat([Buffer.of(format), nonce, sealed, cipher.getAuthTag()]);
}

/** The key, or undefined where this master key did not wrap it for this purpose. */
export function unwrapKey(
  masterKey: Uint8Array,
  purpose: string,
  wrapped: Uint8Array,
): Uint8Array | undefined {
  if (wrapped[0] !== format) return undefined;
  const nonce = wrapped.subarray(1, 1 + nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', masterKey, nonce);
  decipher.setAAD(Buffer.from(purpose)).setAuthTag(wrapped.subarray(-tagBytes));
  try {
    const sealed = wrapped.subarray(1 + nonceBytes, -tagBytes);
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch {
    return undefined;
  }
}

function keyOf(text: string, source: string): Uint8Array {
  const key = parseMasterKey(text);
  if (key !== undefined) return key;
  throw new Error(
    `The master key of ${source} is not 64 hex digits or 32 bytes of base64; ` +
      'give one as `openssl rand -hex 32` makes it.',
  );
}
