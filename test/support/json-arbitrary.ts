// JSON texts made up at random: every kind of value, odd escapes, names and digits, white space.

import * as fc from 'fast-check';

const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\r', '\t'), maxLength: 2 });
const stringParts =
  'a b é 😀 { ] : , \u2028 \u007f \\\\ \\" \\/ \\n \\u0061 \\u00e9 \\ud800 \\u005f';
const stringToken = fc
  .string({ unit: fc.constantFrom(' ', '__proto__', ...stringParts.split(' ')), maxLength: 4 })
  .map((content) => `"${content}"`);
const scalars = '0 -0 7 1.10 1e400 -2.5E-3 12345678901234567890 true false null';
export const scalarToken = fc.constantFrom(...scalars.split(' '));

function joined(opener: string, items: fc.Arbitrary<string>, closer: string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.array(items, { maxLength: 5 }), space)
    .map(([parts, inside]) => `${opener}${inside}${parts.join(',')}${closer}`);
}

export const { jsonText } = fc.letrec<{ jsonText: string }>((tie) => {
  const spaced = fc.tuple(space, tie('jsonText'), space).map((parts) => parts.join(''));
  const member = fc
    .tuple(space, stringToken, space, spaced)
    .map(([before, name, after, value]) => `${before}${name}${after}:${value}`);
  return {
    jsonText: fc.oneof(
      { depthSize: 'small' },
      fc.oneof(stringToken, scalarToken),
      joined('[', spaced, ']'),
      joined('{', member, '}'),
      fc.tuple(fc.nat(40), tie('jsonText')).map(([levels, inner]) => {
        return '['.repeat(levels) + inner + ']'.repeat(levels);
      }),
    ),
  };
});
