// The commands that write, look up, erase and list handoff states over HTTP.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';
import { baton, batonJson, type Ended, newDirectory, type RunOptions } from './baton.js';

const directory = newDirectory();
let server: TestServer;
let environment: Record<string, string>;

beforeAll(async () => {
  server = await startServer();
  environment = {
    BATON_URL: server.url,
    BATON_API_KEY: server.keys.admin,
    BATON_ACCOUNT: 'demo',
    BATON_PROJECT: 'demo',
  };
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await server.stop();
});

function call(words: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return baton(words, { ...options, environment: { ...environment, ...options.environment } });
}

describe('put, get and patch', () => {
  const data = '{"b":12345678901234567890,"a":[1.10,-0,1e400],"1":"\\u00e9\\/","n":null}';

  it('keep the text of data as it was written', async () => {
    const input = `{ "id": "exact", "shared_id": "CA1",\n "aliases": ["A1"], "data": ${data} }\n`;
    const put = await call(['put', '--json'], { input });
    const body = `{"id":"exact","shared_id":"CA1","data":${data}}\n`;
    expect(put).toEqual({ code: 0, output: body, errors: '' });

    for (const name of [['--id', 'exact'], ['--shared-id', 'CA1'], ['--shared-id=A1']]) {
      expect((await call(['get', ...name])).output).toBe(body);
    }
    const patch = await call(['patch', '--shared-id', 'A1', '--json'], {
      input: '{"data":{"n":null,"z":1.50}}',
    });
    expect(patch.output).toBe(body.replace('"n":null', '"z":1.50'));
  });

  it('read a file, - and standard input alike', async () => {
    const file = join(directory, 'state.json');
    writeFileSync(file, '{"id":"file","data":{}}');

    const made = await call(['put', file]);
    expect(made.output).toMatch(/^Made: version 1, expires at \d{4}-.*Z\.\n$/);
    const replaced = await call(['put', '-'], { input: '{"id":"file","data":{"a":1}}' });
    expect(replaced.output).toMatch(/^Replaced: version 2, /);
    const changed = await call(['patch'], { input: '{"id":"file","data":{"b":2}}' });
    expect(changed.output).toMatch(/^Changed: version 3, /);
    expect((await call(['get', '--id', 'file'])).output).toContain('{"a":1,"b":2}');
  });

  it('exit 1 for a file that cannot be read or is not UTF-8', async () => {
    const file = join(directory, 'latin');
    writeFileSync(file, Buffer.from([0x7b, 0xe9, 0x7d]));

    const latin = await call(['put', file]);
    expect([latin.code, latin.errors]).toEqual([1, expect.stringContaining('not UTF-8')]);
    const absent = await call(['put', `${file}-absent`]);
    expect([absent.code, absent.errors]).toEqual([1, expect.stringContaining('ENOENT')]);
  });

  it('exit 2 for a patch that names no state', async () => {
    const unnamed = await call(['patch'], { input: '{"data":{}}' });
    expect([unnamed.code, unnamed.errors]).toEqual([2, expect.stringContaining('--id')]);
    const broken = await call(['patch'], { input: '{"data"' });
    expect([broken.code, broken.errors]).toEqual([2, expect.stringContaining('not JSON')]);
  });

  it('tell what the server says, as JSON where JSON is asked for', async () => {
    const { code, output, errors } = await call(['put', '--json'], { input: '{"id":"x"' });
    expect(code).toBe(1);
    expect(output).toBe('');
    expect(JSON.parse(errors)).toEqual({
      error_message: expect.any(String),
      error_code: 'invalid_request',
      error_id: expect.any(String),
    });
  });

  it('wait for a state that is written later', async () => {
    const waiting = call(['get', '--id', 'later', '--wait', '20']);
    await call(['put'], { input: '{"id":"later","data":{}}' });
    expect(await waiting).toEqual({ code: 0, output: '{"id":"later","data":{}}\n', errors: '' });
  });

  it('wait as long as they are told, and no longer', async () => {
    const beganAt = performance.now();
    const { code } = await call(['get', '--id', 'absent', '--wait', '2']);
    expect(code).toBe(3);
    expect(performance.now() - beganAt).toBeGreaterThanOrEqual(2000);
  });
});

