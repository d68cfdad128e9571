// What a mistyped word is taken for.

import { describe, expect, it } from 'vitest';
import { nearest } from '../src/nearest.js';

describe('nearest', () => {
  const flags = ['--host', '--port', '--data-dir', '--region', '--log-level'];

  it.each([
    ['--prot', '--port'],
    ['--loglevel', '--log-level'],
    ['--datadir', '--data-dir'],
    ['--Region', '--region'],
  ])('takes %s for %s', (word, meant) => {
    expect(nearest(word, flags)).toBe(meant);
  });

  it.each(['--zebra', '', 'x'])('does not guess at %j', (word) => {
    expect(nearest(word, flags)).toBeUndefined();
  });
});
