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

/** Pointers by the names on their way: those that end at a place, and those that lead on. */
export interface PointerTree {
  readonly ending: string[];
  readonly leading: Map<string, PointerTree>;
}

export function treeOfPointers(pointers: readonly string[]): PointerTree {
  const root: PointerTree = { ending: [], leading: new Map() };
  for (const pointer of pointers) {
    let tree = root;
    for (const name of namesOfPointer(pointer)) {
      const next = tree.leading.get(name) ?? { ending: [], leading: new Map() };
      tree.leading.set(name, next);
      tree = next;
    }
    tree.ending.push(pointer);
  }
  return root;
}

/** What the trees hold of the member with this name, or the element with this index. */
export function treesWithin(trees: readonly PointerTree[], name: string): PointerTree[] {
  const found: PointerTree[] = [];
  for (const { leading } of trees) {
    const named = leading.get(name);
    const any = leading.get('*');
    if (named !== undefined) found.push(named);
    if (any !== undefined && any !== named) found.push(any);
  }
  return found;
}
