// Master keys under load, on the processes that operators run: rotation, old lines removed, kills.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { newMasterKeyText } from '../../src/master-key.js';
import type { Project } from '../../src/project.js';
import { examineStore, openStore } from '../../src/store/open.js';
import { runBaton, serveChild, spawnBaton } from '../support/child-server.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { seededRandom } from '../support/random.js';
import { send } from '../support/request.js';
import { makePlace, type StorePlace } from '../support/store-place.js';
import { openRows } from '../support/stored-rows.js';
import { temporaryDirectory } from '../support/test-config.js';

const isPostgres = () => inject('storeKind') === 'postgres';
const kills = 6;

interface Installation {
  readonly place: StorePlace;
  readonly keyFile: string;
  /** For the commands and the server. */
  readonly environment: Record<string, string>;
}

/** A store of so many projects with a state each, and its key file. */
async function install(projects: number): Promise<Installation & { projects: Project[] }> {
  const keyFile = join(temporaryDirectory(), 'some.key');
  writeFileSync(keyFile, `${newMasterKeyText()}\n`, { mode: 0o600 });
  const place = await makePlace({ masterKeyFile: keyFile, masterKey: null });
  onTestFinished(() => place.remove());
  const { dataDir, databaseUrl } = place.config;
  const environment = {
    BATON_MASTER_KEY_FILE: keyFile,
    ...(databaseUrl === null ? { BATON_DATA_DIR: dataDir } : { BATON_DATABASE_URL: databaseUrl }),
  };
  const store = await place.open('tool');
  const made: Project[] = [];
  for (let n = 0; n < projects; n++) {
    made.push(await store.createProject({ accountSlug: 'acme', projectSlug: `team-${n}` }));
    await store.put(made[n]!, stateOf('first'), {});
  }
  await store.close();
  return { place, keyFile, environment, projects: made };
}

function stateOf(id: string) {
  const dataText = `{"of":"${id}"}`;
  return { id, sharedId: `s-${id}`, aliases: [], dataText, ttlSeconds: null };
}

const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n').filter(Boolean);

/** As the operator does on PostgreSQL; on SQLite the rotation does it. */
function addKey({ keyFile }: Installation): void {
  writeFileSync(keyFile, `${newMasterKeyText()}\n${readFileSync(keyFile, 'utf8')}`);
}

function keepFirstLine({ keyFile }: Installation): void {
  writeFileSync(keyFile, `${linesOf(keyFile)[0]}\n`);
}

async function wrappedKeys({ place }: Installation): Promise<{ status: string; found: string }> {
  const findings = await examineStore(place.config);
  return findings.find(({ check }) => check === 'wrapped keys')!;
}

test('a rotation under load fails no request, and the old key may go', async () => {
  const installation = await install(250);
  const { environment, keyFile } = installation;
  const server = await serveChild([], environment);
  const key = await adminKey(environment);
  const keys = { admin: key, write: key, read: key };
  const targetOf = (team: string) => ({
    stateUrl: `${server.url}/v1/acme/${team}/handoff_state`,
    keys,
  });
  const answers: number[] = [];
  const load = new AbortController();
  const callers = Array.from({ length: 8 }, async (_, worker) => {
    for (let n = 0; !load.signal.aborted; n++) {
      const target = targetOf(`team-${(n * 8 + worker) % 250}`);
      answers.push((await put(target, { id: `${worker}-${n}`, data: { n } })).status);
      answers.push((await lookUp(target, { id: 'first' })).status);
      answers.push((await lookUp(target, { id: `${worker}-${n}` })).status);
    }
  });
  const made: string[] = [];
  const makers = ['http', 'command'].map(async (kind) => {
    for (let n = 0; !load.signal.aborted; n++) {
      const slug = `${kind}-${n}`;
      if (kind === 'http') {
        const body = { project_slug: slug };
        answers.push(
          (await send(`${server.url}/v1/projects`, { method: 'POST', key, body })).status,
        );
      } else {
        const words = ['project', 'create', '--account', 'acme', '--project', slug];
        expect(await runBaton(words, environment)).toMatchObject({ code: 0 });
      }
      answers.push(await firstPut(targetOf(slug)));
      made.push(slug);
    }
  });

  if (isPostgres()) addKey(installation);
  const rotated = await runBaton(['master-key', 'rotate', '--json'], environment);
  expect(rotated).toMatchObject({ code: 0 });
  expect(JSON.parse(rotated.output).rewrapped).toBeGreaterThan(200);
  expect(linesOf(keyFile)).toHaveLength(2);
  keepFirstLine(installation);
  const until = answers.length + 300;
  await expect.poll(() => answers.length, { timeout: 60_000 }).toBeGreaterThan(until);
  load.abort();
  await Promise.all([...callers, ...makers]);
  expect(new Set(answers)).toEqual(new Set([200, 201]));
  expect(made.length).toBeGreaterThan(3);
  expect(server.output()).not.toMatch(/"level":(40|50|60)/);
  expect(await wrappedKeys(installation)).toMatchObject({
    status: 'ok',
    found: expect.stringMatching(/^\d+ by the current master key$/),
  });

  await server.end('SIGTERM');
  const again = await serveChild([], environment);
  const statuses = [...made, 'team-0', 'team-249'].map(async (team) => {
    const stateUrl = `${again.url}/v1/acme/${team}/handoff_state`;
    return (await lookUp({ stateUrl, keys }, { id: 'first' })).status;
  });
  expect(new Set(await Promise.all(statuses))).toEqual(new Set([200]));
  await again.end('SIGTERM');
});

