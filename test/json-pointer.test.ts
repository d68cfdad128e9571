// JSON Pointers into data: which are taken, and what they name.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatonError } from '../src/error.js';
import { checkPointer, namesOfPointer, pointerWithin } from '../src/json-pointer.js';
import { limits } from '../src/limits.js';

const levels = (count: number) => '/a'.repeat(count);
const long = (characters: number) => `/${'😀'.repeat(characters - 1)}`;

describe('a pointer', () => {
  it.each(['/', '/a', '//', '/*', '/~0~1', '/é 😀"\\', levels(limits.pointerLevelsMax), long(255)])(
    '%s is taken',
    (pointer) => {
      expect(() => checkPointer('it', pointer)).not.toThrow();
    },
  );

  it.each(['', 'a', '#/a', '/~', '/~2', '/a\n', '/\ud800', levels(33), long(256)])(
    '%j is refused',
    (pointer) => {
      const refused = () => checkPointer('--it', pointer);
      expect(refused).toThrow(BatonError);
      expect(refused).toThrow(new RegExp(`^--it: found text of ${[...pointer].length} char`));
    },
  );

  it('is read as it is written', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (names) => {
        expect(namesOfPointer(names.reduce(pointerWithin, ''))).toEqual(names);
      }),
    );
  });
});
