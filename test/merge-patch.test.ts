// JSON Merge Patch on text: the examples of RFC 7396, agreement with its algorithm on parsed values,
// and the survival of everything that a patch leaves alone.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonMembers } from '../src/json-parts.js';
import { measureJson } from '../src/json-text.js';
import { mergePatch } from '../src/merge-patch.js';

describe('the examples of RFC 7396, appendix A', () => {
  it.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ])('%s with %s', (target, patch, result) => {
    expect(mergePatch(target, patch)).toBe(result);
  });
});

describe('what was written', () => {
  const target = '{"10":1.10,"9":-0,"\\u0061":{"x":1e400,"y":["\\/",{}]},"n":null}';

  it.each([
    ['an empty patch', '{}', target],
    [
      'a replaced member keeps its place and the spelling of its name',
      '{"a":12345678901234567890,"\\u0031\\u0030":2.0}',
      '{"10":2.0,"9":-0,"\\u0061":12345678901234567890,"n":null}',
    ],
    [
      'a merged member keeps what its patch leaves alone',
      '{"a":{"z":0.50,"x":null}}',
      '{"10":1.10,"9":-0,"\\u0061":{"y":["\\/",{}],"z":0.50},"n":null}',
    ],
    [
      'new members follow in the order of the patch, spelled as there',
      '{"z":"\\u007a","\\u0062":[null],"1":{"q":null,"r":{"s":1E2,"t":null}}}',
      `${target.slice(0, -1)},"z":"\\u007a","\\u0062":[null],"1":{"r":{"s":1E2}}}`,
    ],
    [
      'a removed name is found however it is spelled',
      '{"\\u006e":null,"a":null,"missing":null}',
      '{"10":1.10,"9":-0}',
    ],
  ])('%s', (_, patch, result) => {
    expect(mergePatch(target, patch)).toBe(result);
  });

  it('is not taken for structure inside strings', () => {
    const text = '{"a":"}],{\\"b\\":null,","b":"\\\\"}';

    expect(mergePatch(text, '{"c":"null"}')).toBe(`${text.slice(0, -1)},"c":"null"}`);
    expect(mergePatch(text, '{"b":"{"}')).toBe('{"a":"}],{\\"b\\":null,","b":"{"}');
  });
});

type Parsed = null | number | string | boolean | Parsed[] | { [name: string]: Parsed };

/** The algorithm of RFC 7396, section 2, on parsed values. */
function referenceMerge(target: Parsed | undefined, patch: Parsed): Parsed {
  if (!isObject(patch)) return patch;
  const result = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = referenceMerge(result[name], value);
  }
  return result;
}

function isObject(value: Parsed | undefined): value is { [name: string]: Parsed } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): Parsed {
  return JSON.parse(text);
}

/** Few names in two spellings each, so that target and patch meet. None begins like a number. */
const nameToken = fc.constantFrom('"a"', '"\\u0061"', '"b"', '"\\u0062"', '"c d"', '"{"', '"e\\""');
const scalar = fc.constantFrom('null', 'null', '1.10', '-0', '1e400', '"\\u0041,}"', '""', 'true');

const { anyText, objectText } = fc.letrec<{ anyText: string; objectText: string }>((tie) => ({
  anyText: fc.oneof(
    { depthSize: 'medium' },
    scalar,
    tie('objectText'),
    fc.array(tie('anyText'), { maxLength: 2 }).map((items) => `[${items.join(',')}]`),
  ),
  objectText: fc
    .uniqueArray(fc.tuple(nameToken, tie('anyText')), {
      selector: ([name]) => JSON.parse(name),
      maxLength: 5,
    })
    .map((members) => `{${members.map((member) => member.join(':')).join(',')}}`),
}));

/** Fails unless an untouched member is as in the target and a touched one where it was. */
function expectKept(target: string, patch: string, result: string): void {
  if (!target.startsWith('{') || !patch.startsWith('{')) return;
  const [before, change, after] = [target, patch, result].map(jsonMembers);
  const stays = [...before!.keys()].filter((name) => change!.get(name)?.text !== 'null');
  const comes = [...change!.keys()].filter((name) => {
    return !before!.has(name) && change!.get(name)?.text !== 'null';
  });

  expect([...after!.keys()]).toEqual([...stays, ...comes]);
  for (const name of stays) {
    expect(after!.get(name)?.name).toBe(before!.get(name)?.name);
    if (!change!.has(name)) expect(after!.get(name)?.text).toBe(before!.get(name)?.text);
    else expectKept(before!.get(name)!.text, change!.get(name)!.text, after!.get(name)!.text);
  }
  for (const name of comes) expect(after!.get(name)?.name).toBe(change!.get(name)?.name);
}

describe('beside the algorithm on parsed values', () => {
  it.each([
    ['objects', objectText, objectText],
    ['any values', anyText, anyText],
  ])('gives the same value and keeps what is written: %s', (_, targets, patches) => {
    fc.assert(
      fc.property(targets, patches, (target, patch) => {
        const result = mergePatch(target, patch);

        expect(JSON.parse(result)).toEqual(referenceMerge(parsed(target), parsed(patch)));
        expect(measureJson(result).text).toBe(result);
        expectKept(target, patch, result);
      }),
      { numRuns: 3_000 },
    );
  });

  it('changes nothing more when the same patch comes again', () => {
    fc.assert(
      fc.property(objectText, objectText, (target, patch) => {
        const once = mergePatch(target, patch);

        expect(mergePatch(once, patch)).toBe(once);
      }),
    );
  });
});