test(`a rotation that was killed ${kills} times is completed by the next one`, async () => {
  const random = seededRandom('kills of a rotation');
  const installation = await install(250);
  const { environment, keyFile, place, projects } = installation;
  if (isPostgres()) addKey(installation);
  for (let n = 0; n < kills; n++) {
    const { child, ended } = spawnBaton(['master-key', 'rotate'], environment);
    const timer = setTimeout(() => child.kill('SIGKILL'), 150 + random.below(400));
    await ended;
    clearTimeout(timer);
  }
  // What the last one sent may still have been carried out: then there is nothing left to do.
  await runBaton(['master-key', 'rotate'], environment);
  expect(await wrappedKeys(installation)).toMatchObject({ status: 'ok' });
  expect(linesOf(keyFile).length).toBeGreaterThan(1);
  keepFirstLine(installation);
  const store = await place.open('server');
  for (const { tenant } of projects) {
    const { found } = await store.lookUp(tenant, { kind: 'shared_id', value: 's-first' });
    expect(found?.body).toContain('"of":"first"');
  }
  await store.close();
});

test('a key that was put first wraps nothing before the rotation, for nodes without it', async () => {
  const { place, keyFile } = await install(1);
  const [old] = linesOf(keyFile);
  const without = { ...place.config, masterKeyFile: null, masterKey: old! };
  const withNew = { ...without, masterKey: `${newMasterKeyText()} ${old}` };
  const roles = isPostgres() ? (['server', 'server'] as const) : (['server', 'tool'] as const);
  const updated = await openStore(withNew, { role: roles[0] });
  const other = await openStore(without, { role: roles[1] });
  const project = await updated.createProject({ accountSlug: 'acme', projectSlug: 'new' });
  await updated.put(project, stateOf('one'), {});
  const { found } = await other.lookUp(project.tenant, { kind: 'id', value: 'one' });
  expect(found?.body).toContain('"of":"one"');
  await Promise.all([updated.close(), other.close()]);
});

test('a key that is still needed keeps a server from starting, and the doctor says so', async () => {
  const installation = await install(150);
  const { environment, keyFile, place } = installation;
  addKey(installation);
  expect(await wrappedKeys(installation)).toEqual({
    check: 'wrapped keys',
    status: 'warning',
    found: '153 of 153 by an older master key',
    cure: 'baton master-key rotate',
  });
  // One step of a rotation that goes no further.
  const tool = await place.open('tool');
  expect(await tool.rewrapKeys()).toBe(153);
  await tool.close();
  expect((await wrappedKeys(installation)).found).toBe('50 of 153 by an older master key');

  const both = linesOf(keyFile);
  keepFirstLine(installation);
  const refused = await runBaton(['serve', '--port', '0'], environment);
  expect(refused.code).toBe(1);
  expect(refused.output).toContain('50 data keys of projects are wrapped by a master key that is');
  expect(await wrappedKeys(installation)).toMatchObject({
    status: 'problem',
    found: '50 of 153 by a master key that is not given',
  });
  for (const line of both) expect(refused.output).not.toContain(line);

  writeFileSync(keyFile, `${both.join('\n')}\n`);
  const rotated = await runBaton(['master-key', 'rotate'], environment);
  expect([rotated.code, rotated.output]).toEqual([0, 'Keys wrapped by the new master key: 50.\n']);
  keepFirstLine(installation);
  await (await place.open('server')).close();
});

