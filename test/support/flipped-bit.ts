// One bit of a stored value, changed.

import type { Random } from './random.js';
import type { Cell } from './stored-rows.js';

/** Bits of times and versions that are flipped: beyond them a number is no date any more. */
const numberBits = 40;
/** Bits of a character, so that text stays text that a database takes. */
const textBits = 7;

/** The value with one bit changed, at random; of a number, the bits that times have. */
export function withFlippedBit(value: Cell, random: Random): Cell {
  if (value === null) return null;
  if (typeof value === 'number') {
    return Number(BigInt(value) ^ (1n << BigInt(random.below(numberBits))));
  }
  if (typeof value === 'string') return flippedText(value, random);
  const bytes = Buffer.from(value);
  const place = random.below(bytes.length);
  bytes[place]! ^= 1 << random.below(8);
  return bytes;
}

function flippedText(text: string, random: Random): string {
  for (;;) {
    const place = random.below(text.length);
    const code = text.charCodeAt(place) ^ (1 << random.below(textBits));
    if (code === 0) continue;
    return text.slice(0, place) + String.fromCharCode(code) + text.slice(place + 1);
  }
}
