// The house rules, and what the documents claim, checked on the files themselves.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { configOptions } from '../src/config.js';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Source {
  readonly path: string;
  readonly text: string;
}

const sources = [...filesBelow('src'), ...filesBelow('client/src'), ...filesBelow('console/src')];
const tests = filesBelow('test');
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'client/README.md',
]
  .concat(
    readdirSync(join(root, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  )
  .map(read);

describe('imports run one way', () => {
  const layers: [string, string[]][] = [
    ['src/store/sqlite/', ['../../http/', '../../cli/', '../../serve', '../postgres/']],
    ['src/store/postgres/', ['../../http/', '../../cli/', '../../serve', '../sqlite/']],
    ['src/store/', ['../http/', '../cli/', '../serve']],
    [
      'src/http/',
      ['../cli/', '../serve', '../store/sqlite/', '../store/postgres/', '../store/open'],
    ],
    ['src/cli/', ['../http/', '../main', '../store/sqlite/', '../store/postgres/']],
  ];
  test.each(layers)('%s imports nothing above it', (folder, forbidden) => {
    const files = sources.filter(({ path }) => path.startsWith(folder));
    expect(files.length).toBeGreaterThan(0);
    expect(offences(files, (line) => forbidden.some((way) => imports(line, way)))).toEqual([]);
  });

  test('the root of src imports no folder, the composition root and the entry apart', () => {
    const domain = sources.filter(
      ({ path }) =>
        /^src\/[^/]+$/.test(path) &&
        !['src/main.ts', 'src/serve.ts', 'src/first-run.ts'].includes(path),
    );
    expect(offences(domain, (line) => /from '\.\/[^']+\//.test(line))).toEqual([]);
  });

  test('the console imports itself, the types of the client and what draws', () => {
    const console = sources.filter(({ path }) => path.startsWith('console/'));
    const known = /from '(?!\.\.?\/|@baton\/client'|preact(\/hooks)?'|uplot')/;
    expect(offences(console, (line) => known.test(line))).toEqual([]);
  });

  test('the client imports nothing but itself', () => {
    const client = sources.filter(({ path }) => path.startsWith('client/'));
    expect(offences(client, (line) => /from '(?!\.\/)/.test(line))).toEqual([]);
  });
});

test('no write asks for the time where Citus refuses it: it must not differ between copies', () => {
  const postgres = sources.filter(({ path }) => path.startsWith('src/store/postgres/'));
  const refused = [
    /DO UPDATE SET[^`]*\$\{(?:databaseNow|statementNow)\}/,
    /`(?:UPDATE|DELETE FROM)[^`]*\$\{databaseNow\}/,
  ];
  const found = postgres.filter(({ text }) => refused.some((pattern) => pattern.test(text)));
  expect(found.map(({ path }) => path)).toEqual([]);
});

describe('what stands in one place only', () => {
  test('the environment is read in one file', () => {
    const readers = sources.filter(({ text }) => text.includes('process.env'));
    expect(readers.map(({ path }) => path)).toHaveLength(1);
  });

  test('HTTP is called by the client alone, and by the console, whose key is a cookie, in one file', () => {
    const others = sources.filter(
      ({ path }) => !path.startsWith('client/') && path !== 'console/src/api.ts',
    );
    expect(offences(others, (line) => /\bfetch\(/.test(line))).toEqual([]);
  });

  test('no code is made from text, and no request goes out', () => {
    const marks = /\beval\(|new Function\(|node:vm'|\bhttps?\.(?:request|get)\(/;
    expect(offences(sources, (line) => marks.test(line))).toEqual([]);
  });

  test('no process.exit but in the entry', () => {
    const others = sources.filter(({ path }) => path !== 'src/main.ts');
    expect(offences(others, (line) => line.includes('process.exit('))).toEqual([]);
  });
});

describe('how files read', () => {
  test('each begins with a sentence that says what it is for', () => {
    const silent = [...sources, ...tests].filter(
      ({ text }) => !/^(#!.*\n)?\/\/ [A-Z0-9`@/]/.test(text),
    );
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  test('none is over 300 lines, and the median source is under 120', () => {
    const lengths = sources.map(({ text }) => text.split('\n').length).toSorted((a, b) => a - b);
    const long = [...sources, ...tests].filter(({ text }) => text.split('\n').length > 301);
    expect(long.map(({ path }) => path)).toEqual([]);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThan(120);
  });

  test('none hands on what another one exports, the index of the client apart', () => {
    const others = sources.filter(({ path }) => path !== 'client/src/index.ts');
    const handing = others.filter(({ text }) => /^export [^;(=]*? from '/m.test(text));
    expect(handing.map(({ path }) => path)).toEqual([]);
  });

  test('none is a drawer', () => {
    const drawers = [...sources, ...tests].filter(({ path }) =>
      /(utils?|helpers?|manager|service|common)\b/i.test(path),
    );
    expect(drawers.map(({ path }) => path)).toEqual([]);
  });

  test('nothing is unfinished, skipped or of one machine', () => {
    const marks = /\b(TODO|FIXME|XXX)\b|\.(skip|only)\(|\/work\/|\/home\//;
    const own = 'test/house.test.ts';
    const files = [...sources, ...tests, ...documents].filter(({ path }) => path !== own);
    expect(offences(files, (line) => marks.test(line))).toEqual([]);
  });
});

describe('what the documents claim', () => {
  const readme = read('README.md').text;

  test('the README lists every option with its flag, variable and default', () => {
    for (const { flag, variable, fallbackHelp } of Object.values(configOptions)) {
      if (flag !== null) expect(readme).toContain(`\`${flag}\``);
      expect(readme).toContain(`\`${variable}\``);
      if (/^[\w.:/-]+$/.test(fallbackHelp)) expect(readme).toContain(fallbackHelp);
    }
  });

  test('every variable and every local link in a document exists', () => {
    const variables = new Set<string>(Object.values(configOptions).map(({ variable }) => variable));
    for (const name of ['BATON_URL', 'BATON_API_KEY', 'BATON_ACCOUNT', 'BATON_PROJECT']) {
      variables.add(name);
    }
    for (const { path, text } of documents) {
      for (const [name] of text.matchAll(/BATON_[A-Z_]+/g)) {
        expect(variables, `${path}: ${name}`).toContain(name);
      }
      for (const [, link] of text.matchAll(/\]\((?!http|#|\?:)([^)#]+)/g)) {
        const target = join(root, path, '..', link!);
        expect(() => readFileSync(target), `${path}: ${link}`).not.toThrow();
      }
    }
  });

  test('every npm script that a document names exists', () => {
    const { scripts } = JSON.parse(read('package.json').text) as { scripts: object };
    for (const { path, text } of documents) {
      for (const [, name] of text.matchAll(/npm run ([\w:]+)/g)) {
        expect(Object.keys(scripts), `${path}: npm run ${name}`).toContain(name);
      }
    }
  });
});

function filesBelow(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => read(relative(root, join(entry.parentPath, entry.name))));
}

function read(path: string): Source {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

function imports(line: string, way: string): boolean {
  return line.includes(`from '${way}`) || line.includes(`import('${way}`);
}

function offences(files: readonly Source[], isOffence: (line: string) => boolean): string[] {
  return files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .map((line, index) => (isOffence(line) ? `${path}:${index + 1}: ${line.trim()}` : ''))
      .filter((found) => found !== ''),
  );
}
