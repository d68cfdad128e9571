// The JSON scanner: it agrees with JSON.parse on what is JSON, keeps what was written, and says
// where a text is wrong without repeating any of it.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatonError } from '../src/error.js';
import { jsonMembers } from '../src/json-parts.js';
import { type JsonMember, measureJson, readJsonObject } from '../src/json-text.js';
import { limits } from '../src/limits.js';
import { jsonText, scalarToken } from './support/json-arbitrary.js';

const levelsMax = limits.dataLevelsMax;

function refusal(read: () => unknown): BatonError {
  try {
    read();
  } catch (error) {
    if (error instanceof BatonError) return error;
    throw error;
  }
  throw new Error('The text was accepted.');
}

describe('what is kept', () => {
  it.each([
    '12345678901234567890',
    '1.10',
    '-0',
    '1e400',
    '1E+02',
    '"\\u0041\\/\\ud800\\n\\uD83D\\uDE00"',
    '" two  spaces\u00a0\u2028 "',
    '"😀 é \u007f"',
    '{"10":1,"9":{"b":null,"a":[]},"":"","\\u0062":true}',
    '[[],{},[null,[false]],"",0]',
  ])('keeps %s as it was written', (text) => {
    expect(measureJson(text).text).toBe(text);
    expect(readJsonObject(`{"data":${text}}`).get('data')?.text).toBe(text);
  });

  it('drops only the white space between tokens', () => {
    const members = readJsonObject(
      '\r\n{\t"\\u0061 b" : [ 1 , " x " ,\n{ } ] ,"c":{ "d" : [ ] , "e" : 1.10\t}\n, "f" : 0 }  ',
    );

    expect([...members]).toEqual([
      ['a b', { text: '[1," x ",{}]', levels: 2, members: 0 }],
      ['c', { text: '{"d":[],"e":1.10}', levels: 2, members: 2 }],
      ['f', { text: '0', levels: 0, members: 0 }],
    ]);
  });

  it('gives names in the order of the text', () => {
    expect([...readJsonObject('{"b":0,"10":0,"9":0,"a":0}').keys()]).toEqual(['b', '10', '9', 'a']);
  });

  it('takes names that objects of JavaScript inherit', () => {
    const text = '{"constructor":1,"toString":2,"prototype":{"hasOwnProperty":3}}';

    expect(measureJson(text)).toEqual({ text, levels: 2, members: 4 });
  });
});

const arrays = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const objects = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;

describe('nesting', () => {
  it.each([arrays, objects])('takes the most levels and refuses one more (%o)', (nested) => {
    const deepest = nested(levelsMax);
    const tooDeep = nested(levelsMax + 1);

    expect(measureJson(deepest).levels).toBe(levelsMax);
    expect(readJsonObject(`{"a":${deepest}}`).get('a')?.levels).toBe(levelsMax);
    for (const read of [
      () => measureJson(tooDeep),
      () => measureJson(`[0,${deepest}]`),
      () => readJsonObject(`{"a":0,"b":${tooDeep}}`),
    ]) {
      expect(refusal(read).message).toContain('found level 33 of nesting at character');
    }
  });

  it('counts levels again after a container was closed', () => {
    expect(measureJson(`[${arrays(levelsMax - 1)},{},${objects(levelsMax - 1)}]`).levels).toBe(
      levelsMax,
    );
  });

  it('stops at the first level too many, whatever follows', () => {
    const error = refusal(() => measureJson(`${'['.repeat(1_000_000)}not JSON`));

    expect(error.message).toContain(`at character ${levelsMax + 1};`);
  });
});

