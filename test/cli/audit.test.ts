// `baton audit`: prints, follows, verifies and exports what was done, on the command line too.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onDatabase } from '../support/raw-audit.js';
import { send } from '../support/request.js';
import { testConfig } from '../support/test-config.js';
import { baton, batonJson, batonServe, newDirectory, type Server, spawned } from './baton.js';

const dataDir = newDirectory();
const store = ['--data-dir', dataDir];
const ofAccount = ['--account', 'demo'];
const ofProject = [...ofAccount, '--project', 'demo'];
let made: { admin_key: string; read_key: string; project_id: string };
let server: Server;

beforeAll(async () => {
  made = await batonJson(['init', ...store]);
  server = await batonServe([...store, '--log-level', 'info']);
});

afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true });
});

function lookUp(id: string) {
  const url = `${server.url}/v1/demo/demo/handoff_state?id=${id}`;
  return send(url, { key: made.read_key });
}

const audit = async (...words: string[]) => (await batonJson(['audit', ...words, ...store])).items;

it('prints what commands did to projects and keys', async () => {
  const project = await batonJson([
    'project',
    'create',
    ...store,
    ...ofAccount,
    '--project',
    'two',
  ]);
  await batonJson([
    'project',
    'set',
    ...store,
    ...ofAccount,
    '--project',
    'two',
    '--retention',
    '1h',
  ]);
  const permission = ['--permission', 'read'];
  const key = await batonJson(['key', 'create', ...store, ...ofAccount, ...permission]);
  await batonJson(['key', 'rotate', key.key_id, ...store]);
  await batonJson(['key', 'revoke', key.key_id, ...store]);
  await batonJson(['project', 'erase', ...store, ...ofAccount, '--project', 'two', '--yes']);
  const entries = await audit(...ofAccount);
  const done = entries.map((entry: { action: string; record: string }) => [
    entry.action,
    entry.record,
  ]);
  expect(done.slice(0, 6)).toEqual([
    ['project_erase', project.project_id],
    ['key_revoke', key.key_id],
    ['key_rotate', key.key_id],
    ['key_create', key.key_id],
    ['project_change', project.project_id],
    ['project_create', project.project_id],
  ]);
  expect(done.slice(6).map(([action]: string[]) => action)).toEqual([
    'key_create',
    'key_create',
    'key_create',
    'project_create',
  ]);
  const operator = { address: 'cli', key_id: null, status: 200, request_id: null };
  for (const entry of entries) expect(entry).toMatchObject(operator);
});

it('keeps nothing of what a command does where the audit is off', async () => {
  const before = await audit(...ofAccount);
  const words = ['key', 'create', ...store, ...ofAccount, '--permission', 'read'];
  await batonJson(words, { environment: { BATON_AUDIT: 'off' } });
  expect(await audit(...ofAccount)).toEqual(before);
});

it('prints the calls of a project, and those that belong to nobody, as a table', async () => {
  await lookUp('table');
  await send(`${server.url}/v1/keys`);
  const table = async (...words: string[]) => (await baton(['audit', ...words, ...store])).output;
  await expect.poll(() => table(...ofProject)).toMatch(/look_up +404 +handoff_state_not_found/);
  expect(await table()).toMatch(/key_list +401 +unauthorized +[\d.]+ +– /);
  expect(await baton(['audit', '--project', 'demo', ...store])).toMatchObject({ code: 2 });
  expect(await baton(['audit', '--account', 'nobody', ...store])).toMatchObject({ code: 3 });
});

it('follows what comes, each entry once, until a signal ends it', async () => {
  const following = spawned(['audit', '--follow', '--json', ...ofProject, ...store]);
  const requests = () =>
    following
      .output()
      .split('\n')
      .filter((line) => line.includes('look_up'))
      .map((line) => JSON.parse(line).request_id);
  const sent: unknown[] = [];
  for (let round = 0; round < 3; round++) {
    const { headers } = await lookUp(`follow-${round}`);
    sent.push(headers['x-request-id']);
    await expect.poll(requests, { timeout: 10_000 }).toContain(sent.at(-1));
  }
  expect(await following.stop('SIGTERM')).toMatchObject({ code: 0, errors: '' });
  expect(requests().slice(-3)).toEqual(sent);
  expect(new Set(requests()).size).toBe(requests().length);
});

it('verifies a whole audit, beside a running server, and finds what is missing by exported heads', async () => {
  await lookUp('before');
  await expect.poll(async () => (await audit(...ofProject)).length).toBeGreaterThan(0);
  const heads = await baton(['audit', 'heads', ...store]);
  const file = join(dataDir, 'heads.json');
  writeFileSync(file, heads.output);
  const verify = () => baton(['audit', 'verify', '--heads', file, ...store]);
  expect(await verify()).toMatchObject({
    code: 0,
    output: expect.stringMatching(/nothing is wrong/),
  });

  const config = testConfig({ dataDir });
  const { chain } = JSON.parse(heads.output).heads[0];
  await onDatabase(config, `DELETE FROM audit_block WHERE chain = '${chain}'`);
  const found = await verify();
  expect(found.code).toBe(1);
  expect(found.output).toContain(`Chain ${chain}: block`);
  const { findings } = JSON.parse((await baton(['audit', 'verify', '--json', ...store])).output);
  expect(findings.length).toBeGreaterThan(0);

  writeFileSync(file, heads.output.replace(/"seq": \d+/, '"seq": 1000'));
  expect((await verify()).output).toContain('The exported heads are forged');
  writeFileSync(file, 'nothing');
  expect(await verify()).toMatchObject({ code: 2, errors: expect.stringContaining('no export') });
});
