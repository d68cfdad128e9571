// Receipts of erasure: what was erased, when and by which key, signed so that anybody can check it.

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';

/** What a receipt says. Names nobody: the record is the keyed hash of an id. */
export interface ReceiptClaims {
  /** The region that signed it. */
  readonly iss: string;
  /** When it was signed, in seconds since 1970 (RFC 7519). */
  readonly iat: number;
  /** Another one for each receipt. */
  readonly jti: string;
  readonly what: 'handoff_state' | 'project';
  readonly account_id: string;
  readonly project_id: string;
  /** `hash:` and the keyed hash of the state's id; of a project, null. */
  readonly record: string | null;
  readonly erased_at: string;
  /** The key that asked for it; null: the command line. */
  readonly key_id: string | null;
}

/** What is to be certified. */
export interface ErasureFacts {
  readonly what: ReceiptClaims['what'];
  readonly project: { readonly accountId: string; readonly projectId: string };
  readonly record: string | null;
  /** Milliseconds since 1970. */
  readonly erasedAt: number;
  readonly keyId: string | null;
}

/** A receipt with its `jti`. */
export interface SignedReceipt {
  readonly receiptId: string;
  /** A compact JWS (RFC 7515). */
  readonly receipt: string;
}

/** A public key as JWKs hold it (RFC 8037). */
export interface PublicSigningKey extends JsonWebKey {
  readonly kid: string;
}

/** A new Ed25519 key, as bytes to be wrapped. */
export function newSigningKey(): Uint8Array {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
}

/** Signs receipts with one key, for one region. */
export class ReceiptSigner {
  readonly #key: KeyObject;
  readonly #region: string;
  readonly publicKey: PublicSigningKey;

  /** Bytes as `newSigningKey` gives them. */
  constructor(bytes: Uint8Array, region: string) {
    this.#key = createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' });
    this.#region = region;
    const jwk = createPublicKey(this.#key).export({ format: 'jwk' });
    this.publicKey = { ...jwk, kid: thumbprint(jwk), use: 'sig', alg: 'EdDSA' };
  }

  sign({ what, project, record, erasedAt, keyId }: ErasureFacts): SignedReceipt {
    const receiptId = randomBytes(12).toString('base64url');
    const claims: ReceiptClaims = {
      iss: this.#region,
      iat: Math.floor(erasedAt / 1000),
      jti: receiptId,
      what,
      account_id: project.accountId,
      project_id: project.projectId,
      record,
      erased_at: new Date(erasedAt).toISOString(),
      key_id: keyId,
    };
    const header = { alg: 'EdDSA', typ: 'baton-receipt+jwt', kid: this.publicKey.kid };
    const signed = `${encode(header)}.${encode(claims)}`;
    const signature = sign(null, Buffer.from(signed), this.#key).toString('base64url');
    return { receiptId, receipt: `${signed}.${signature}` };
  }
}

/** What a receipt says, or undefined where none of the keys signed it. */
export function readReceipt(
  receipt: string,
  keys: readonly JsonWebKey[],
): ReceiptClaims | undefined {
  const [header, claims, signature, ...rest] = receipt.trim().split('.');
  if (header === undefined || claims === undefined || signature === undefined) return undefined;
  if (rest.length > 0) return undefined;
  const { alg, typ, kid } = decode(header) ?? {};
  if (alg !== 'EdDSA' || typ !== 'baton-receipt+jwt') return undefined;
  const key = publicKeyOf(keys.find((jwk) => jwk.kid === kid));
  if (key === undefined) return undefined;
  const signed = Buffer.from(`${header}.${claims}`);
  if (!verify(null, signed, key, Buffer.from(signature, 'base64url'))) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the key vouches for it
  return decode(claims) as ReceiptClaims | undefined;
}

function publicKeyOf(jwk: JsonWebKey | undefined): KeyObject | undefined {
  if (jwk?.kty !== 'OKP' || jwk.crv !== 'Ed25519') return undefined;
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** RFC 7638: the hash of the key's required members, in the order of their names. */
function thumbprint({ crv, kty, x }: JsonWebKey): string {
  return hash('sha256', JSON.stringify({ crv, kty, x }), 'base64url');
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- any object fits
    return typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
