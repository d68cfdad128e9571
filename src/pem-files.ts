// Reads the PEM files of TLS, and says which one cannot be used.
// Every function throws a plain error of one sentence that names the parameter and the file.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The text of a file, of which at least the first certificate can be read. */
export function readCertificate(parameter: string, file: string): string {
  const text = readText(parameter, file);
  // Read here only to be judged, since node:tls passes over what is no certificate.
  judge(() => new X509Certificate(text), `${parameter}: the file ${file} holds no certificate`);
  return text;
}

/** The texts of a client's certificate and the key that belongs to it. */
export function readCertificateAndKey(
  certFile: string,
  keyFile: string,
): { cert: string; key: string } {
  const cert = readCertificate('sslcert', certFile);
  const key = readText('sslkey', keyFile);
  const privateKey: KeyObject = judge(
    () => createPrivateKey(key),
    `sslkey: the file ${keyFile} holds no private key that opens without a passphrase`,
  );
  if (!new X509Certificate(cert).checkPrivateKey(privateKey)) {
    throw new Error(
      `sslkey: the key in ${keyFile} is not that of the certificate in ${certFile}; ` +
        'give two that belong together.',
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
