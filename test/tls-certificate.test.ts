// Which pairs of files a server starts with, what the others are answered with, and how long a
// certificate holds.

import { generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { periodFault, readTlsCertificate } from '../src/tls-certificate.js';
import { makeCertificate } from './support/certificate.js';
import { writeTlsFiles } from './support/tls-files.js';

const dayMs = 86_400_000;
const { directory, config, cert } = writeTlsFiles();
const { tlsCert, tlsKey } = config;
afterAll(() => rmSync(directory, { recursive: true }));

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = { type: 'pkcs8', format: 'pem' } as const;
const missing = join(directory, 'missing.pem');
const text = fileOf('text.pem', 'no PEM');
const other = fileOf('other.pem', privateKey.export(pem));
const locked = fileOf(
  'locked.pem',
  privateKey.export({ ...pem, cipher: 'aes-256-cbc', passphrase: 'hunter2' }),
);
const chain = fileOf('chain.pem', cert + makeCertificate().cert);
const cutOff = fileOf('cut-off.pem', cert + makeCertificate().cert.slice(0, 300));

function fileOf(name: string, content: string | Buffer): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  return file;
}

describe('the pair', () => {
  it('is read, with the certificates that follow the first', () => {
    expect(readTlsCertificate(chain, tlsKey).cert).toContain(cert);
  });

  it.each([
    [missing, tlsKey, `--tls-cert: the file ${missing} cannot be read (ENOENT)`],
    [directory, tlsKey, `--tls-cert: the file ${directory} cannot be read (EISDIR)`],
    [text, tlsKey, `--tls-cert: the file ${text} holds no certificate`],
    [cutOff, tlsKey, `--tls-cert: the file ${cutOff} holds what OpenSSL does not take (ERR_`],
    [tlsCert, missing, `--tls-key: the file ${missing} cannot be read (ENOENT)`],
    [tlsCert, text, `--tls-key: the file ${text} holds no private key`],
    [tlsCert, locked, 'holds no private key that opens without a passphrase'],
    [tlsCert, other, `--tls-key: the key in ${other} is not that of the first certificate in`],
  ])('of %s and %s is refused', (certFile, keyFile, sentence) => {
    const error = failureOf(() => readTlsCertificate(certFile, keyFile));
    expect(error.message).toContain(sentence);
    expect(error.message).toMatch(/; [^.]+\.$/);
    // Of another class, it would be shown with its stack.
    expect(error.constructor).toBe(Error);
  });
});

describe('the period', () => {
  const endsAt = Date.UTC(2030, 0, 31);
  const certificate = {
    ...makeCertificate(),
    beginsAt: Date.UTC(2030, 0, 1),
    endsAt,
  };

  it.each([
    [Date.UTC(2029, 11, 31), 'begins at 2030-01-01T00:00:00Z', true],
    [endsAt - 14 * dayMs, 'ends at 2030-01-31T00:00:00Z, in 14 days', false],
    [endsAt, 'ends at 2030-01-31T00:00:00Z, in 0 days', false],
    [endsAt + 1, 'ended at 2030-01-31T00:00:00Z', true],
  ])('at %d has a fault', (now, found, isRefused) => {
    expect(periodFault(certificate, now)).toEqual({ found, isRefused });
  });

  it.each([Date.UTC(2030, 0, 1), endsAt - 14 * dayMs - 1])('at %d has none', (now) => {
    expect(periodFault(certificate, now)).toBeNull();
  });

  it('is that of the file', () => {
    const beginsAt = Date.UTC(2026, 1, 3, 4, 5, 6);
    const period = { beginsAt, endsAt: beginsAt + dayMs };
    const { config: pair, directory: own } = writeTlsFiles(makeCertificate(period));
    expect(readTlsCertificate(pair.tlsCert, pair.tlsKey)).toMatchObject(period);
    rmSync(own, { recursive: true });
  });
});

function failureOf(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('Nothing was thrown.');
}
