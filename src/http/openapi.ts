// The API's own description, OpenAPI 3.1, made from the schemas of the routes.

import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { completed, type RouteFacts } from './openapi-complete.js';
import type { OpenApiDocument } from './openapi-document.js';

const tags = [
  { name: 'Handoff states', description: 'What an agent knew when it handed over.' },
  { name: 'Screen pop', description: 'A page for the person who takes over, behind a link.' },
  { name: 'Projects', description: 'Each has its own states and its own retention.' },
  { name: 'API keys', description: 'Who may do what, and until when.' },
  { name: 'Audit', description: 'Who did what, when, from where, and with what outcome.' },
  { name: 'Erasure', description: 'Of many states or all, and what proves an erasure.' },
  { name: 'Console', description: 'How a browser signs in, and out.' },
  { name: 'Operation', description: 'For load balancers and monitoring.' },
  { name: 'Documentation', description: 'What you are reading.' },
];

/** Must be registered before the routes that it is to describe. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  const routes = routesOf(app);
  await app.register(swagger, {
    hideUntagged: true,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Baton',
        version,
        summary: 'Handoff states: what an AI agent knew, given to the contact centre.',
        description:
          'Baton keeps what an AI agent knew at the moment it hands a conversation to a human, ' +
          'and gives it to the contact centre in milliseconds.\n\nIt is open, self-hosted and ' +
          "wire-compatible with PolyAI's Handoff API: an existing client moves over by " +
          'changing its base URL and key.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'The server that this document comes from.' }],
      tags,
      components: {
        securitySchemes: {
          ApiKeyAuth: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'The key.' },
          BearerAuth: { type: 'http', scheme: 'bearer', description: 'The token is the key.' },
          BasicAuth: {
            type: 'http',
            scheme: 'basic',
            description: 'The password is the key; the user name is ignored.',
          },
          SessionCookie: {
            type: 'apiKey',
            in: 'cookie',
            name: 'baton_session',
            description:
              'A session of the console, for pages of this server; other methods than GET and ' +
              'HEAD need its CSRF token as `x-csrf-token`.',
          },
        },
      },
    },
    transformObject: (raw) => {
      const document = 'openapiObject' in raw ? raw.openapiObject : raw.swaggerObject;
      return completed(document as unknown as OpenApiDocument, routes) as object;
    },
  });
}

/** By method and path; filled as routes are added. */
function routesOf(app: FastifyInstance): ReadonlyMap<string, RouteFacts> {
  const routes = new Map<string, RouteFacts>();
  app.addHook('onRoute', ({ method, url, config }) => {
    if (typeof method !== 'string') return;
    const { permission = null, contentTypes = [] } = config ?? {};
    const path = url.replace(/:(\w+)/g, '{$1}');
    routes.set(`${method.toLowerCase()} ${path}`, { permission, contentTypes });
  });
  return routes;
}

/** What a route with a permission says of its credentials. */
export const security = [
  { ApiKeyAuth: [] },
  { BearerAuth: [] },
  { BasicAuth: [] },
  { SessionCookie: [] },
];
