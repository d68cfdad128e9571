// The document docs/security.md as a reviewer uses it: every test that it names is there, its table of
// requirements is whole, and its regular expression finds keys that leaked and nothing else.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { newKeyText, parseKey } from '../src/key.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const text = readFileSync(`${root}docs/security.md`, 'utf8');

test('every test and script that it names exists', () => {
  const named = [...text.matchAll(/`((?:test|scripts)\/[^`]+)`/g)].map(([, path]) => path!);
  expect(named.length).toBeGreaterThan(100);
  expect([...new Set(named)].filter((path) => !existsSync(root + path))).toEqual([]);
});

describe('the table of OWASP ASVS', () => {
  const table = text.slice(text.indexOf('## OWASP ASVS'));
  const rows = [...table.matchAll(/^\| (\d[^|]*) \| ([^|]*) \| ([^|]*) \|$/gm)];
  const numbers = rows.map(([, requirement]) => requirement!.match(/\d+\.\d+\.\d+/g)!);

  test('names each requirement once, in order, with what shows it', () => {
    expect(rows.length).toBeGreaterThan(70);
    const first = numbers.map(([number]) => number.split('.').map(Number));
    const sorted = first.toSorted((a, b) => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!);
    expect(first).toEqual(sorted);
    expect(new Set(numbers.flat()).size).toBe(numbers.flat().length);
    for (const [row, , , shown] of rows) expect(shown, row).toMatch(/`test\/|\]\(/);
  });

  test('has every chapter, in a row or among what does not apply', () => {
    const rest = table.slice(table.indexOf('Not applicable'));
    const away = [...rest.matchAll(/chapters?\s(\d+)/g)].map(([, chapter]) => chapter!);
    const present = numbers.flat().map((number) => number.split('.')[0]!);
    const chapters = Array.from({ length: 17 }, (_, index) => String(index + 1));
    expect(chapters.filter((it) => ![...away, ...present].includes(it))).toEqual([]);
  });
});

describe('the regular expression for secret scanners', () => {
  const source = /```regex\n(.+)\n```/.exec(text)![1]!;
  const found = (words: string) => words.match(new RegExp(source, 'g')) ?? [];
  const regions = ['us-1', 'uk-1', 'euw-1', 'a', '0', `a${'-'.repeat(30)}b`];

  test('is written in what RE2 knows, and is the one for gitleaks', () => {
    expect(source).not.toMatch(/\(\?[=!<]|\\[1-9]/);
    expect(text.split(source)).toHaveLength(3);
  });

  test('finds each key wherever it stands, whole and alone', () => {
    for (let made = 0; made < 500; made++) {
      const { text: key } = newKeyText(regions[made % regions.length]!);
      for (const place of [
        key,
        `BATON_API_KEY=${key}\n`,
        `{"apiKey":"${key}"}`,
        `curl -u any:${key} https://x`,
        `https://any:${key}@host/`,
        `x-api-key: ${key}\r\n`,
        `export KEY='${key}'; echo`,
        `(${key}), and then.`,
      ]) {
        expect(found(place)).toEqual([key]);
      }
    }
  });

  test('finds nothing in what is no key', () => {
    const { text: key, keyId } = newKeyText('us-1');
    const others = [
      keyId,
      key.slice(0, -1),
      `${key}x`,
      `x${key}`,
      key.replace('baton', 'Baton'),
      key.replace('us-1', 'US-1'),
      key.replace('us-1', '-us'),
      key.replace('_us-1_', '_'),
      key.replace('us-1', 'r'.repeat(33)),
      key.replaceAll('_', '-'),
      'baton_requests_total{route="/v1"} 1',
      'BATON_DATABASE_URL=postgres://baton_us-1_owner:secret@host/baton',
      readFileSync(`${root}README.md`, 'utf8'),
      readFileSync(`${root}docs/api.md`, 'utf8'),
    ];
    for (const other of others) expect([other, found(other)]).toEqual([other, []]);
  });

  test('what it finds is told from a key by the checksum alone', () => {
    const { text: key } = newKeyText('us-1');
    const changed = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');
    expect(found(changed)).toEqual([changed]);
    expect([parseKey(key)?.keyId, parseKey(changed)]).toEqual([key.split('_')[2], undefined]);
  });
});
