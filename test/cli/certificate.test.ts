// A server with TLS as a process, and what the commands say of its certificate.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../support/certificate.js';
import { serveChild, startChild } from '../support/child-server.js';
import { connectTls, shownName, writeTlsFiles } from '../support/tls-files.js';
import { baton, batonJson, newDirectory } from './baton.js';

const dayMs = 86_400_000;
const directory = newDirectory();
const store = ['--data-dir', join(directory, 'store')];
beforeAll(() => batonJson(['init', ...store]));
afterAll(() => rmSync(directory, { recursive: true }));

function flagsOf({ tlsCert, tlsKey }: { tlsCert: string; tlsKey: string }): string[] {
  return ['--tls-cert', tlsCert, '--tls-key', tlsKey];
}

/** The flags of a new pair that ends in so many days. */
function pairThatEndsIn(days: number): string[] {
  const endsAt = Date.now() + days * dayMs;
  const pair = makeCertificate({ beginsAt: Date.now() - 100 * dayMs, endsAt });
  return flagsOf(writeTlsFiles(pair, newDirectoryIn(directory)).config);
}

function newDirectoryIn(parent: string): string {
  return mkdtempSync(join(parent, 'pair-'));
}

describe('serve', () => {
  it('prints where it listens as https, and takes a new pair over on SIGHUP', async () => {
    const { config, directory: place } = writeTlsFiles(
      makeCertificate({ commonName: 'first' }),
      newDirectoryIn(directory),
    );
    const flags = ['--first-run', ...flagsOf(config)];
    const child = await startChild(join(directory, 'first'), flags);
    expect(child.url).toMatch(/^https:/);
    await child.printed(new RegExp(`curl '${child.url}/v1/demo/demo/`));

    // A change is told about once by itself, and again whenever it is asked for.
    writeFileSync(config.tlsKey, 'no key');
    await child.printed(/cannot be used: the old/);
    process.kill(child.pid, 'SIGHUP');
    await child.printed(/(cannot be used: the old.*){2}/s);
    expect(await shownName(child.url)).toBe('first');

    writeTlsFiles(makeCertificate({ commonName: 'second' }), place);
    process.kill(child.pid, 'SIGHUP');
    await child.printed(/a new TLS certificate is in force/);
    expect(await shownName(child.url)).toBe('second');
    expect(await child.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(child.output()).not.toMatch(/PRIVATE KEY|no key/);
  });

  it('speaks no older TLS, whatever Node.js is told', async () => {
    const flags = pairThatEndsIn(100);
    const environment = { NODE_OPTIONS: '--tls-min-v1.0 --tls-cipher-list=DEFAULT@SECLEVEL=0' };
    const child = await serveChild(['--data-dir', join(directory, 'old'), ...flags], environment);
    const old = {
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    } as const;
    await expect(connectTls(child.url, old)).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    });
    await child.end('SIGTERM');
  });

  it('warns of a certificate that has ended, and begins all the same', async () => {
    const child = await startChild(join(directory, 'ended'), pairThatEndsIn(-1));
    expect(child.output()).toMatch(/"level":40.*--tls-cert: the certificate ended at .*; renew it/);
    await child.end('SIGTERM');
  });

  it('exits 1 with one sentence where the pair cannot be used', async () => {
    const [, cert] = pairThatEndsIn(100);
    const [, , , key] = pairThatEndsIn(100);
    const words = ['serve', '--port', '0', '--data-dir', join(directory, 'never')];
    const served = await baton([...words, '--tls-cert', cert!, '--tls-key', key!]);
    expect([served.code, served.output]).toEqual([1, '']);
    expect(served.errors).toMatch(/^--tls-key: the key in .* belong together\.\n$/);
  });
});

describe('doctor', () => {
  const check = 'TLS certificate';

  async function examine(flags: string[]): Promise<{ code: number | null; found?: object }> {
    const { code, output } = await baton(['doctor', '--json', ...store, ...flags]);
    const findings: { check: string }[] = JSON.parse(output);
    const found = findings.find((finding) => finding.check === check);
    return { code, ...(found === undefined ? {} : { found }) };
  }

  it('says nothing of a certificate where there is none', async () => {
    expect(await examine([])).toEqual({ code: 0 });
  });

  it.each([
    [100, 0, 'ok', /^ends at [-\dT:]+Z$/],
    [13.5, 0, 'warning', /^ends at .*, in 13 days$/],
    [-1, 1, 'problem', /^ended at /],
  ])(
    'exits as the certificate that ends in %d days deserves',
    async (days, code, status, found) => {
      const flags = pairThatEndsIn(days);
      const cure = status === 'ok' ? {} : { cure: expect.stringContaining(`-in ${flags[1]} `) };
      const expected = { check, status, found: expect.stringMatching(found), ...cure };
      expect(await examine(flags)).toEqual({ code, found: expected });
    },
  );

  it('finds a pair that no server begins with', async () => {
    const [flag, cert] = pairThatEndsIn(100);
    const { code, found } = await examine([flag!, cert!, '--tls-key', join(directory, 'none')]);
    expect(code).toBe(1);
    expect(found).toMatchObject({ status: 'problem', found: expect.stringContaining('(ENOENT)') });
  });
});
