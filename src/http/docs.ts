// The API's description for programs (/openapi.json) and for people (/docs), served from the box.

import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { endpoint } from './context.js';
import { docsPageText } from './docs-page.js';
import { failures } from './error-answers.js';
import type { OpenApiDocument } from './openapi-document.js';
import { withPageHeaders } from './page-headers.js';

const tags = ['Documentation'];
const style = readFileSync(new URL('docs.css', import.meta.url), 'utf8');

/** Nothing but the page's own style sheet: no script, no image, no other host, no frame around. */
const contentSecurityPolicy =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

export const openApiDocument = endpoint({
  schema: {
    summary: 'Read the OpenAPI document',
    tags,
    response: {
      200: { type: 'object', description: 'An OpenAPI 3.1 document.' },
      ...failures('invalid_request'),
    },
  },
  handle: (_context, request, reply) =>
    withPageHeaders(reply, contentSecurityPolicy)
      .type('application/json; charset=utf-8')
      .send(textsOf(request.server).document),
});

export const docsPage = endpoint({
  schema: {
    summary: 'Read this page',
    tags,
    response: {
      200: { description: 'A page.', content: { 'text/html': { schema: Type.String() } } },
      ...failures('invalid_request'),
    },
  },
  handle: (_context, request, reply) =>
    withPageHeaders(reply, contentSecurityPolicy)
      .type('text/html; charset=utf-8')
      .send(textsOf(request.server).page),
});

export const docsStyle = endpoint({
  schema: {},
  handle: (_context, _request, reply) =>
    withPageHeaders(reply, contentSecurityPolicy).type('text/css; charset=utf-8').send(style),
});

interface Texts {
  readonly document: string;
  readonly page: string;
}

const textsByApp = new WeakMap<FastifyInstance, Texts>();

/** Made once an application: its routes do not change any more. */
function textsOf(app: FastifyInstance): Texts {
  const made = textsByApp.get(app);
  if (made !== undefined) return made;

  const document = app.swagger() as unknown as OpenApiDocument;
  const texts = { document: JSON.stringify(document), page: docsPageText(document) };
  textsByApp.set(app, texts);
  return texts;
}
