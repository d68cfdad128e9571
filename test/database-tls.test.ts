// The TLS options that a database URL stands for, and what an unusable file is answered with.

import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PeerCertificate } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { parseDatabaseUrl, tlsOptions } from '../src/database-url.js';
import { makeCertificate } from './support/certificate.js';

const { cert: certificate } = makeCertificate();
/** Of `::1`, all but the last. */
const zeros = Array.from({ length: 15 }, () => 0);
const pem = { type: 'pkcs8', format: 'pem' } as const;
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const directory = mkdtempSync(join(tmpdir(), 'baton-tls-'));
const certFile = fileOf('cert.pem', certificate);
const textFile = fileOf('text.pem', 'no PEM');
const otherKeyFile = fileOf('other.key', privateKey.export(pem));
const lockedKeyFile = fileOf(
  'locked.key',
  privateKey.export({ ...pem, cipher: 'aes-256-cbc', passphrase: 'hunter2' }),
);
afterAll(() => rmSync(directory, { recursive: true }));

function fileOf(name: string, content: string | Buffer): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  return file;
}

function optionsOf(query: string, host = 'db.example.com') {
  return tlsOptions(parseDatabaseUrl(`postgres://db?${query}`).tls, host);
}

describe('TLS to PostgreSQL', () => {
  it('is off where it is disabled, and over a socket of this machine', () => {
    expect(optionsOf('sslmode=disable')).toBe(false);
    expect(optionsOf('sslmode=verify-full', '/var/run/postgresql')).toBe(false);
  });

  it('checks nothing with require, the authority with verify-ca', () => {
    expect(optionsOf('sslmode=require')).toEqual({ rejectUnauthorized: false });
    for (const mode of ['require', 'verify-ca']) {
      const options = optionsOf(`sslmode=${mode}&sslrootcert=${certFile}`);
      expect(options).toMatchObject({ rejectUnauthorized: true, ca: certificate });
      const other = peerOf({ names: ['other'] });
      expect(options && options.checkServerIdentity!('', other)).toBeUndefined();
    }
  });

  it.each([
    ['db.example.com', { names: ['db.example.com'] }, { names: ['db.example.org'] }],
    ['10.0.0.1', { addresses: [[10, 0, 0, 1]] }, { addresses: [[10, 0, 0, 2]] }],
    ['::1', { addresses: [[...zeros, 1]] }, { addresses: [[...zeros, 2]] }],
    ['0:0::0001', { addresses: [[...zeros, 1]] }, { names: ['localhost', '::1'] }],
  ])('checks the name of %s with verify-full', (host, own, other) => {
    const options = optionsOf('sslmode=verify-full', host);
    // As `pg` connects to an address, node:tls knows no name of the server.
    const check = options && options.checkServerIdentity!;
    if (!check) throw new Error('There is no check.');
    expect(check('localhost', peerOf(own))).toBeUndefined();
    expect(check('localhost', peerOf(other))).toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  const missing = join(directory, 'missing.pem');
  it.each([
    [`sslrootcert=${missing}`, `sslrootcert: the file ${missing} cannot be read (ENOENT)`],
    [`sslrootcert=${directory}`, `sslrootcert: the file ${directory} cannot be read (EISDIR)`],
    [`sslrootcert=${textFile}`, `sslrootcert: the file ${textFile} holds no certificate`],
    [`sslcert=${textFile}&sslkey=${otherKeyFile}`, `sslcert: the file ${textFile} holds no`],
    [`sslcert=${certFile}&sslkey=${missing}`, `sslkey: the file ${missing} cannot be read`],
    [`sslcert=${certFile}&sslkey=${textFile}`, `sslkey: the file ${textFile} holds no private`],
    [`sslcert=${certFile}&sslkey=${lockedKeyFile}`, `opens without a passphrase`],
    [
      `sslcert=${certFile}&sslkey=${otherKeyFile}`,
      `sslkey: the key in ${otherKeyFile} is not that of the first certificate in ${certFile}`,
    ],
  ])('names the parameter and the file of %s', (query, sentence) => {
    expect(() => optionsOf(query)).toThrow(sentence);
  });
});

/** What node:tls shows of a certificate for these names and addresses, and no others. */
function peerOf(whose: { names?: string[]; addresses?: number[][] }): PeerCertificate {
  const { cert } = makeCertificate({ names: [], addresses: [], ...whose });
  return new X509Certificate(cert).toLegacyObject();
}
