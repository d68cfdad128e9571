// Sealed content as text: the format character, then the bytes as base64.

import type { Sealed } from './handoff-rows.js';

const clearFormat = '0';

export function toText(sealed: Sealed): string {
  if (typeof sealed === 'string') return sealed;
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  return String.fromCharCode(bytes[0]!) + bytes.toString('base64', 1);
}

export function fromText(text: string): Sealed {
  if (text.startsWith(clearFormat)) return text;
  const bytes = Buffer.allocUnsafe(1 + Buffer.byteLength(text, 'base64'));
  // What is no byte is no format, and stays none.
  bytes[0] = Math.min(text.charCodeAt(0), 0xff);
  return bytes.subarray(0, 1 + bytes.write(text.slice(1), 1, 'base64'));
}
