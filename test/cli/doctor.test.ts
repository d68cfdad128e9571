// `baton doctor`: what it prints for a sound store and a broken one, and that its cure mends.

import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { baton, batonJson, newDirectory } from './baton.js';

const directory = newDirectory();
const dataDir = join(directory, 'store');
const store = ['--data-dir', dataDir];

beforeAll(() => batonJson(['init', ...store]));
afterAll(() => rmSync(directory, { recursive: true }));

it('exits 0 for a sound store, a warning included', async () => {
  const { code, output } = await baton(['doctor', ...store]);
  expect(code).toBe(0);
  expect(output).toMatch(/^ok +durability +WAL, synchronous=FULL$/m);
  expect(output).toMatch(/^warning +master key place /m);
});

it('exits 1 for a problem, and prints a command that mends it', async () => {
  chmodSync(dataDir, 0o755);
  const broken = await baton(['doctor', ...store]);
  expect(broken.code).toBe(1);
  expect(broken.output).toMatch(/^problem +directory mode +0755/m);

  const json = await baton(['doctor', '--json', ...store]);
  expect(json.code).toBe(1);
  const findings: { status: string; cure: string }[] = JSON.parse(json.output);
  const problems = findings.filter((finding) => finding.status === 'problem');
  expect(problems).toHaveLength(1);
  expect(broken.output).toContain(`\n         → ${problems[0]!.cure}\n`);

  execFileSync('sh', ['-c', problems[0]!.cure]);
  expect((await baton(['doctor', ...store])).code).toBe(0);
});

it('says how to make a store where there is none', async () => {
  const { code, output } = await baton(['doctor', '--data-dir', join(directory, 'absent')]);
  expect(code).toBe(1);
  expect(output).toContain('→ baton init');
});
