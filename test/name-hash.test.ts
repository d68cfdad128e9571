// Keyed hashes: what is kept of a name is what anybody with the key would reckon.

import { createHmac, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { nameHasher } from '../src/name-hash.js';

test('a keyed hash is HMAC-SHA-256, of short texts and of long ones', () => {
  const key = randomBytes(32);
  const hashName = nameHasher(key);
  const lengths = [0, 1, 55, 64, 255, 4_000, 4_086, 4_087, 4_088, 70_000];
  const values = [...lengths.map((length) => 'x'.repeat(length)), 'é€😀'.repeat(85), '\ud800'];

  for (const value of values) {
    const digest = createHmac('sha256', key).update(`tenant\nid\n${value}`).digest('base64url');
    const expected = digest.slice(0, 22);
    expect(hashName('tenant', { kind: 'id', value }), `${value.length}`).toBe(expected);
  }
});
