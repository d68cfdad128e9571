// What the package is made of: nothing that a browser lacks.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the package imports nothing and uses nothing that a browser lacks', () => {
  const folder = new URL('../../client/dist/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  expect(files).toContain('index.js');
  for (const name of files) {
    const source = readFileSync(new URL(name, folder), 'utf8');
    const imported = [...source.matchAll(/\b(?:from|import) '([^']*)'|\bimport\(/g)].map(
      ([, from]) => from,
    );
    for (const from of imported) expect(from, name).toMatch(/^\.\//);
    expect(source, name).not.toMatch(/\b(?:Buffer|process|require|setImmediate|global)\b[.(]/);
  }
});
