// JSON as the console lays it out: what JSON.parse loses stays.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonTree, jsonTree, memberOf } from '../../console/src/data/json-tree.js';

/** The JSON text of a tree. */
function textOf(tree: JsonTree): string {
  switch (tree.kind) {
    case 'object': {
      const members = tree.members.map(
        ([name, value]) => `${JSON.stringify(name)}:${textOf(value)}`,
      );
      return `{${members.join(',')}}`;
    }
    case 'array':
      return `[${tree.elements.map(textOf).join(',')}]`;
    case 'string':
      return JSON.stringify(tree.text);
    case 'number':
      return tree.text;
    case 'boolean':
      return String(tree.value);
    case 'null':
      return 'null';
  }
}

it('keeps the digits of numbers and the order of members', () => {
  const text = '{"b":12345678901234567890.10,"2":-1E+2,"1":{"__proto__":0},"a":[]}';
  expect(textOf(jsonTree(text))).toBe(text);
  expect(memberOf(jsonTree(text), 'b')).toEqual({
    kind: 'number',
    text: '12345678901234567890.10',
  });
});

it('reads whatever JSON.stringify writes, with and without space', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 1), (value, space) => {
      const text = JSON.stringify(value, null, space);
      expect(textOf(jsonTree(text))).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
});

it('reads a text of 32 KiB in one string, and 32 levels', () => {
  const word = 'W'.repeat(32_000);
  expect(jsonTree(JSON.stringify(word))).toEqual({ kind: 'string', text: word });
  const deep = `${'{"a":'.repeat(31)}null${'}'.repeat(31)}`;
  expect(textOf(jsonTree(deep))).toBe(deep);
});

describe('refuses what is no JSON', () => {
  it.each(['', '{', '{"a"}', '[1,]', '"a', '{"a":1}}', 'nul', '{a:1}', '[1 2]'])('%s', (text) => {
    expect(() => jsonTree(text)).toThrow(SyntaxError);
  });
});