describe('what is refused', () => {
  it.each([
    ['', 1, 'the end of the text in place of an object'],
    [' \n', 3, 'the end of the text in place of an object'],
    ['secret', 1, 'a letter in place of an object'],
    ['["secret"]', 1, 'an array in place of an object'],
    ['\ufeff{}', 1, 'a byte order mark in place of an object'],
    ['{"secret":1} {}', 14, 'an object in place of the end of the text'],
    ['{}\u0000', 3, 'a control character in place of the end of the text'],
    ['{secret:1}', 2, 'a letter in place of a member name'],
    ["{'secret':1}", 2, 'a quotation mark in place of a member name'],
    ['{"secret":1,}', 13, 'closing bracket in place of a member name'],
    ['{"secret" 1}', 11, 'a number in place of a colon'],
    ['{"secret":True}', 11, 'a letter in place of a value'],
    ['{"secret":[1,]}', 14, 'in place of a value'],
    ['{"secret":.5}', 11, 'another character in place of a value'],
    ['{"secret":1.}', 12, 'another character in place of a comma or a closing brace'],
    ['{"secret":01}', 12, 'a number in place of a comma or a closing brace'],
    ['{"secret":[1 2]}', 14, 'a number in place of a comma or a closing bracket'],
    ['{"secret":[1}', 13, 'in place of a comma or a closing bracket'],
    ['{"secret":1', 12, 'the end of the text in place of a comma'],
    ['{"secret":"', 12, 'the end of the text in place of the rest of a string'],
    ['{"secret":"a\nb"}', 13, 'a control character in place of the rest of a string'],
    ['{"secret":"\\x41"}', 12, 'a backslash in place of a valid escape sequence'],
    ['{"secret":"\\u123"}', 12, 'a backslash in place of a valid escape sequence'],
    ['{"😀😀":1,secret}', 9, 'a letter in place of a member name'],
    ['{"secret":1,"secret":2}', 13, 'a second member of the same name'],
    ['{"a":1,"\\u0061":2}', 8, 'a second member of the same name'],
    ['{"b":[{"secret":1,"x":{},"secret":1}]}', 26, 'a second member of the same name'],
    ['{"__proto__":1}', 2, 'a member named __proto__'],
    ['{"a":[{"\\u005f_proto__":1}]}', 8, 'a member named __proto__'],
  ])('%j', (text, place, found) => {
    const error = refusal(() => readJsonObject(text));

    expect(error.code).toBe('invalid_request');
    expect(error.message).toMatch(/^JSON: found .* at character \d+; [a-z].*\.$/);
    expect(error.message).toContain(found);
    expect(error.message).toContain(` at character ${place};`);
    expect(error.message).not.toMatch(/secret|😀|True/);
  });

  it('compares names within one object only', () => {
    const text = '{"a":{"a":[{"a":1},{"a":2}]},"b":{"a":"a"},"A":1}';

    expect(measureJson(text).members).toBe(7);
  });
});

/** What a text should give, by JSON.parse and regular expressions; undefined: a refusal. */
function expectedOf(text: string): JsonMember | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const names: string[] = [];
  const levels = levelsOf(value, names);
  const colons = text.replace(/"(?:[^"\\]|\\.)*"/g, '').split(':').length - 1;
  // JSON.parse keeps the last of several members of one name: fewer than the text has colons.
  if (colons !== names.length || names.includes('__proto__') || levels > levelsMax) {
    return undefined;
  }
  const compact = text.replace(/("(?:[^"\\]|\\.)*")|[ \t\n\r]+/g, '$1');
  return { text: compact, levels, members: names.length };
}

function levelsOf(value: unknown, names: string[]): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (!Array.isArray(value)) names.push(...Object.keys(value));
  return 1 + Math.max(0, ...Object.values(value).map((inner) => levelsOf(inner, names)));
}

const editCharacters = '{}[],:"\'\\/ \t\n\r\u0000\u001f\u00a0\ufeff0123-+.eEuxabtrufalsn';
const edit = fc.record({
  place: fc.double({ min: 0, max: 1, noNaN: true }),
  dropped: fc.nat(1),
  added: fc.oneof(
    fc.string({ unit: fc.constantFrom(...editCharacters.split('')), maxLength: 2 }),
    scalarToken,
  ),
});

