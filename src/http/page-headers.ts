// The headers of every page for people: what it may load, and that it tells nobody where it is.

import type { FastifyReply } from 'fastify';

/** A year, and no other host: browsers keep to HTTPS, and clients that are none ignore it. */
const strictTransport = 'max-age=31536000';

export function withPageHeaders(reply: FastifyReply, contentSecurityPolicy: string): FastifyReply {
  if (reply.request.protocol === 'https') {
    reply.header('strict-transport-security', strictTransport);
  }
  return reply
    .header('content-security-policy', contentSecurityPolicy)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-cache');
}
