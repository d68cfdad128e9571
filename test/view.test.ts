// What a key sees of a state, case by case.

import { describe, expect, it } from 'vitest';
import { seen } from './support/seen-data.js';

describe('a masked view', () => {
  it.each<[string, string, string[], string, string[]]>([
    ['nothing sensitive', '{"a":1}', [], '{"a":1}', []],
    ['a text', '{"a":"secret","b":2}', ['/a'], '{"a":"•••","b":2}', ['/a']],
    ['a number', '{"a":12345}', ['/a'], '{"a":"•••"}', ['/a']],
    ['true', '{"a":true}', ['/a'], '{"a":"•••"}', ['/a']],
    ['null', '{"a":null}', ['/a'], '{"a":"•••"}', ['/a']],
    ['an empty text', '{"a":""}', ['/a'], '{"a":"•••"}', ['/a']],
    ['an object', '{"a":{"b":[1]},"c":{}}', ['/a'], '{"a":"•••","c":{}}', ['/a']],
    ['a list', '{"a":[1,"}",2],"c":[]}', ['/a'], '{"a":"•••","c":[]}', ['/a']],
    ['a member within', '{"a":{"b":1,"c":2}}', ['/a/b'], '{"a":{"b":"•••","c":2}}', ['/a/b']],
    ['an element', '{"a":[1,[2],3]}', ['/a/1'], '{"a":[1,"•••",3]}', ['/a/1']],
    ['a member named as an index', '{"a":{"1":7}}', ['/a/1'], '{"a":{"1":"•••"}}', ['/a/1']],
    ['no element 01 or -', '{"a":[1,2]}', ['/a/01', '/a/-'], '{"a":[1,2]}', []],
    ['any member', '{"a":{"b":1,"c":2}}', ['/a/*'], '{"a":{"b":"•••","c":"•••"}}', ['/a/*']],
    ['any element', '{"a":[[1],2]}', ['/a/*'], '{"a":["•••","•••"]}', ['/a/*']],
    ['in any element', '{"a":[{"b":1},3]}', ['/*/*/b'], '{"a":[{"b":"•••"},3]}', ['/*/*/b']],
    [
      'an escaped name',
      '{"a/b~":1,"a":{"b~":2}}',
      ['/a~1b~0'],
      '{"a/b~":"•••","a":{"b~":2}}',
      ['/a~1b~0'],
    ],
    ['~01 is ~1', '{"~1":1,"/":2}', ['/~01'], '{"~1":"•••","/":2}', ['/~01']],
    ['an empty name', '{"":1,"a":{"":2}}', ['/', '/a/'], '{"":"•••","a":{"":"•••"}}', ['/', '/a/']],
    ['a name by its meaning', '{"\\u0061\\/":1}', ['/a~1'], '{"\\u0061\\/":"•••"}', ['/a~1']],
    ['two patterns at a place', '{"a":1}', ['/*', '/a'], '{"a":"•••"}', ['/*', '/a']],
    ['what is not there', '{"a":1,"b":[2]}', ['/c', '/a/b', '/b/x'], '{"a":1,"b":[2]}', []],
    ['nothing tells what is within', '{"a":{"b":1}}', ['/a', '/a/b'], '{"a":"•••"}', ['/a']],
  ])('hides %s', (_what, data, fields, shown, withheld) => {
    expect(seen(data, 'masked', fields)).toEqual([shown, withheld]);
  });

  it('keeps digits, order and escapes of the rest', () => {
    const rest = '"z":12345678901234567890,"10":1.10,"9":-0,"e":1e400,"u":"\\u00e9😀\\/"';
    expect(seen(`{${rest},"a":"x"}`, 'masked', ['/a'])[0]).toBe(`{${rest},"a":"•••"}`);
  });

  it.each([
    ['"12345678"', '"•••"'],
    ['"123456789"', '"•••6789"'],
    ['"+1 555 123 4567"', '"•••4567"'],
    ['"😀😀😀😀😀😀😀😀"', '"•••"'],
    ['"😀😀😀😀😀😀😀🙂😀"', '"•••😀😀🙂😀"'],
    ['"aaaaaaa\\u0061\\n\\"\\u00e9"', '"•••a\\n\\"é"'],
    ['"aaaaaaaaa\\ud800"', '"•••aaa\\ud800"'],
    ['1234567890123', '"•••"'],
    ['["123456789"]', '"•••"'],
    ['{"a":"123456789"}', '"•••"'],
  ])('shows the last four of %s as %s where the project says so', (value, shown) => {
    expect(seen(`{"a":${value}}`, 'masked', ['/a'], true)[0]).toBe(`{"a":${shown}}`);
  });
});

describe('an allow-list', () => {
  it.each<[string, string, string[], string, string[]]>([
    ['a member', '{"a":"\\u00e9","b":2,"c":3}', ['/a'], '{"a":"\\u00e9"}', ['/b', '/c']],
    ['all of a value', '{"a":{"b":[1.10,{}]}}', ['/a'], '{"a":{"b":[1.10,{}]}}', []],
    [
      'what leads to it',
      '{"a":{"b":{"c":1,"d":2}}}',
      ['/a/b/c'],
      '{"a":{"b":{"c":1}}}',
      ['/a/b/d'],
    ],
    ['elements, the rest removed', '{"a":[1,2,3]}', ['/a/2'], '{"a":[3]}', ['/a/0', '/a/1']],
    [
      'a part of each element',
      '{"a":[{"b":1,"c":2},{"b":3},4]}',
      ['/a/*/b'],
      '{"a":[{"b":1},{"b":3}]}',
      ['/a/0/c', '/a/2'],
    ],
    ['in the order of the data', '{"b":1,"a":2}', ['/a', '/b'], '{"b":1,"a":2}', []],
    ['an escaped name', '{"a/b":{"~":1,"x/":2}}', ['/a~1b/~0'], '{"a/b":{"~":1}}', ['/a~1b/x~1']],
    [
      'nothing of what does not lead there',
      '{"a":{"x":1},"b":5,"c":1}',
      ['/a/b', '/b/a', '/c'],
      '{"c":1}',
      ['/a', '/b'],
    ],
    ['nothing of it all', '{"a":1}', ['/b'], '{}', ['']],
    [
      'nothing of what is empty',
      '{"a":{},"b":[],"c":1}',
      ['/a/*', '/b/*', '/c'],
      '{"c":1}',
      ['/a', '/b'],
    ],
  ])('shows %s', (_what, data, allow, shown, withheld) => {
    expect(seen(data, { allow })).toEqual([shown, withheld]);
  });

  it('is explicit: it shows what it names, sensitive or not', () => {
    expect(seen('{"a":"secret","b":1}', { allow: ['/a'] }, ['/a'])[0]).toBe('{"a":"secret"}');
  });
});