const editedText = fc
  .tuple(jsonText, fc.array(edit, { minLength: 1, maxLength: 2 }))
  .map(([text, edits]) =>
    edits.reduce((before, { place, dropped, added }) => {
      const at = Math.floor(place * before.length);
      return before.slice(0, at) + added + before.slice(at + dropped);
    }, text),
  );

describe('beside JSON.parse', () => {
  it.each([
    ['generated', jsonText],
    ['damaged', editedText],
  ])('accepts, refuses and measures alike: %s texts', (_, texts) => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(texts, (text) => {
        const expected = expectedOf(text);
        if (expected === undefined) {
          expect(refusal(() => measureJson(text)).code).toBe('invalid_request');
          expect(refusal(() => readJsonObject(`{"a":${text}}`)).code).toBe('invalid_request');
          seen.refused++;
        } else {
          expect(measureJson(text)).toEqual(expected);
          expect(readJsonObject(`{"a":${text}}`).get('a')).toEqual(expected);
          seen.accepted++;
        }
      }),
      { numRuns: 5_000 },
    );
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(100);
  });

  it('finds the members of an object, their names as written and decoded', () => {
    fc.assert(
      fc.property(jsonText, (value) => {
        const object = expectedOf(`{"a\\/":1,${value.replace(/^\s*\{|\}\s*$/g, '')}}`)?.text;
        fc.pre(object !== undefined);
        const members = jsonMembers(object);

        const rebuilt = [...members.values()].map((member) => `${member.name}:${member.text}`);
        expect(`{${rebuilt.join(',')}}`).toBe(object);
        // Each name alone: of a whole object Node 26.10 now and then reads "\"" as "\\".
        const names = [...members.values()].map(({ name }): unknown => JSON.parse(name));
        expect([...members.keys()]).toEqual(names);
      }),
      { numRuns: 1_000 },
    );
    expect(jsonMembers('{}').size).toBe(0);
  });
});

function repeated(part: (index: number) => string, count: number): string {
  return Array.from({ length: count }, (_, index) => part(index)).join(',');
}

function timeOfReading(text: string, times: number): number {
  const start = performance.now();
  for (let count = 0; count < times; count++) {
    try {
      readJsonObject(text);
    } catch (error) {
      if (!(error instanceof BatonError)) throw error;
    }
  }
  return performance.now() - start;
}

describe('work', () => {
  it.each<[string, (count: number) => string]>([
    ['members', (count) => `{${repeated((index) => `"name${index}":1`, count)}}`],
    ['escaped names', (count) => `{${repeated((index) => `"\\u0061${index}":1`, count)}}`],
    ['small objects', (count) => `{"a":[${repeated(() => '{"a":{"b":[]}}', count)}]}`],
    ['white space between tokens', (count) => `{"a":[ ${repeated(() => '1 ', count)} ] }`],
    ['one run of white space', (count) => `{"a":${'    '.repeat(count)}1}`],
    ['one string', (count) => `{"a":"${'plain\\n\\u00e9'.repeat(count)}"}`],
    ['one number', (count) => `{"a":${'12345678'.repeat(count)}}`],
    ['a wrong end', (count) => `{"a":[${repeated(() => '"😀"', count)}`],
  ])('grows no faster than the text: %s', (_, textOf) => {
    const small = textOf(1_000);
    const large = textOf(32_000);
    const inSmall: number[] = [];
    const inLarge: number[] = [];
    for (let round = 0; round < 8; round++) {
      inSmall.push(timeOfReading(small, 32));
      inLarge.push(timeOfReading(large, 1));
    }

    // The same characters in one text as in 32: about 1, and 32 where work grows as the square.
    expect(Math.min(...inLarge) / Math.min(...inSmall)).toBeLessThan(10);
  });
});
