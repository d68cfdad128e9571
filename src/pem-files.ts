// Reads the PEM files of TLS, and says which one cannot be used.
// Every function throws a plain error of one sentence that names the parameter and the file.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The texts of a certificate and the key that belongs to it. */
export interface CertificateAndKey {
  readonly cert: string;
  readonly key: string;
}

/** The text of a file, of which at least the first certificate can be read. */
export function readCertificate(parameter: string, file: string): string {
  const text = readText(parameter, file);
  // Read here only to be judged, since node:tls passes over what is no certificate.
  judge(() => new X509Certificate(text), `${parameter}: the file ${file} holds no certificate`);
  return text;
}

/** What the two files are called where they are given, for the errors. */
export interface PairParameters {
  readonly cert: string;
  readonly key: string;
}

export function readCertificateAndKey(
  parameters: PairParameters,
  certFile: string,
  keyFile: string,
): CertificateAndKey {
  const cert = readCertificate(parameters.cert, certFile);
  const key = readText(parameters.key, keyFile);
  const privateKey: KeyObject = judge(
    () => createPrivateKey(key),
    `${parameters.key}: the file ${keyFile} holds no private key that opens without a passphrase`,
  );
  if (!new X509Certificate(cert).checkPrivateKey(privateKey)) {
    throw new Error(
      `${parameters.key}: the key in ${keyFile} is not that of the first certificate in ` +
        `${certFile}; give two that belong together.`,
    );
  }
  return { cert, key };
}

function judge<Value>(read: () => Value, found: string): Value {
  try {
    return read();
  } catch (error) {
    throw new Error(`${found}; give one in PEM form.`, { cause: error });
  }
}

function readText(parameter: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new Error(
      `${parameter}: the file ${file} cannot be read${code}; ` +
        'check its path and whether this user may read it.',
      { cause: error },
    );
  }
}
