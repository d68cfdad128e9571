// A JSON value as a tree, for those who lay it out: numbers stay as they were written.

import { decodedString, jsonElements, jsonMembers } from './json-parts.js';
import { type PointerTree, treeOfPointers, treesWithin } from './json-pointer.js';

export type JsonTree =
  | { readonly kind: 'object'; readonly members: readonly TreeMember[] }
  | { readonly kind: 'list'; readonly elements: readonly JsonTree[] }
  | { readonly kind: 'text' | 'number'; readonly text: string }
  /** What a mask has left of it. */
  | { readonly kind: 'withheld'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' };

export interface TreeMember {
  readonly name: string;
  readonly value: JsonTree;
}

/** Of text that was read before; `masked` are the pointers to what was masked in it. */
export function treeOfJson(compactText: string, masked: readonly string[] = []): JsonTree {
  return treeWithin(compactText, [treeOfPointers(masked)]);
}

function treeWithin(text: string, masks: readonly PointerTree[]): JsonTree {
  if (masks.some(({ ending }) => ending.length > 0)) {
    return { kind: 'withheld', text: decodedString(text) };
  }
  switch (text[0]) {
    case '{': {
      const members = [...jsonMembers(text)].map(([name, member]) => ({
        name,
        value: treeWithin(member.text, treesWithin(masks, name)),
      }));
      return { kind: 'object', members };
    }
    case '[': {
      const elements = jsonElements(text).map((element, index) =>
        treeWithin(element, treesWithin(masks, String(index))),
      );
      return { kind: 'list', elements };
    }
    case '"':
      return { kind: 'text', text: decodedString(text) };
    case 't':
    case 'f':
      return { kind: 'boolean', value: text === 'true' };
    case 'n':
      return { kind: 'null' };
    default:
      return { kind: 'number', text };
  }
}
