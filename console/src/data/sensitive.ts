// Which places in `data` a project calls sensitive: JSON Pointers, `*` for any member or element.

import type { JsonTree } from './json-tree.js';

/** Narrowed level by level as `data` is walked through. */
export type Pointers = readonly (readonly string[])[];

export function pointersOf(fields: readonly string[]): Pointers {
  return fields.map((field) => field.split('/').slice(1).map(decoded));
}

/** What is left of the pointers within this member or element. */
export function pointersWithin(pointers: Pointers, name: string): Pointers {
  return pointers.filter(([first]) => first === '*' || first === name).map((it) => it.slice(1));
}

/** Whether the value that was walked to is sensitive as a whole. */
export function endsHere(pointers: Pointers): boolean {
  return pointers.some((pointer) => pointer.length === 0);
}

/** What the server puts in place of a sensitive value. */
export function isMask(text: string): boolean {
  return text.startsWith('•••');
}

/** How many values of a masked answer were masked. */
export function maskedCount(tree: JsonTree, pointers: Pointers): number {
  if (pointers.length === 0) return 0;
  if (tree.kind === 'string') return endsHere(pointers) && isMask(tree.text) ? 1 : 0;
  if (tree.kind === 'object') {
    return sum(
      tree.members.map(([name, value]) => maskedCount(value, pointersWithin(pointers, name))),
    );
  }
  if (tree.kind !== 'array') return 0;
  return sum(
    tree.elements.map((value, index) =>
      maskedCount(value, pointersWithin(pointers, String(index))),
    ),
  );
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function decoded(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
