// The API's description for programs (/openapi.json) and for people (/docs), served from the box.

import { endpoint } from './context.js';

const tags = ['Documentation'];

export const openApiDocument = endpoint({
  schema: { summary: 'This description, OpenAPI 3.1', tags, response: { 200: { type: 'object' } } },
  handle: (_context, request) => request.server.swagger(),
});

export const docsPage = endpoint({
  schema: { summary: 'This description, for people', tags, response: { 200: { type: 'string' } } },
  handle: (_context, request, reply) =>
    reply.type('text/html; charset=utf-8').send(JSON.stringify(request.server.swagger())),
});

export const docsStyle = endpoint({
  schema: { hide: true },
  handle: (_context, _request, reply) => reply.type('text/css; charset=utf-8').send(''),
});
