// The header `Baton-Withheld`: JSON Pointers as a list of structured fields (RFC 9651).

import { limits } from '../limits.js';

/**
 * A String each, or a Display String where a pointer has other characters than printable ASCII.
 * What has no room in `limits.withheldBytesMax` is counted by an Integer at the end.
 */
export function withheldHeader(pointers: readonly string[]): string {
  let list = '';
  for (const [index, pointer] of pointers.entries()) {
    const longer = joined(list, itemOf(pointer));
    const more = pointers.length - index - 1;
    const whole = more === 0 ? longer : joined(longer, String(more));
    if (whole.length > limits.withheldBytesMax) return joined(list, String(more + 1));
    list = longer;
  }
  return list;
}

function joined(list: string, item: string): string {
  return list === '' ? item : `${list}, ${item}`;
}

function itemOf(pointer: string): string {
  if (/^[\x20-\x7e]*$/.test(pointer)) return `"${pointer.replace(/["\\]/g, '\\$&')}"`;
  const bytes = [...Buffer.from(pointer, 'utf8')];
  return `%"${bytes.map(displayed).join('')}"`;
}

/** A byte of a Display String (RFC 9651, section 4.1.11). */
function displayed(byte: number): string {
  const character = String.fromCharCode(byte);
  if (/[\x20-\x7e]/.test(character) && !'%"'.includes(character)) return character;
  return `%${byte.toString(16).padStart(2, '0')}`;
}
