// JSON Pointers (RFC 6901) into `data`, in which `*` stands for any member or element.

import { invalidRequest } from './error.js';
import { limits } from './limits.js';

/** With at least one part: `data` as a whole is no field. `~` begins the escapes `~0` and `~1`. */
export const pointerPattern = `^(?:/(?:[^/~\\p{Cc}\\p{Cs}]|~[01])*){1,${limits.pointerLevelsMax}}$`;

const pointerForm = new RegExp(pointerPattern, 'u');

/** What to do about text that is no such pointer. */
export const pointerCure =
  `give a JSON Pointer into data, such as /customer/phone or /notes/*, ` +
  `of at most ${limits.pointerLevelsMax} levels and ${limits.pointerCodePointsMax} characters`;

/** Throws `invalid_request`, with `what` in front, unless the text is such a pointer. */
export function checkPointer(what: string, text: string): void {
  const characters = [...text].length;
  if (characters <= limits.pointerCodePointsMax && pointerForm.test(text)) return;
  throw invalidRequest(
    `${what}: found text of ${characters} characters that does not fit; ${pointerCure}.`,
  );
}

/** The names on the way, unescaped: `/a~1b/*` gives `a/b` and `*`. */
export function namesOfPointer(pointer: string): string[] {
  const parts = pointer.slice(1).split('/');
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The pointer to a member or an element of what `pointer` leads to. */
export function pointerWithin(pointer: string, name: string): string {
  return `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Whether a name of a pattern means this member, or the element with this index. */
export function meansName(wanted: string, name: string): boolean {
  return wanted === '*' || wanted === name;
}
