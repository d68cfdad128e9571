// The commands that erase by a name or a whole project, and those that check what proves it.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';
import { baton, batonJson, newDirectory } from './baton.js';

const directory = newDirectory();
let server: TestServer;
let environment: Record<string, string>;
let jwks: string;

beforeAll(async () => {
  server = await startServer();
  environment = {
    BATON_URL: server.url,
    BATON_API_KEY: server.keys.admin,
    BATON_ACCOUNT: 'demo',
    BATON_PROJECT: 'demo',
  };
  jwks = join(directory, 'jwks.json');
  writeFileSync(jwks, (await send(`${server.url}/.well-known/jwks.json`)).text);
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await server.stop();
});

async function put(id: string, sharedId: string): Promise<void> {
  const input = JSON.stringify({ id, shared_id: sharedId, data: {} });
  expect((await baton(['put'], { input, environment })).code).toBe(0);
}

describe('erase --alias', () => {
  it('erases all that the name leads to, and exits 3 where that is nothing', async () => {
    for (const id of ['one', 'two']) await put(id, 'crm-1');
    const words = ['erase', '--alias', 'crm-1'];
    const { erased } = await batonJson(words, { environment });
    expect(erased).toEqual(
      ['one', 'two'].map((id) => ({
        id,
        erased_at: expect.any(String),
        receipt: expect.any(String),
      })),
    );
    const again = await baton(words, { environment });
    expect([again.code, again.output]).toEqual([3, '']);
  });

  it('goes with no other name', async () => {
    const words = ['erase', '--alias', 'crm-1', '--id', 'one'];
    const { code, errors } = await baton(words, { environment });
    expect(code).toBe(2);
    expect(errors).toContain('--id or --shared-id or --alias: found 2 of them; give one of them.');
    const none = await baton(['erase'], { environment });
    expect([none.code, none.errors]).toEqual([2, expect.stringContaining('found none')]);
  });
});

describe('receipt', () => {
  it('is checked without a server, from a file and from standard input', async () => {
    await put('proved', 'crm-2');
    const { receipt } = await batonJson(['erase', '--id', 'proved'], { environment });
    const file = join(directory, 'receipt');
    writeFileSync(file, `${receipt}\n`);
    const verify = ['receipt', 'verify', '--jwks', jwks];
    const claims = await batonJson([...verify, file]);
    expect(claims).toMatchObject({ what: 'handoff_state', project_id: server.projectId });
    const piped = await baton(verify, { input: receipt });
    expect([piped.code, piped.errors]).toEqual([0, '']);
    expect(piped.output).toContain('The receipt is genuine.');
    expect(piped.output).toContain(claims.record);

    const listed = await batonJson(['receipt', 'list', '--id', 'proved'], { environment });
    expect(listed.items).toMatchObject([{ record: claims.record, receipt }]);
  });

  it('that is changed, or of other keys, exits 1 and says so', async () => {
    await put('forged', 'crm-3');
    const { receipt } = await batonJson(['erase', '--id', 'forged'], { environment });
    const [header, claims, signature] = receipt.split('.');
    const later = Buffer.from(claims, 'base64url').toString().replace('"iat":1', '"iat":2');
    const changed = `${header}.${Buffer.from(later).toString('base64url')}.${signature}`;
    const verify = ['receipt', 'verify', '--jwks', jwks];
    const forged = await baton(verify, { input: changed });
    expect([forged.code, forged.output]).toEqual([1, '']);
    expect(forged.errors).toContain('The receipt is not genuine');

    const empty = join(directory, 'empty.json');
    writeFileSync(empty, '{"keys":[]}');
    expect((await baton([...verify.slice(0, 3), empty], { input: receipt })).code).toBe(1);
    writeFileSync(empty, 'no keys');
    const strange = await baton([...verify.slice(0, 3), empty], { input: receipt });
    expect([strange.code, strange.errors]).toEqual([1, expect.stringContaining('--jwks: found')]);
  });
});

describe('project erase', () => {
  it('asks for --yes, then ends the project beside the server, with a receipt', async () => {
    const store = ['--data-dir', server.config.dataDir];
    const named = ['--account', 'demo', '--project', 'doomed', ...store];
    const { project_id } = await batonJson(['project', 'create', ...named]);
    const url = `${server.url}/v1/demo/doomed/handoff_state`;
    const key = server.keys.admin;
    const body = { id: 'inside', data: {} };
    expect((await send(url, { method: 'PUT', key, body })).status).toBe(201);
    const lookUp = async () => (await send(`${url}?id=inside`, { key })).status;
    expect(await lookUp()).toBe(200);

    const refused = await baton(['project', 'erase', ...named]);
    expect([refused.code, refused.errors]).toEqual([2, expect.stringContaining('--yes')]);
    expect(await lookUp()).toBe(200);

    const erased = await batonJson(['project', 'erase', '--yes', ...named]);
    expect(erased).toMatchObject({ project_id, erased_at: expect.any(String) });
    await expect.poll(lookUp, { timeout: 1_500 }).toBe(403);
    expect((await send(url, { method: 'PUT', key, body })).status).toBe(403);
    const input = erased.receipt;
    const claims = await batonJson(['receipt', 'verify', '--jwks', jwks], { input });
    expect(claims).toMatchObject({ what: 'project', project_id, key_id: null });
    expect((await baton(['project', 'erase', '--yes', ...named])).code).toBe(3);
  });
});
