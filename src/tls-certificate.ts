// The certificate that the server shows: read from its two files, judged, and how long it holds.

import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { type CertificateAndKey, readCertificateAndKey } from './pem-files.js';

const dayMs = 86_400_000;
const noticeMs = 14 * dayMs;

export interface TlsCertificate extends CertificateAndKey {
  /** Milliseconds since 1970, both inclusive (RFC 5280, section 4.1.2.5). */
  readonly beginsAt: number;
  readonly endsAt: number;
}

/** Throws a plain error of one sentence that names the option and the file. */
export function readTlsCertificate(certFile: string, keyFile: string): TlsCertificate {
  const pair = readCertificateAndKey({ cert: '--tls-cert', key: '--tls-key' }, certFile, keyFile);
  try {
    createSecureContext(pair);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new Error(
      `--tls-cert: the file ${certFile} holds what OpenSSL does not take${code}; give whole ` +
        'certificates with keys of at least 2048 bits (RSA) or 256 bits (EC).',
      { cause: error },
    );
  }
  const { validFrom, validTo } = new X509Certificate(pair.cert);
  return { ...pair, beginsAt: Date.parse(validFrom), endsAt: Date.parse(validTo) };
}

/** What is wrong with its time, and whether clients refuse it for that; null: nothing. */
export function periodFault(
  { beginsAt, endsAt }: TlsCertificate,
  now: number,
): { found: string; isRefused: boolean } | null {
  if (now < beginsAt) return { found: `begins at ${timeText(beginsAt)}`, isRefused: true };
  if (now > endsAt) return { found: `ended at ${timeText(endsAt)}`, isRefused: true };
  if (endsAt - now > noticeMs) return null;
  const days = Math.floor((endsAt - now) / dayMs);
  return { found: `ends at ${timeText(endsAt)}, in ${days} days`, isRefused: false };
}

export function timeText(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
