// Sealing: what was sealed opens with its key in its place, and nowhere else.

import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { keyNumberOf, open, type SealedPlace, seal } from '../src/sealing.js';

const key = { number: 7, key: randomBytes(32) };
const place: SealedPlace = {
  tenant: 'tenant',
  id: 'call-1',
  sharedId: 's',
  aliases: '["a"]',
  version: 3,
  writtenAt: 1,
  updatedAt: 2,
  expiresAt: 4,
};
const text = '{"name":"Ada – 😀"}';

test('it opens with its key in its place, twice sealed it differs', () => {
  const sealed = seal(key, place, text);
  expect(keyNumberOf(sealed)).toBe(7);
  expect(open(key.key, place, sealed)).toBe(text);
  expect(seal(key, place, text)).not.toEqual(sealed);
  expect(sealed.toString('latin1')).not.toContain('Ada');
  expect(open(key.key, place, seal(key, place, ''))).toBe('');
});

test('of a thousand seals none has the nonce of another one', () => {
  const nonces = Array.from({ length: 1_000 }, () =>
    seal(key, place, text).subarray(4, 16).toString('hex'),
  );
  expect(new Set(nonces).size).toBe(1_000);
});

test.each<[string, Partial<SealedPlace>]>([
  ['tenant', { tenant: 'tenan' }],
  ['id', { id: 'call-2' }],
  ['shared id', { sharedId: 't' }],
  ['no shared id', { sharedId: null }],
  ['aliases', { aliases: '[]' }],
  ['older version', { version: 2 }],
  ['first write', { writtenAt: 0 }],
  ['last write', { updatedAt: 3 }],
  ['expiry', { expiresAt: 5 }],
  ['line moved from one value to the next', { id: 'call-1\n=s', sharedId: null }],
  ['line moved to the one before', { sharedId: 's\n["a"]', aliases: '3' }],
])('it does not open in a place with another %s', (_, other) => {
  expect(open(key.key, { ...place, ...other }, seal(key, place, text))).toBeUndefined();
});

test.each(['id', 'sharedId', 'aliases'] as const)('it does not open where %s is bytes', (name) => {
  const bytes = Buffer.from(place[name]!) as unknown as string;
  expect(open(key.key, { ...place, [name]: bytes }, seal(key, place, text))).toBeUndefined();
});

test('it does not open with another key, with any bit flipped, cut off or longer', () => {
  const sealed = seal(key, place, text);
  expect(open(randomBytes(32), place, sealed)).toBeUndefined();
  // The first four bytes say which key to take.
  for (let bit = 32; bit < sealed.length * 8; bit++) {
    const flipped = Buffer.from(sealed);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    expect(open(key.key, place, flipped)).toBeUndefined();
  }
  for (let length = 0; length < sealed.length; length++) {
    expect(open(key.key, place, sealed.subarray(0, length))).toBeUndefined();
  }
  expect(open(key.key, place, Buffer.concat([sealed, Buffer.alloc(1)]))).toBeUndefined();
  expect(keyNumberOf(sealed.subarray(0, 31))).toBe(-1);
});
