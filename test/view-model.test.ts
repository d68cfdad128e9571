// What a key sees of random states, beside a model on JSON.parse.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { namesOfPointer, pointerWithin } from '../src/json-pointer.js';
import { measureJson } from '../src/json-text.js';
import { jsonText } from './support/json-arbitrary.js';
import { seededRandom } from './support/random.js';
import { seen } from './support/seen-data.js';

// Names that collide on purpose, in data and in pointers alike.
const someName = fc.constantFrom('a', 'b', '0', '1', '', 'é', '~', '/', 'a"', '*');
const scalar = fc.constantFrom(
  '"x"',
  '"\\u0061\\n"',
  '1.10',
  'true',
  'null',
  '12345678901234567890',
);
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }).map((parts) => `[${parts.join(',')}]`),
    objectOf(tie('value')),
  ),
}));
const someData = objectOf(fc.oneof(value, jsonText.map(compact)));
const somePointers = fc.array(
  fc.array(someName, { minLength: 1, maxLength: 4 }).map((names) => {
    return names.map((name) => (name === '*' ? '/*' : pointerWithin('', name))).join('');
  }),
  { minLength: 1, maxLength: 6 },
);

function objectOf(values: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const members = fc.uniqueArray(fc.tuple(someName, fc.boolean(), values), {
    selector: ([name]) => name,
    maxLength: 4,
  });
  return members.map((all) => {
    const texts = all.map(([name, escaped, text]) => `${nameToken(name, escaped)}:${text}`);
    return `{${texts.join(',')}}`;
  });
}

function nameToken(name: string, escaped: boolean): string {
  if (!escaped) return JSON.stringify(name);
  const units = Array.from(name, (unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));
  return `"${units.map((unit) => `\\u${unit}`).join('')}"`;
}

/** The text as the server would keep it within data, or null where it would not take it. */
function compact(text: string): string {
  try {
    return measureJson(`[${text}]`).text.slice(1, -1);
  } catch {
    return 'null';
  }
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

function matches(pointer: string, path: readonly string[]): boolean {
  const names = namesOfPointer(pointer);
  return (
    names.length === path.length && names.every((name, at) => name === '*' || name === path[at])
  );
}

/** The value with each part that is reached changed; undefined leaves it out. */
function changed(
  part: Json,
  path: readonly string[],
  change: (part: Json, path: readonly string[], within: () => Json) => Json | undefined,
): Json | undefined {
  return change(part, path, () => {
    if (typeof part !== 'object' || part === null) return part;
    const inner = Object.entries(part)
      .map(([name, one]) => [name, changed(one, [...path, name], change)] as const)
      .filter(([, one]) => one !== undefined) as [string, Json][];
    return Array.isArray(part) ? inner.map(([, one]) => one) : Object.fromEntries(inner);
  });
}

function maskedModel(data: Json, fields: readonly string[]): Json | undefined {
  return otherwise(data, fields, '•••');
}

function allowedModel(data: Json, allow: readonly string[]): Json | undefined {
  return changed(data, [], (part, path, within) => {
    if (allow.some((pointer) => matches(pointer, path))) return part;
    const shown = within();
    const isContainer = typeof shown === 'object' && shown !== null;
    const holdsSome = isContainer && Object.keys(shown).length > 0;
    return holdsSome || path.length === 0 ? shown : undefined;
  });
}

describe('beside a model on JSON.parse', () => {
  const { seed } = seededRandom('views');

  test('both views show the same, as text that would be read again as it is', () => {
    let withheldByBoth = 0;
    fc.assert(
      fc.property(someData, somePointers, (data, pointers) => {
        const whole = JSON.parse(data) as Json;
        const [masked, hidden] = seen(data, 'masked', pointers);
        const [allowed, left] = seen(data, { allow: pointers });
        expect(JSON.parse(masked)).toEqual(maskedModel(whole, pointers));
        expect(JSON.parse(allowed)).toEqual(allowedModel(whole, pointers));
        for (const shown of [masked, allowed]) expect(measureJson(shown).text).toBe(shown);
        if (hidden.length === 0) expect(masked).toBe(data);
        if (left.length === 0) expect(allowed).toBe(data);
        if (hidden.length > 0 && left.length > 0) withheldByBoth += 1;
      }),
      { numRuns: 5_000, seed },
    );
    expect(withheldByBoth).toBeGreaterThan(500);
  });

  test('what an allow-list names as left out is all that it leaves out', () => {
    fc.assert(
      fc.property(someData, somePointers, (data, pointers) => {
        const [shown, left] = seen(data, { allow: pointers });
        fc.pre(left.every((pointer) => pointer !== '' && !pointer.includes('*')));
        const [masked] = seen(data, 'masked', left);
        expect(withoutMasks(JSON.parse(masked) as Json)).toEqual(JSON.parse(shown));
      }),
      { numRuns: 1_000, seed },
    );
  });

  test('two states that differ in sensitive values alone are one to a masked view', () => {
    fc.assert(
      fc.property(someData, somePointers, value, (data, pointers, other) => {
        const changes = (one: Json) => JSON.stringify(otherwise(one, pointers, JSON.parse(other)));
        const whole = JSON.parse(data) as Json;
        const asWritten = JSON.stringify(whole);
        expect(seen(changes(whole), 'masked', pointers)).toEqual(
          seen(asWritten, 'masked', pointers),
        );
      }),
      { numRuns: 2_000, seed },
    );
  });
});

function withoutMasks(data: Json): Json | undefined {
  return changed(data, [], (part, _path, within) => (part === '•••' ? undefined : within()));
}

/** The same with another value at each sensitive place. */
function otherwise(data: Json, fields: readonly string[], other: Json): Json | undefined {
  return changed(data, [], (_part, path, within) =>
    fields.some((field) => matches(field, path)) ? other : within(),
  );
}
