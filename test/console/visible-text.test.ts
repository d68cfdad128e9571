// Text of strangers: nothing in it is hidden, and nothing in it moves what stands around.

import { describe, expect, it } from 'vitest';
import { beginning, markedText, textParts } from '../../console/src/data/visible-text.js';

describe('characters that would not be seen are named', () => {
  it.each([
    ['invoice\u202Efdp.exe', 'invoice‹U+202E›fdp.exe'],
    ['a\u0000b\u0007c\u001b[2J', 'a‹U+0000›b‹U+0007›c‹U+001B›[2J'],
    ['pay\u200bpal', 'pay‹U+200B›pal'],
    ['\u2066isolate\u2069', '‹U+2066›isolate‹U+2069›'],
    ['\ufefftext\u00ad', '‹U+FEFF›text‹U+00AD›'],
    ['tag\u{e0041}', 'tag‹U+E0041›'],
    ['half\ud800 pair', 'half‹U+D800› pair'],
    ['line\u2028end', 'line‹U+2028›end'],
  ])('%j', (text, shown) => {
    expect(markedText(text)).toBe(shown);
  });
});

it('leaves what people write: other scripts, joined letters, emoji, line ends, tabs', () => {
  for (const text of ['Jürgen Groß', 'ليلى', 'نمی\u200cخواهم', '👩‍💻 ok', 'one\ntwo\tthree', '']) {
    expect(markedText(text)).toBe(text);
    expect(textParts(text).every(({ isMark }) => !isMark)).toBe(true);
  }
});

it('tells what it has marked from the same letters in the text', () => {
  expect(textParts('U+202E\u202E')).toEqual([
    { text: 'U+202E', isMark: false },
    { text: 'U+202E', isMark: true },
  ]);
});

it('cuts no pair of surrogates in half', () => {
  expect(beginning('ab👍', 3)).toBe('ab');
  expect(beginning('ab👍', 4)).toBe('ab👍');
});
