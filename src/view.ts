// What a key sees of a handoff state: all of it, all but what is sensitive, or what is listed. Works
// on the text as it is kept, so that order, digits and escapes of what is shown stay.

import { decodedString, jsonElements, jsonMembers } from './json-parts.js';
import { meansName, namesOfPointer, pointerWithin } from './json-pointer.js';

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

/** The patterns that lead to a place, each with the names that are left of it. */
type Patterns = readonly { readonly pointer: string; readonly names: readonly string[] }[];

function masked(dataText: string, sensitivity: Sensitivity): Viewed {
  const { sensitiveFields, sensitiveLastFour } = sensitivity;
  const found = new Set<string>();
  const text = maskedWithin(dataText, patternsOf(sensitiveFields), (value, fields) => {
    for (const { pointer } of fields) found.add(pointer);
    return maskOf(value, sensitiveLastFour);
  });
  return { text, withheld: sensitiveFields.filter((field) => found.has(field)) };
}

/** What lies within a masked value is not looked at: which fields it holds would tell of it. */
function maskedWithin(
  text: string,
  patterns: Patterns,
  maskedBy: (value: string, fields: Patterns) => string,
): string {
  if (patterns.length === 0 || isScalar(text)) return text;
  const parts = partsOf(text).map(({ name, label, value }) => {
    const { ending, leading } = following(patterns, name);
    const isSensitive = ending.length > 0;
    return label + (isSensitive ? maskedBy(value, ending) : maskedWithin(value, leading, maskedBy));
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
  return allowedWithin(dataText, patternsOf(pointers), '') ?? { text: '{}', withheld: [''] };
}

/** Undefined where nothing is shown of the value, which `place` points to: then it is left out. */
function allowedWithin(text: string, patterns: Patterns, place: string): Viewed | undefined {
  if (patterns.length === 0 || isScalar(text)) return undefined;
  const shown: string[] = [];
  const withheld: string[] = [];
  for (const { name, label, value } of partsOf(text)) {
    const { ending, leading } = following(patterns, name);
    const pointer = pointerWithin(place, name);
    const isAllowed = ending.length > 0;
    const within = isAllowed
      ? { text: value, withheld: [] }
      : allowedWithin(value, leading, pointer);
    if (within !== undefined) shown.push(label + within.text);
    withheld.push(...(within?.withheld ?? [pointer]));
  }
  return shown.length === 0 ? undefined : { text: containerLike(text, shown), withheld };
}

function patternsOf(pointers: readonly string[]): Patterns {
  return pointers.map((pointer) => ({ pointer, names: namesOfPointer(pointer) }));
}

/** The patterns that end at this member or element, and those that lead on into it. */
function following(patterns: Patterns, name: string): { ending: Patterns; leading: Patterns } {
  const matching = patterns.filter(({ names }) => meansName(names[0]!, name));
  const ending = matching.filter(({ names }) => names.length === 1);
  if (ending.length > 0) return { ending, leading: [] };
  const leading = matching.map(({ pointer, names }) => ({ pointer, names: names.slice(1) }));
  return { ending, leading };
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
