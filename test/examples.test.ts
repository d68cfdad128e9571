// The examples of the README and of documents, run as they stand against a real server.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from './support/server.js';

const run = promisify(execFile);

const documents = ['README.md', 'docs/api.md', 'docs/outcomes.md'];

describe.each(documents)('the examples of %s', (document) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  test('each curl is answered with success, one after the other', async () => {
    const script = examplesOf(document);
    expect(script).toContain('curl');
    const { stdout } = await run('bash', ['-euc', `${failingCurl}\n${script}`], {
      env: {
        PATH: process.env.PATH,
        BATON_URL: server.url,
        READ_KEY: server.keys.read,
        WRITE_KEY: server.keys.write,
        ADMIN_KEY: server.keys.admin,
        ACCOUNT: 'demo',
        PROJECT: 'demo',
      },
    });
    expect(stdout).toContain('"shared_id":');
  });
});

/** Makes an answer of 400 or above end the script. */
const failingCurl = 'curl() { command curl --silent --show-error --fail-with-body "$@"; }';

function examplesOf(document: string): string {
  const path = fileURLToPath(new URL(`../${document}`, import.meta.url));
  const blocks = readFileSync(path, 'utf8').matchAll(/```sh\n(.*?)```/gs);
  return [...blocks].map(([, block]) => block).join('\n');
}
