// The headers of every page for people: what it may load, and that it tells nobody where it is.

import type { FastifyReply } from 'fastify';

/** A year, and no other host: browsers keep to HTTPS, and clients that are none ignore it. */
const strictTransport = 'max-age=31536000';

export function withPageHeaders(reply: FastifyReply, contentSecurityPolicy: string): FastifyReply {
  return withStrictTransport(reply)
    .header('content-security-policy', contentSecurityPolicy)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-cache');
}

/** Where the page came by TLS. */
export function withStrictTransport(reply: FastifyReply): FastifyReply {
  if (reply.request.protocol !== 'https') return reply;
  return reply.header('strict-transport-security', strictTransport);
}
