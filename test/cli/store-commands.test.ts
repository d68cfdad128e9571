// The commands that work on the store itself: init, project, key and migrate.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/limits.js';
import { send } from '../support/request.js';
import { baton, batonJson, batonServe, newDirectory, type Server } from './baton.js';

const directory = newDirectory();
const store = ['--data-dir', join(directory, 'store')];
// biome-ignore lint/suspicious/noExplicitAny: what init printed, as JSON
let first: any;

beforeAll(async () => {
  first = await batonJson(['init', ...store]);
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('baton init', () => {
  it('prints what programs need, and nothing else on standard output', () => {
    expect(first).toEqual({
      account_id: expect.stringMatching(/^ws-/),
      project_id: expect.stringMatching(/^PROJECT-/),
      region: 'us-1',
      admin_key: expect.stringMatching(/^baton_us-1_/),
      write_key: expect.stringMatching(/^baton_us-1_/),
      read_key: expect.stringMatching(/^baton_us-1_/),
    });
  });

  it('exits 1 the second time and prints no key', async () => {
    const { code, output, errors } = await baton(['init', ...store]);
    expect(code).toBe(1);
    expect(output).toBe('');
    expect(errors).toContain('baton project create');
  });

  it('takes slugs and ids, and prints a table for people', async () => {
    const words = ['--account', 'acme', '--project', 'sales', '--account-id', 'ws-1', '--region'];
    const other = ['--data-dir', join(directory, 'other')];
    const { code, output } = await baton(['init', ...words, 'euw-1', ...other]);

    expect(code).toBe(0);
    expect(output).toMatch(/^account id +ws-1$/m);
    expect(output).toMatch(/^read key +baton_euw-1_\S+$/m);
    const sales = await batonJson([
      'project',
      'show',
      '--account',
      'ws-1',
      '--project',
      'sales',
      '--region',
      'euw-1',
      ...other,
    ]);
    expect(sales).toMatchObject({ account_slug: 'acme', region: 'euw-1' });
  });

  it.each([
    ['--account', 'Acme'],
    ['--project', 'v1'],
    ['--account-id', 'a b'],
  ])('refuses %s %s as wrong usage', async (flag, text) => {
    const { code, errors } = await baton(['init', flag, text, ...store]);
    expect(code).toBe(2);
    expect(errors).toMatch(new RegExp(`^${flag}: `));
  });
});

describe('a store that is not there', () => {
  it.each([
    [['project', 'list', '--account', 'demo']],
    [['key', 'list', '--account', 'demo']],
    [['migrate']],
  ])('is told with the cure by %j', async (words) => {
    const { code, errors } = await baton([...words, '--data-dir', join(directory, 'absent')]);
    expect(code).toBe(1);
    expect(errors).toContain('`baton init`');
  });
});

describe('baton project', () => {
  it('makes, shows, changes and lists projects', async () => {
    const named = ['--account', 'demo', '--project', 'two'];
    const words = ['--project-id', 'PROJECT-2', '--retention', '1h', '--pickup-deadline', '90s'];
    const made = await batonJson(['project', 'create', ...named, ...words, ...store]);
    expect(made).toMatchObject({
      account_id: first.account_id,
      project_id: 'PROJECT-2',
      project_slug: 'two',
      retention_seconds: 3600,
      pickup_deadline_seconds: 90,
    });

    const changed = await batonJson(['project', 'set', ...named, '--retention', '2h', ...store]);
    expect(changed).toEqual({ ...made, retention_seconds: 7200 });

    const renamed = ['project', 'set', ...named, '--slug', 'second', ...store];
    expect(await batonJson(renamed)).toMatchObject({ project_slug: 'second' });
    const shown = ['project', 'show', '--account', first.account_id, '--project', 'PROJECT-2'];
    expect((await baton([...shown, ...store])).output).toMatch(/^retention +2h$/m);

    const { items } = await batonJson(['project', 'list', '--account', 'demo', ...store]);
    expect(items.map((item: { project_slug: string }) => item.project_slug)).toEqual([
      'second',
      'demo',
    ]);
  });

  it('exits 1 for a slug that is taken', async () => {
    const words = ['project', 'create', '--account', 'demo', '--project', 'demo', ...store];
    const { code, errors } = await baton([...words, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(errors)).toMatchObject({ error_code: 'conflict' });
  });

  it('exits 3 for a project or account that is not there', async () => {
    const words = ['project', 'show', '--project', 'zzz', ...store];
    const project = await baton([...words, '--account', 'demo']);
    expect([project.code, project.errors]).toEqual([3, expect.stringMatching(/^--project: /)]);
    const account = await baton([...words, '--account', 'zzz']);
    expect([account.code, account.errors]).toEqual([3, expect.stringMatching(/^--account: /)]);
  });
});

describe('baton key', () => {
  const account = ['--account', 'demo'];

  it('takes a life of ten years, and none that is a second longer', async () => {
    const words = ['key', 'create', ...account, '--permission', 'read', ...store, '--expires'];
    const made = await batonJson([...words, `${limits.keyLifeSecondsMax}s`]);
    const lifeMs = Date.parse(made.expires_at) - Date.parse(made.created_at);
    expect(lifeMs).toBe(3_650 * 86_400_000);

    const { code, errors } = await baton([...words, `${limits.keyLifeSecondsMax + 1}s`]);
    expect([code, errors]).toEqual([2, expect.stringMatching(/^--expires: .* to 3650d/)]);
  });

  it('prints the secret once, and never in lists', async () => {
    const words = ['--permission', 'write', '--project', 'demo', '--name', 'agent', '--expires'];
    const made = await batonJson(['key', 'create', ...account, ...words, '90d', ...store]);

    expect(made).toMatchObject({
      name: 'agent',
      account_id: first.account_id,
      projects: [first.project_id],
      permission: 'write',
      region: 'us-1',
      revoked_at: null,
    });
    expect(Date.parse(made.expires_at) - Date.parse(made.created_at)).toBe(90 * 86_400_000);
    expect(made.secret).toMatch(new RegExp(`^baton_us-1_${made.key_id}_`));

    const list = await baton(['key', 'list', ...account, '--json', ...store]);
    expect(list.output).toContain(made.key_id);
    expect(list.output).not.toContain(made.secret);
    const table = await baton(['key', 'list', ...account, ...store]);
    expect(table.output).toMatch(
      new RegExp(`^${made.key_id} +agent +write +full +\\S+ +live `, 'm'),
    );
    expect(table.output).not.toContain(made.secret);
  });

  it('prints the secret of a table for people on standard output too', async () => {
    const words = ['key', 'create', ...account, '--permission', 'read', ...store];
    const { output } = await baton(words);
    expect(output).toMatch(/^secret +baton_us-1_\S+$/m);
    expect(output).toMatch(/^projects +all$/m);
  });

  it('reaches several projects, by repetition or commas', async () => {
    const create = ['project', 'create', ...account, '--project', 'three', ...store];
    const { project_id } = await batonJson(create);
    const words = ['key', 'create', ...account, '--permission', 'read', ...store];

    const repeated = await batonJson([...words, '--project', 'demo', '--project', project_id]);
    expect(repeated.projects).toEqual([first.project_id, project_id]);
    const joined = await batonJson([...words, '--project', 'three,demo,demo']);
    expect(joined.projects).toEqual([project_id, first.project_id]);

    const list = ['key', 'list', ...account, '--project', 'three', ...store];
    const { items } = await batonJson(list);
    const ids = items.map((item: { key_id: string }) => item.key_id);
    expect(ids).toEqual(expect.arrayContaining([repeated.key_id, joined.key_id]));
    expect(ids).not.toContain(first.read_key.split('_')[2]);
  });

  it('exits 3 for a project or key that is not there', async () => {
    const words = ['key', 'create', ...account, '--permission', 'read', '--project', 'demo,zzz'];
    expect((await baton([...words, ...store])).code).toBe(3);
    expect((await baton(['key', 'revoke', 'zzz', ...store])).code).toBe(3);
    expect((await baton(['key', 'rotate', 'zzz', ...store])).code).toBe(3);
  });
});

/** When a key was used the server notes later. */
const unused = (item: object): object => ({ ...item, last_used_at: null });

describe('beside a running server', () => {
  let server: Server;
  beforeAll(async () => {
    server = await batonServe(store);
  });
  afterAll(async () => {
    await server.stop();
  });

  /** The status that the key gets for a look-up, as soon as it is the awaited one, within 1 s. */
  async function soonStatus(key: string, awaited: number): Promise<number> {
    const url = `${server.url}/v1/demo/demo/handoff_state?id=none`;
    const end = performance.now() + 1000;
    let { status } = await send(url, { key });
    while (status !== awaited && performance.now() < end) ({ status } = await send(url, { key }));
    return status;
  }

  it('makes, rotates and revokes keys that the server knows within a second', async () => {
    const words = ['key', 'create', '--account', 'demo', '--permission', 'read', ...store];
    const old = await batonJson(words);
    expect(await soonStatus(old.secret, 404)).toBe(404);

    const rotate = ['key', 'rotate', old.key_id, '--overlap', '0s', ...store];
    const successor = await batonJson(rotate);
    expect(successor).toMatchObject({ permission: 'read', projects: null });
    expect(await soonStatus(successor.secret, 404)).toBe(404);
    expect(await soonStatus(old.secret, 403)).toBe(403);

    const revoked = await batonJson(['key', 'revoke', successor.key_id, ...store]);
    expect(revoked.revoked_at).not.toBeNull();
    expect(await soonStatus(successor.secret, 403)).toBe(403);
  });

  it.each(['key', 'project'])('lists each %s as the server does', async (noun) => {
    const printed = await batonJson([noun, 'list', '--account', 'demo', ...store]);
    const url = `${server.url}/v1/${noun}s?limit=200`;
    const { json } = await send(url, { key: first.admin_key });
    expect(printed.items.map(unused)).toEqual(json.items.map(unused));
  });

  it('lets the old key of a rotation work on for its overlap', async () => {
    const words = ['key', 'create', '--account', 'demo', '--permission', 'read', ...store];
    const old = await batonJson([...words, '--expires', '90d']);
    const rotatedAt = Date.now();
    await batonJson(['key', 'rotate', old.key_id, ...store]);

    const { items } = await batonJson(['key', 'list', '--account', 'demo', ...store]);
    const listed = items.find((item: { key_id: string }) => item.key_id === old.key_id);
    const endsAfter = Date.parse(listed.expires_at) - rotatedAt;
    expect(endsAfter).toBeGreaterThanOrEqual(86_400_000);
    expect(endsAfter).toBeLessThan(86_400_000 + 10_000);
    expect(await soonStatus(old.secret, 404)).toBe(404);
  });

  it('refuses to migrate, and names the process that holds the store', async () => {
    const { code, errors } = await baton(['migrate', ...store]);
    expect(code).toBe(1);
    expect(errors).toContain(`process ${server.process.pid}`);
  });
});

describe('baton migrate', () => {
  it('says the schema version of a store that no server holds', async () => {
    const { from_version, to_version } = await batonJson(['migrate', ...store]);
    expect(from_version).toBe(to_version);
    const { output } = await baton(['migrate', ...store]);
    expect(output).toBe(`The store has schema version ${to_version} already.\n`);
  });

  it('distributes nothing without a database', async () => {
    const { code, output, errors } = await baton(['migrate', '--distribute', ...store]);
    expect([code, output]).toEqual([2, '']);
    expect(errors).toMatch(/^--distribute: found no database URL .*--database-url/);
  });
});
