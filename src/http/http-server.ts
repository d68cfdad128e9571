// A server of HTTP/1.1, over TLS where there is a certificate.

import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { ServedCertificate } from './served-certificate.js';

export function createHttpServer(
  certificate: ServedCertificate | null,
  options: ServerOptions,
  listener: RequestListener,
): Server {
  if (certificate === null) return createServer(options, listener);
  return certificate.createServer(options, listener);
}

export function schemeOf(certificate: ServedCertificate | null): 'http' | 'https' {
  return certificate === null ? 'http' : 'https';
}