describe('erase', () => {
  it('erases, and exits 3 the second time', async () => {
    await call(['put'], { input: '{"id":"gone","data":{}}' });
    const erased = await call(['erase', '--id', 'gone', '--json']);
    expect(JSON.parse(erased.output)).toEqual({
      id: 'gone',
      erased_at: expect.any(String),
      receipt: expect.any(String),
    });

    const again = await call(['erase', '--id', 'gone', '--json']);
    expect(again.code).toBe(3);
    expect(JSON.parse(again.errors)).toMatchObject({ error_code: 'handoff_state_erased' });
  });
});

describe('list', () => {
  it('prints a page, and how to get the next', async () => {
    for (const id of ['l1', 'l2', 'l3']) {
      await call(['put'], { input: `{"id":"${id}","shared_id":"${id}-s","data":{"secret":1}}` });
    }
    const page = await call(['list', '--limit', '2']);
    expect(page.output).toMatch(/^ID +SHARED ID +STATUS .*\nl3 +l3-s +pending .*\nl2 +l2-s .*\n$/);
    const cursor = /--cursor (\S+)/.exec(page.errors)![1]!;
    expect((await call(['list', '--limit', '1', '--cursor', cursor])).output).toContain('\nl1 ');

    const options = { environment };
    const { items, next_cursor } = await batonJson(['list', '--shared-id', 'l2-s'], options);
    expect(items).toEqual([
      {
        id: 'l2',
        shared_id: 'l2-s',
        aliases: [],
        version: 1,
        written_at: expect.stringMatching(/Z$/),
        updated_at: expect.stringMatching(/Z$/),
        expires_at: expect.stringMatching(/Z$/),
        status: 'pending',
      },
    ]);
    expect(next_cursor).toBeNull();
    const words = ['list', '--from', items[0].written_at, '--to', '2999-01-01T00:00:00Z'];
    expect((await batonJson(words, options)).items.map((item: { id: string }) => item.id)).toEqual([
      'l3',
      'l2',
    ]);
  });
});

describe('exit codes', () => {
  it('3 where nothing is found', async () => {
    const { code, errors } = await call(['get', '--id', 'absent']);
    expect(code).toBe(3);
    expect(errors).toMatch(/^No handoff state .* \(request \S+\)\n$/);
  });

  it('4 where the key is refused', async () => {
    const refused = { environment: { BATON_API_KEY: 'wrong' } };
    expect((await call(['get', '--id', 'exact'], refused)).code).toBe(4);
    const reader = { environment: { BATON_API_KEY: server.keys.read } };
    expect((await call(['list'], reader)).code).toBe(4);
  });

  it('5 where nothing answers', async () => {
    const { code, errors } = await call(['get', '--id', 'a', '--json'], {
      environment: { BATON_URL: 'http://127.0.0.1:1' },
    });
    expect(code).toBe(5);
    expect(JSON.parse(errors)).toMatchObject({ error_code: 'network' });
  });

  it('2 for options that are missing, all of them named', async () => {
    const { code, errors } = await baton(['get', '--id', 'a']);
    expect(code).toBe(2);
    for (const variable of Object.keys(environment)) expect(errors).toContain(variable);
  });

  it.each(['http://127.0.0.1:8787/v1', 'ftp://127.0.0.1', 'localhost:8787', 'http://a:b@c'])(
    '2 for %s as origin',
    async (url) => {
      const { code, errors } = await call(['get', '--id', 'a', '--url', url]);
      expect([code, errors]).toEqual([2, expect.stringMatching(/^--url: .* is no origin;/)]);
    },
  );

  it('does not depend on the configuration of a server', async () => {
    const options = { environment: { BATON_PORT: 'x' } };
    expect((await call(['get', '--id', 'absent'], options)).code).toBe(3);
  });
});

it('a flag beats the environment', async () => {
  const { code } = await call(['get', '--id', 'absent', '--api-key', 'wrong']);
  expect(code).toBe(4);
});
