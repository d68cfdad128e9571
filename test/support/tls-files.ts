// The certificate of a server under test as files, and what its port shows to a client.

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { makeCertificate, type TestCertificate } from './certificate.js';
import { temporaryDirectory } from './test-config.js';

export interface TlsFiles extends TestCertificate {
  readonly directory: string;
  /** What a server is configured with. */
  readonly config: { readonly tlsCert: string; readonly tlsKey: string };
}

/** The pair in a directory, a new one where none is given. */
export function writeTlsFiles(
  pair: TestCertificate = makeCertificate(),
  directory: string = temporaryDirectory(),
): TlsFiles {
  const config = { tlsCert: join(directory, 'cert.pem'), tlsKey: join(directory, 'key.pem') };
  writeFileSync(config.tlsCert, pair.cert);
  writeFileSync(config.tlsKey, pair.key);
  return { ...pair, directory, config };
}

/** Resolves after the handshake, whoever signed the certificate. */
export async function connectTls(url: string, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const { hostname: host, port } = new URL(url);
  const socket = connect({ host, port: Number(port), rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

/** The common name of the certificate that a new connection is shown. */
export async function shownName(url: string): Promise<unknown> {
  const socket = await connectTls(url);
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return subject.CN;
}
