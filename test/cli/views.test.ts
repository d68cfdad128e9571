// What is sensitive and what a key sees, on the command line.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { baton, batonJson, newDirectory } from './baton.js';

const directory = newDirectory();
const store = ['--data-dir', join(directory, 'store')];
const account = ['--account', 'demo'];
const project = [...account, '--project', 'demo'];
const create = ['key', 'create', ...account, '--permission', 'read'];

beforeAll(async () => {
  await batonJson(['init', ...store]);
});
afterAll(() => rmSync(directory, { recursive: true }));

it('baton project names what is sensitive, shows it and takes it back', async () => {
  const fields = ['--sensitive-fields', '/phone,/notes/*', '--sensitive-fields', '/a b'];
  const sensitive = { sensitive_fields: ['/phone', '/notes/*', '/a b'], sensitive_last_four: true };
  const words = ['project', 'set', ...project, ...fields, '--sensitive-last-four', 'yes'];
  const set = await batonJson([...words, ...store]);
  expect(set).toMatchObject(sensitive);
  const shown = (await baton(['project', 'show', ...project, ...store])).output;
  expect(shown).toMatch(/^sensitive fields +\/phone, \/notes\/\*, \/a b$/m);
  expect(shown).toMatch(/^last four shown +yes$/m);

  const open = ['--sensitive-fields', 'none', '--sensitive-last-four', 'no'];
  const taken = await batonJson(['project', 'set', ...project, ...open, ...store]);
  expect(taken).toEqual({ ...set, sensitive_fields: [], sensitive_last_four: false });
  expect((await baton(['project', 'show', ...project, ...store])).output).toMatch(
    /^sensitive fields +–$/m,
  );
});

it('baton project create takes them too', async () => {
  const words = ['project', 'create', ...account, '--project', 'two', '--sensitive-fields', '/x'];
  const made = await batonJson([...words, ...store]);
  expect(made).toMatchObject({ sensitive_fields: ['/x'], sensitive_last_four: false });
});

it.each<[string[], unknown, string]>([
  [[], 'full', 'full'],
  [['--view', 'full'], 'full', 'full'],
  [['--view', 'masked'], 'masked', 'masked'],
  [['--view', '/a,/b/*', '--view', '/a'], { allow: ['/a', '/b/*'] }, 'listed'],
])('baton key create %j makes a key that keeps its view', async (words, view, word) => {
  const made = await batonJson([...create, ...words, ...store]);
  expect(made.view).toEqual(view);
  const rotated = await batonJson(['key', 'rotate', made.key_id, ...store]);
  expect(rotated.view).toEqual(view);
  const { items } = await batonJson(['key', 'list', ...account, ...store]);
  const listed = items.find((key: { key_id: string }) => key.key_id === rotated.key_id);
  expect(listed.view).toEqual(view);
  const table = (await baton(['key', 'list', ...account, ...store])).output;
  expect(table).toMatch(new RegExp(`^${made.key_id} +– +read +${word} +all +live`, 'm'));
});

it('baton key create prints what the key sees', async () => {
  const { output } = await baton([...create, '--view', '/a,/b/*', ...store]);
  expect(output).toMatch(/^view +\/a, \/b\/\*$/m);
});

it.each([
  [[...create, '--view', 'half'], /^--view: found text of 4 characters .* give a JSON Pointer/],
  [[...create, '--view', 'masked,/a'], /^--view: found text of 6 characters/],
  [[...create, '--view', '/a,'], /^--view: found text of 0 characters/],
  [
    [...create.slice(0, -1), 'write', '--view', 'masked'],
    /^--view: found a view that is not full with the permission write; give/,
  ],
  [
    ['project', 'set', ...project, '--sensitive-fields', 'none,/a'],
    /^--sensitive-fields: found text of 4 characters/,
  ],
  [
    ['project', 'set', ...project, '--sensitive-fields', manyPointers(101)],
    /^--sensitive-fields: found 101 pointers; give at most 100/,
  ],
  [['project', 'set', ...project, '--sensitive-last-four', 'maybe'], /give one of yes, no/],
])('baton refuses %j as wrong usage', async (words, sentence) => {
  const { code, errors } = await baton([...words, ...store]);
  expect([code, errors]).toEqual([2, expect.stringMatching(sentence)]);
});

function manyPointers(count: number): string {
  return Array.from({ length: count }, (_, place) => `/${place}`).join(',');
}
