// The API's own description, OpenAPI 3.1, made from the schemas of the routes.

import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';

/** Must be registered before the routes that it is to describe. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Baton',
        version,
        description:
          'Handoff states: what an AI agent knew, given to the contact centre. The look-up is ' +
          "wire-compatible with PolyAI's Handoff API.",
        license: { name: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          ApiKeyAuth: { type: 'apiKey', in: 'header', name: 'x-api-key' },
          BearerAuth: { type: 'http', scheme: 'bearer' },
          BasicAuth: {
            type: 'http',
            scheme: 'basic',
            description: 'The password is the key; the user name is ignored.',
          },
        },
      },
    },
  });
}

/** What a route with a permission says of its credentials. */
export const security = [{ ApiKeyAuth: [] }, { BearerAuth: [] }, { BasicAuth: [] }];
