// Receipts: any change of one, and every key but the one that signed it, is found out.

import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { newSigningKey, ReceiptSigner, readReceipt } from '../src/receipt.js';
import { seededRandom } from './support/random.js';

const signer = new ReceiptSigner(newSigningKey(), 'us-1');
const facts = {
  what: 'handoff_state',
  project: { accountId: 'ws-1', projectId: 'PROJECT-1' },
  record: 'hash:abc',
  erasedAt: Date.UTC(2030, 0, 1),
  keyId: 'KEY',
} as const;
const { receipt } = signer.sign(facts);
const keys = [signer.publicKey];

test('a receipt reads as it was signed, with white space around it or not', () => {
  for (const text of [receipt, `${receipt}\n`, `  ${receipt}`]) {
    expect(readReceipt(text, keys)).toMatchObject({
      iss: 'us-1',
      iat: 1_893_456_000,
      record: 'hash:abc',
      erased_at: '2030-01-01T00:00:00.000Z',
      key_id: 'KEY',
    });
  }
  expect(signer.sign(facts).receiptId).not.toBe(signer.sign(facts).receiptId);
});

test('a receipt with any character changed, left out or added is not genuine', () => {
  const random = seededRandom('changed receipts');
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';
  // The last character of a part has bits that base64url ignores.
  const isLoose = (place: number) => ['.', undefined].includes(receipt[place + 1]);
  for (let n = 0; n < 2_000; n++) {
    const place = random.below(receipt.length - 1);
    const letter = letters[random.below(letters.length)]!;
    if (letter === receipt[place] || isLoose(place)) continue;
    const [head, tail] = [receipt.slice(0, place), receipt.slice(place + 1)];
    expect(readReceipt(head + letter + tail, keys), `${place} ${letter}`).toBeUndefined();
    expect(readReceipt(head + tail, keys), `without ${place}`).toBeUndefined();
  }
  expect(readReceipt(`${receipt}.x`, keys)).toBeUndefined();
});

test('a receipt is genuine by the key that signed it alone', () => {
  const other = new ReceiptSigner(newSigningKey(), 'us-1').publicKey;
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { kid } = signer.publicKey;
  const strange = [
    { ...other, kid },
    { ...publicKey.export({ format: 'jwk' }), kid },
    { kty: 'OKP', crv: 'Ed25519', x: '%', kid },
    { ...signer.publicKey, kid: other.kid },
  ];
  for (const key of strange) expect(readReceipt(receipt, [key])).toBeUndefined();
  expect(readReceipt(receipt, [])).toBeUndefined();
  expect(readReceipt(receipt, [other, ...keys])).toBeDefined();
});

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('what claims to be unsigned, or is no receipt at all, is not genuine', () => {
  const [, claims, signature] = receipt.split('.');
  const { kid } = signer.publicKey;
  for (const alg of ['none', 'HS256', 'ES256']) {
    const header = part({ alg, typ: 'baton-receipt+jwt', kid });
    expect(readReceipt(`${header}.${claims}.${signature}`, keys)).toBeUndefined();
    expect(readReceipt(`${header}.${claims}.`, keys)).toBeUndefined();
  }
  for (const text of ['', '.', '..', 'a.b.c', `${part(null)}.b.c`, `${part(1)}.b.c`]) {
    expect(readReceipt(text, keys)).toBeUndefined();
  }
});
