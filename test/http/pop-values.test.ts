// How a screen pop shows values that come from callers and language models: as text, all of it.

import { afterAll, describe, expect, test } from 'vitest';
import { put } from '../support/handoff-calls.js';
import { decoded, linkTo, textOfPage } from '../support/pop.js';
import { type Random, seededRandom } from '../support/random.js';
import { send } from '../support/request.js';
import { startServer } from '../support/server.js';
import { readStrictly } from '../support/strict-html.js';

const server = await startServer();
afterAll(() => server.stop());
server.clock.stopAt(Date.UTC(2030, 5, 1, 12));

let calls = 0;
/** The page of a state with this JSON text as its data. */
async function pageOf(dataText: string): Promise<string> {
  calls += 1;
  const id = `call-${calls}`;
  const written = await put(server, `{"id":"${id}","data":${dataText}}`);
  expect(written.status, written.text).toBe(201);
  const page = await send(await linkTo(server, { id }));
  expect(page.status).toBe(200);
  readStrictly(page.text);
  return page.text;
}

const shown = async (data: unknown) => textOfPage(await pageOf(JSON.stringify(data)));

describe('who is calling and why', () => {
  test.each([
    [{ name: 'Ada' }, 'Ada'],
    [{ customer: 'Ada' }, 'Ada'],
    [{ callerName: 'Ada', agent_name: 'Bot' }, 'Ada'],
    [{ caller: { full_name: 'Ada', name: 'A.' } }, 'Ada'],
    [{ customer: { firstName: 'Ada', 'last-name': 'Lovelace' } }, 'Ada Lovelace'],
    [{ phone_number: '+44 20 7946 0958' }, '+44 20 7946 0958'],
    [{ name: ' ', ani: '+442079460958' }, '+442079460958'],
    [{ case: { about: { person: { name: 'Ada' } } } }, 'Caller not named'],
    [{ name: ['Ada'] }, 'Caller not named'],
    [{}, 'Caller not named'],
  ])('%j: %s', async (data, who) => {
    const page = await pageOf(JSON.stringify(data));
    const [, heading] = /<h1>(.*?)<\/h1>/s.exec(page) ?? [];
    expect(decoded(heading!.replaceAll(/<[^>]*>/g, ''))).toBe(who);
  });

  test('what the top shows whole does not stand below again', async () => {
    const data = { name: 'Ada', mobile: '5551', email: 'a@b.c', intent: 'Refund', summary: 'Long' };
    const page = await pageOf(JSON.stringify({ ...data, other: 1 }));
    for (const value of Object.values(data)) expect(page.split(`>${value}<`)).toHaveLength(2);
    expect(textOfPage(page)).toMatch(/Ada 5551 · a@b\.c Why Refund Summary Long Written.*Other 1/);
  });

  test('a name that is too long for a heading stands below in full', async () => {
    const name = 'Ada '.repeat(40).trim();
    const text = await shown({ name });
    expect(text).toContain(`Name ${name}`);
  });
});

describe('values', () => {
  test('numbers stay as they were written', async () => {
    const numbers = ['12345678901234567890.10', '1.0', '1E400', '-0', '0.1e-7'];
    const members = numbers.map((number, place) => `"n${place}":${number}`);
    const page = await pageOf(`{${members.join(',')}}`);
    for (const number of numbers) expect(page).toContain(`>${number}<`);
  });

  test.each([
    [true, 'Yes'],
    [false, 'No'],
    [null, 'No value'],
    ['', 'Empty text'],
    [' \t', 'Only white space'],
    [[], 'Empty list'],
    [{}, 'No members'],
    ['2026-07-03', '3 July 2026'],
    [
      '2030-06-01T13:57:00+02:00',
      '1 June 2030, 11:57:00 UTC , 3 minutes ago 2030-06-01T13:57:00+02:00',
    ],
    ['2030-06-01T11:57', '1 June 2030, 11:57 , no time zone given 2030-06-01T11:57'],
    ['2026-02-30', '2026-02-30'],
    ['2026-13-01T00:00:00Z', '2026-13-01T00:00:00Z'],
    ['+44 20 7946 0958', '+44 20 7946 0958'],
    ['https://example.com/?a=1&b=2', 'https://example.com/?a=1&b=2'],
    [['a', 1, null], 'a 1 No value'],
    [{ b: { c: 'd' } }, 'B C d'],
    [[{ a: 1, b: 'x' }, { a: 2 }], 'A B 1 x 2 –'],
    [[[1], [2, [3]]], '1 2 3'],
  ])('%j is shown as: %s', async (value, text) => {
    expect(await shown({ field: value })).toContain(` Field ${text} `);
  });

  test.each([
    ['ledgerName', 'Ledger name'],
    ['customer_id', 'Customer ID'],
    ['HTTPStatus', 'Http status'],
    ['PIN-code', 'PIN code'],
    ['état', 'État'],
    ['名前', '名前'],
    ['a/b <c>', 'a/b <c>'],
    ['_', '_'],
  ])('the label of %s is %s', async (name, label) => {
    expect(await shown({ [name]: 'value' })).toContain(` ${label} value `);
  });
});

