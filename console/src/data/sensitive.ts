// Which places in `data` a project calls sensitive: JSON Pointers, `*` for any member or element.

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

function decoded(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
