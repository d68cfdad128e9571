// Which values of a masked answer were masked, told by the project's pointers.

import { expect, it } from 'vitest';
import { jsonTree } from '../../console/src/data/json-tree.js';
import { maskedCount, pointersOf } from '../../console/src/data/sensitive.js';

const count = (text: string, fields: string[]) => maskedCount(jsonTree(text), pointersOf(fields));

it('counts masks where a pointer leads, however deep, and nowhere else', () => {
  const text = '{"pin":"•••","cards":[{"no":"•••1111"},{"no":"•••2222"}],"a/b":"•••","note":"•••"}';
  expect(count(text, ['/pin'])).toBe(1);
  expect(count(text, ['/cards/*/no', '/pin'])).toBe(3);
  expect(count(text, ['/cards/1/no'])).toBe(1);
  expect(count(text, ['/a~1b', '/none', '/cards/*/other'])).toBe(1);
  expect(count(text, [])).toBe(0);
});

it('counts a value once that several pointers lead to, and none that is in clear', () => {
  expect(count('{"pin":"•••"}', ['/pin', '/*'])).toBe(1);
  expect(count('{"pin":"1234","n":1}', ['/pin', '/n'])).toBe(0);
});
