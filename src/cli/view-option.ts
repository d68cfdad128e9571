// The options of what is sensitive and of what a key sees, and how tables show them.

import { invalidRequest } from '../error.js';
import { checkPointer } from '../json-pointer.js';
import { limits } from '../limits.js';
import type { View } from '../view.js';
import { type CommandOption, readChecked, readText, readWord, several } from './option.js';

const readPointer = readChecked(checkPointer);
const readYesOrNo = readWord(['yes', 'no']);
const pointersHelp = "JSON Pointers into data, '*' for any member or element";

/** The word `none` for an empty list. */
export const sensitiveFields: CommandOption<readonly string[] | undefined> = {
  ...several('POINTER', `what masked keys do not see: ${pointersHelp}; or none`, readText),
  take(name, texts) {
    if (texts.length === 0) return undefined;
    const words = wordsOf(texts);
    return words.join() === 'none' ? [] : readPointers(name, words, limits.sensitiveFieldsMax);
  },
};

export const sensitiveLastFour: CommandOption<boolean | undefined> = {
  kind: 'value',
  placeholder: 'yes|no',
  help: 'whether they see the last four characters of a long text; default: no',
  variable: undefined,
  take: (name, texts) =>
    texts.length === 0 ? undefined : readYesOrNo(name, texts.join(' ')) === 'yes',
};

export const view: CommandOption<View> = {
  ...several(
    'VIEW',
    `full, masked, or what alone it sees: ${pointersHelp}; default: full`,
    readText,
  ),
  take(name, texts) {
    const words = wordsOf(texts);
    const [word = 'full'] = words;
    if (words.length < 2 && (word === 'full' || word === 'masked')) return word;
    return { allow: readPointers(name, words, limits.allowedPointersMax) };
  },
};

export function viewText(shown: View): string {
  return typeof shown === 'string' ? shown : shown.allow.join(', ');
}

function wordsOf(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(',')).map((word) => word.trim());
}

function readPointers(name: string, words: readonly string[], most: number): string[] {
  const pointers = [...new Set(words.map((word) => readPointer(name, word)))];
  if (pointers.length <= most) return pointers;
  throw invalidRequest(`${name}: found ${pointers.length} pointers; give at most ${most}.`);
}
