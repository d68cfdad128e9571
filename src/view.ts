// What a key sees of a handoff state: all of it, all but what is sensitive, or what is listed. Works
// on the text as it is kept, so that order, digits and escapes of what is shown stay.

import { decodedString, jsonElements, jsonMembers } from './json-parts.js';
import { type PointerTree, pointerWithin, treeOfPointers, treesWithin } from './json-pointer.js';

/** The pointers lead into `data`; an allow-list shows what it names, sensitive or not. */
export type View = 'full' | 'masked' | { readonly allow: readonly string[] };

/** What of a project's `data` is sensitive, and how it is masked. */
export interface Sensitivity {
  /** Pointers into `data`. */
  readonly sensitiveFields: readonly string[];
  /** Whether of a long text the last four characters are shown. */
  readonly sensitiveLastFour: boolean;
}

export interface Viewed {
  readonly text: string;
  /** Of a masked view the sensitive fields that were there; of a list the topmost left out. */
  readonly withheld: readonly string[];
}

const mask = '•••';
const shownCharacters = 4;
/** So that more is hidden than shown of every text of which something is shown. */
const longCharactersMin = 9;

/** The body of a look-up's answer as a key with this view sees it; `id` and `shared_id` stay. */
export function viewedBody(
  body: string,
  view: Exclude<View, 'full'>,
  sensitivity: Sensitivity,
): Viewed {
  const members = jsonMembers(body);
  const { name, text: dataText } = members.get('data')!;
  const data = view === 'masked' ? masked(dataText, sensitivity) : allowed(dataText, view.allow);
  const others = [...members].filter(([member]) => member !== 'data');
  const shown = others.map(([, member]) => `${member.name}:${member.text}`);
  return { text: `{${[...shown, `${name}:${data.text}`].join(',')}}`, withheld: data.withheld };
}

function masked(dataText: string, { sensitiveFields, sensitiveLastFour }: Sensitivity): Viewed {
  const found = new Set<string>();
  const text = maskedWithin(dataText, [treeOfPointers(sensitiveFields)], (value, fields) => {
    for (const field of fields) found.add(field);
    return maskOf(value, sensitiveLastFour);
  });
  return { text, withheld: sensitiveFields.filter((field) => found.has(field)) };
}

/** What lies within a masked value is not looked at: which fields it holds would tell of it. */
function maskedWithin(
  text: string,
  trees: readonly PointerTree[],
  maskedBy: (value: string, fields: readonly string[]) => string,
): string {
  if (trees.length === 0 || isScalar(text)) return text;
  const parts = partsOf(text).map(({ name, label, value }) => {
    const within = treesWithin(trees, name);
    const fields = within.flatMap(({ ending }) => ending);
    const shown =
      fields.length > 0 ? maskedBy(value, fields) : maskedWithin(value, within, maskedBy);
    return label + shown;
  });
  return containerLike(text, parts);
}

function maskOf(value: string, showsLastFour: boolean): string {
  if (!showsLastFour || !value.startsWith('"')) return `"${mask}"`;
  const characters = [...decodedString(value)];
  if (characters.length < longCharactersMin) return `"${mask}"`;
  return JSON.stringify(mask + characters.slice(-shownCharacters).join(''));
}

function allowed(dataText: string, pointers: readonly string[]): Viewed {
  const shown = allowedWithin(dataText, [treeOfPointers(pointers)], '');
  return shown ?? { text: '{}', withheld: [''] };
}

/** Undefined where nothing is shown of the value, which `place` points to: then it is left out. */
function allowedWithin(
  text: string,
  trees: readonly PointerTree[],
  place: string,
): Viewed | undefined {
  if (trees.length === 0 || isScalar(text)) return undefined;
  const shown: string[] = [];
  const withheld: string[] = [];
  for (const { name, label, value } of partsOf(text)) {
    const within = treesWithin(trees, name);
    const pointer = pointerWithin(place, name);
    const isAllowed = within.some(({ ending }) => ending.length > 0);
    const part = isAllowed ? { text: value, withheld: [] } : allowedWithin(value, within, pointer);
    if (part !== undefined) shown.push(label + part.text);
    withheld.push(...(part?.withheld ?? [pointer]));
  }
  return shown.length === 0 ? undefined : { text: containerLike(text, shown), withheld };
}

interface Part {
  /** The decoded name of a member, the index of an element. */
  readonly name: string;
  /** What stands before the value, as it was written. */
  readonly label: string;
  readonly value: string;
}

function partsOf(container: string): Part[] {
  if (container.startsWith('[')) {
    return jsonElements(container).map((value, index) => ({
      name: String(index),
      label: '',
      value,
    }));
  }
  const members = [...jsonMembers(container)];
  return members.map(([name, member]) => ({
    name,
    label: `${member.name}:`,
    value: member.text,
  }));
}

function containerLike(text: string, parts: readonly string[]): string {
  const inside = parts.join(',');
  return text.startsWith('[') ? `[${inside}]` : `{${inside}}`;
}

function isScalar(text: string): boolean {
  return !text.startsWith('{') && !text.startsWith('[');
}
