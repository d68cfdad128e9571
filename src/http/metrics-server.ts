// The metrics on a port of their own, where a scraper needs no key.

import { type AddressInfo, isIPv6 } from 'node:net';
import type { Context } from './context.js';
import { metricsType } from './health.js';
import { createHttpServer, schemeOf } from './http-server.js';

export async function serveMetrics(
  context: Context,
  host: string,
  port: number,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createHttpServer(context.certificate, {}, (request, response) => {
    const isMetrics = request.method === 'GET' && request.url === '/metrics';
    response.writeHead(isMetrics ? 200 : 404, { 'content-type': metricsType });
    response.end(isMetrics ? context.metrics.text(context, true) : '');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `${schemeOf(context.certificate)}://${isIPv6(host) ? `[${host}]` : host}:${taken}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