test('keys of the environment and of a command are rotated after a restart', async () => {
  const { place, keyFile, environment } = await install(3);
  const [old] = linesOf(keyFile);
  const { BATON_MASTER_KEY_FILE: _, ...others } = environment;
  const given = { ...others, BATON_MASTER_KEY: `${newMasterKeyText()},${old}` };
  const rotated = await runBaton(['master-key', 'rotate'], given);
  expect([rotated.code, rotated.output]).toEqual([0, 'Keys wrapped by the new master key: 6.\n']);
  const again = await runBaton(['master-key', 'rotate'], given);
  expect([again.code, again.output]).toEqual([
    1,
    expect.stringContaining('put a new one before it'),
  ]);
  const refused = await runBaton(['serve', '--port', '0'], environment);
  expect(refused.output).toContain('This master key is not the one of this store');

  const file = join(temporaryDirectory(), 'printed.key');
  writeFileSync(file, given.BATON_MASTER_KEY.split(',')[0]!);
  const byCommand = { ...others, BATON_MASTER_KEY_COMMAND: `cat ${file}` };
  const server = await serveChild([], byCommand);
  await server.end('SIGTERM');
  const failing = { ...others, BATON_MASTER_KEY_COMMAND: 'echo no vault >&2; exit 7' };
  const failed = await runBaton(['serve', '--port', '0'], failing);
  expect([failed.code, failed.output]).toEqual([1, expect.stringContaining('ended with 7')]);
  expect(failed.output).toContain('no vault');
  const commanded = { ...place.config, masterKeyFile: null, masterKeyCommand: `cat ${file}` };
  expect((await examineStore(commanded)).find(({ check }) => check === 'wrapped keys')).toEqual({
    check: 'wrapped keys',
    status: 'ok',
    found: '6 by the current master key',
  });
});

test('a data key that has sealed enough is followed by the next one; the old one opens', async () => {
  const { place, projects } = await install(1);
  const [project] = projects;
  const rows = await openRows(place.config);
  await rows.all('UPDATE data_key SET seals = $1', 2 ** 28);
  const store = await place.open('server');
  await store.put(project!, stateOf('second'), {});
  await store.put(project!, { ...stateOf('third'), sharedId: 's-first' }, {});
  const numbers = await rows.all('SELECT number, seals FROM data_key ORDER BY number');
  expect(numbers).toEqual([
    { number: 1, seals: 2 ** 28 },
    { number: 2, seals: 2 ** 16 },
  ]);
  for (const [id, sharedId] of [['first'], ['second', 's-second'], ['third', 's-first']]) {
    const { found } = await store.lookUp(project!.tenant, { kind: 'id', value: id! });
    const shared = sharedId === undefined ? '' : `"shared_id":"${sharedId}",`;
    expect(found?.body).toBe(`{"id":"${id}",${shared}"data":{"of":"${id}"}}`);
  }
  await store.close();
  await rows.close();
});

async function adminKey(environment: Record<string, string>): Promise<string> {
  const words = ['key', 'create', '--account', 'acme', '--permission', 'admin', '--json'];
  const { output } = await runBaton(words, environment);
  return JSON.parse(output).secret;
}

/** The server sees a project of another process within a second, or five across nodes. */
async function firstPut(target: Parameters<typeof put>[0]): Promise<number> {
  let status = 0;
  const answered = async () => {
    ({ status } = await put(target, { id: 'first', data: {} }));
    return status;
  };
  await expect.poll(answered, { timeout: 10_000 }).not.toBe(403);
  return status;
}
