// `baton backup` and `baton restore` as people and scripts call them.

import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { send } from '../support/request.js';
import { baton, batonJson, batonServe, newDirectory } from './baton.js';

const directory = newDirectory();
const files = join(directory, 'files');
const file = join(files, 'baton.backup');
const environment = { BATON_MASTER_KEY: 'fa'.repeat(32) };
const store = ['--data-dir', join(directory, 'store')];
// biome-ignore lint/suspicious/noExplicitAny: what init printed, as JSON
let first: any;

beforeAll(async () => {
  first = await batonJson(['init', ...store], { environment });
});
beforeEach(() => {
  rmSync(files, { recursive: true, force: true });
  mkdirSync(files);
});
afterAll(() => rmSync(directory, { recursive: true }));

it('writes one file, for its owner only, and says what is in it', async () => {
  const { code, output, errors } = await baton(['backup', file, ...store], { environment });
  expect([code, errors]).toEqual([0, '']);
  const bytes = readFileSync(file);
  const digest = hash('sha256', bytes);
  expect(output).toBe(`Backed up 11 rows to ${file}: ${bytes.length} bytes, SHA-256 ${digest}.\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(files)).toEqual(['baton.backup']);
});

it('prints JSON, before and after, and the keys work', async () => {
  const written = await batonJson(['backup', file, ...store], { environment });
  const { file: found, ...manifest } = written;
  expect(manifest).toEqual({
    baton_version: expect.stringMatching(/^\d/),
    store: 'sqlite',
    schema_version: expect.any(Number),
    region: 'us-1',
    created_at: expect.stringMatching(/Z$/),
    rows: expect.objectContaining({ project: 1, api_key: 3, handoff_state: 0 }),
  });
  expect(found).toEqual({
    bytes: statSync(file).size,
    sha256: hash('sha256', readFileSync(file)),
  });

  const restored = ['--data-dir', join(files, 'restored')];
  expect(await batonJson(['restore', file, ...restored], { environment })).toEqual(manifest);
  expect((await baton(['doctor', ...restored], { environment })).code).toBe(0);
  const server = await batonServe(restored, { environment });
  const url = `${server.url}/v1/demo/demo/handoff_state?id=none`;
  expect((await send(url, { key: first.read_key })).status).toBe(404);
  await server.stop();
});

it('replaces an older file at once, and what a killed one left', async () => {
  writeFileSync(file, 'older', { mode: 0o644 });
  writeFileSync(`${file}.partial`, 'left over');
  expect((await baton(['backup', file, ...store], { environment })).code).toBe(0);
  expect(readFileSync(file, 'latin1')).toMatch(/^baton-backup 1 /);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(existsSync(`${file}.partial`)).toBe(false);
});

it('writes to standard output with -, nothing else beside', () => {
  const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [program, 'backup', '-', ...store],
    {
      env: { PATH: process.env.PATH, ...environment },
    },
  );
  expect([status, stderr.toString()]).toEqual([0, expect.stringContaining(hash('sha256', stdout))]);
});

it('leaves no file behind where it fails', async () => {
  const another = { environment: { BATON_MASTER_KEY: '01'.repeat(32) } };
  const { code, errors } = await baton(['backup', file, ...store], another);
  expect([code, errors]).toEqual([1, expect.stringContaining('none of the given master keys')]);
  expect(readdirSync(files)).toEqual([]);
});

it('says what file it could not write', async () => {
  const place = join(files, 'absent', 'file');
  const { code, errors } = await baton(['backup', place, ...store], { environment });
  expect([code, errors]).toEqual([1, expect.stringContaining(`could not write ${place} (ENOENT)`)]);
  const taken = await baton(['backup', files, ...store], { environment });
  expect(taken.errors).toContain(`could not write ${files} (EISDIR)`);
  expect(existsSync(`${files}.partial`)).toBe(false);
});

it.each([
  [['backup'], 'FILE'],
  [['backup', '-', '--json'], '--json'],
  [['restore'], 'FILE'],
])('is wrong usage: %j', async (words, named) => {
  const { code, errors } = await baton([...words, ...store], { environment });
  expect(code).toBe(2);
  expect(errors).toContain(`${named}: `);
});

it('says how to make a store where there is none to back up', async () => {
  const absent = ['--data-dir', join(directory, 'absent')];
  const { code, errors } = await baton(['backup', file, ...absent], { environment });
  expect([code, errors]).toEqual([1, expect.stringContaining('`baton init`')]);
  expect(readdirSync(files)).toEqual([]);
});