describe('hostile values', () => {
  test('nothing is markup, in values, names, lists, tables and at the top', async () => {
    const evil = `<script>alert(1)</script><img src=x onerror='alert(2)' "&lt;`;
    const row = { [evil]: evil, b: 1 };
    const data = { name: evil, phone: evil, reason: evil, [evil]: [evil, [row, row]], x: row };
    const page = await pageOf(JSON.stringify(data));
    expect(page).not.toMatch(/<script|<img|onerror='/);
    expect(textOfPage(page)).toContain(evil);
  });

  test.each([
    ['\u202egnp.exe', '‹U+202E› gnp.exe'],
    ['a\u0000b', 'a ‹U+0000› b'],
    ['\u2066\u2066\u2066x', '‹U+2066 × 3› x'],
    ['a\u200b\u200bb\u00ad', 'a ‹U+200B × 2› b ‹U+00AD›'],
    ['\ufeffx\u2028y', '‹U+FEFF› x ‹U+2028› y'],
    ['\ud800x', '‹U+D800› x'],
    ['x\u{e0041}', 'x ‹U+E0041›'],
    ['a\rb', 'a ‹U+000D› b'],
    ['a\r\nb', 'a b'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
    ['می‌خواهم', 'می‌خواهم'],
  ])('%j is shown as %s', async (text, seen) => {
    expect(await shown({ field: text })).toContain(` Field ${seen} `);
    expect(await shown({ name: text })).toContain(` ${seen} Written`);
    expect(await shown({ [`${text}:`]: 1 })).toContain(` ${seen}`);
  });

  test('what is long is cut, with all of it a click away', async () => {
    const word = 'x'.repeat(32_000);
    const page = await pageOf(JSON.stringify({ word }));
    expect(textOfPage(page)).toContain('… Show all 32,000 characters');
    expect(page.split(word)).toHaveLength(2);
    expect(page).toContain(`<bdi class="text start">${'x'.repeat(280)}…</bdi>`);

    const lines = Array.from({ length: 500 }, (_, line) => `line ${line}`);
    const poem = await pageOf(JSON.stringify({ poem: lines.join('\n') }));
    expect(poem).toMatch(/<bdi class="text start">line 0\n.*line 5…<\/bdi>/s);
    const faces = await pageOf(JSON.stringify({ faces: '😀'.repeat(400) }));
    expect(faces).toContain(`>${'😀'.repeat(280)}…<`);
  });

  test('2,000 members, 16,000 elements and 32 levels are all there, folded', async () => {
    const members = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`m${i}`, i]));
    const many = textOfPage(await pageOf(JSON.stringify(members)));
    expect(many).toContain('Show all 2,000 members');
    expect(many).toContain(' M1999 1999 ');
    const list = textOfPage(await pageOf(JSON.stringify({ list: Array(16_000).fill(9) })));
    expect(list).toContain('Show all 16,000 entries');
    expect(list.match(/ 9(?= )/g)).toHaveLength(16_000);
    const deep = `${'{"a":'.repeat(31)}"bottom"${'}'.repeat(31)}`;
    expect(textOfPage(await pageOf(deep))).toContain(`${'A '.repeat(31)}bottom`);
  });

  test('whatever the data, the page has no markup but its own, and every text is in it', async () => {
    const random = seededRandom('pages of made-up data');
    for (let round = 0; round < 60; round++) {
      const data = madeUpMembers(random, 0);
      const text = textOfPage(await pageOf(JSON.stringify(data)));
      for (const one of textsIn(data)) expect(text).toContain(one.replaceAll(/\s+/g, ' ').trim());
    }
  });
});

// biome-ignore format: a list
const fragments = [
  '<script>', '</style>', '</details>', '<!--', '-->', ']]>', '"', "'", '&', '&lt;', '&#0;',
  'javascript:', '<svg/onload=', '$1', '{{x}}', '\n', '\t', ' ', 'Ada', 'née', '漢字', '🙂',
  'מה', 'ا', '\u0301', '=', '/', '\\', '`', '<b', '><', 'data:text/html,', '%3C', '\\u003c',
];
const names = [
  'name',
  'phone',
  'reason',
  'summary',
  'email',
  'customer',
  'notes',
  'at',
  '__x',
  '0',
];

function madeUpMembers(random: Random, level: number): object {
  const members: Record<string, unknown> = {};
  const count = random.below(7);
  for (let place = 0; place < count; place++) {
    const isPlain = random.below(2) === 0;
    const name = isPlain ? names[random.below(names.length)]! : madeUpText(random);
    members[name] = madeUpValue(random, level);
  }
  return members;
}

function madeUpValue(random: Random, level: number): unknown {
  const kind = random.below(level > 4 ? 5 : 8);
  if (kind === 5) return madeUpMembers(random, level + 1);
  if (kind > 5) {
    return Array.from({ length: random.below(4) }, () => madeUpValue(random, level + 1));
  }
  if (kind === 4) return [true, false, null, 0, -1.5, ''][random.below(6)];
  return madeUpText(random);
}

function madeUpText(random: Random): string {
  const count = 1 + random.below(8);
  const parts = Array.from({ length: count }, () => fragments[random.below(fragments.length)]!);
  return parts.join('');
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
