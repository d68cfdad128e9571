// The OpenAPI document itself: valid 3.1, complete, and true to the permissions of the design.

import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statusOfCode } from '../../src/error.js';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';
import {
  type Document,
  type Operation,
  openApiOf,
  operationsOf,
  resolved,
} from './openapi-operations.js';

let server: TestServer;
let document: Document;
let operations: Operation[];
beforeAll(async () => {
  server = await startServer();
  document = await openApiOf(server);
  operations = operationsOf(document);
});
afterAll(() => server.stop());

const state = '/v1/{account_id}/{project_id}/handoff_state';

/** Every call of design 3.3 that this version has, with the permission that it needs. */
// biome-ignore format: a table
const calls = [
  ['GET', state, 'read'],
  ['HEAD', state, 'read'],
  ['PUT', state, 'write'],
  ['PATCH', state, 'write'],
  ['DELETE', state, 'write'],
  ['GET', `${state}s`, 'admin'],
  ['GET', state.replace('handoff_state', 'audit'), 'admin'],
  ['GET', state.replace('handoff_state', 'events'), 'admin'],
  ['GET', `${state}s/stats`, 'admin'],
  ['DELETE', `${state}s`, 'admin'],
  ['GET', '/v1/{account_id}/{project_id}/receipts', 'admin'],
  ['GET', '/v1/receipts', 'admin'],
  ['GET', '/.well-known/jwks.json', null],
  ['GET', '/v1/projects', 'admin'],
  ['POST', '/v1/projects', 'admin'],
  ['GET', '/v1/projects/{project_ref}', 'admin'],
  ['PATCH', '/v1/projects/{project_ref}', 'admin'],
  ['DELETE', '/v1/projects/{project_ref}', 'admin'],
  ['GET', '/v1/keys', 'admin'],
  ['POST', '/v1/keys', 'admin'],
  ['POST', '/v1/keys/{key_id}/rotate', 'admin'],
  ['DELETE', '/v1/keys/{key_id}', 'admin'],
  ['GET', '/metrics', 'admin'],
  ['GET', '/openapi.json', null],
  ['GET', '/pop/{token}', null],
  ['GET', '/docs', null],
  ['GET', '/livez', null],
  ['GET', '/readyz', null],
  ['POST', '/v1/{account_id}/{project_id}/handoff_state/links', 'read'],
] as const;

/** They need a cookie, whatever key a header has. */
const callsOfSession = ['POST', 'GET', 'DELETE'].map((method) => `${method} /console/session null`);

it('lists every call with the permission that it needs, and nothing else', () => {
  const listed = operations.map(
    ({ method, path, permission }) => `${method} ${path} ${permission}`,
  );
  expect(listed.toSorted()).toEqual(
    [...calls.map((call) => call.join(' ').replace(/ $/, ' null')), ...callsOfSession].toSorted(),
  );
});

describe('the permission that is documented is the one that is asked for', () => {
  it.each(calls)('%s %s: %s', async (method, path, permission) => {
    const url = server.url + path.replace(/\{account_id\}\/\{project_id\}/, 'demo/demo');
    const refused = async (key?: string) => {
      const { status } = await send(url, { method, ...(key === undefined ? {} : { key }) });
      return status === 401 || status === 403;
    };
    const order = ['read', 'write', 'admin'] as const;
    expect(await refused()).toBe(permission !== null);
    for (const held of order) {
      const isEnough = permission === null || order.indexOf(held) >= order.indexOf(permission);
      expect(await refused(server.keys[held]), held).toBe(!isEnough);
    }
  });
});

it('has the members that OpenAPI 3.1 demands, and none that it does not know', () => {
  expect(document.openapi).toMatch(/^3\.1\.[0-9]+$/);
  expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
  // biome-ignore format: lists
  const known = {
    document: ['openapi', 'info', 'jsonSchemaDialect', 'servers', 'paths', 'webhooks', 'components', 'security', 'tags', 'externalDocs'],
    operation: ['tags', 'summary', 'description', 'externalDocs', 'operationId', 'parameters', 'requestBody', 'responses', 'callbacks', 'deprecated', 'security', 'servers'],
    parameter: ['name', 'in', 'description', 'required', 'deprecated', 'style', 'explode', 'schema', 'example', 'examples', 'content'],
    body: ['description', 'content', 'required'],
    answer: ['description', 'headers', 'content', 'links'],
    media: ['schema', 'example', 'examples', 'encoding'],
  };

  expectKnown(document, known.document);
  for (const item of Object.values<Document>(document.paths)) {
    for (const raw of Object.values<Document>(item)) {
      const operation = resolved(document, raw);
      expectKnown(operation, known.operation);
      expect(operation.summary).toEqual(expect.any(String));
      for (const one of operation.parameters ?? []) expectKnown(one, known.parameter);
      const { requestBody: body = { content: {} }, responses } = operation;
      expectKnown(body, known.body);
      expect(Object.keys(responses)).not.toEqual([]);
      for (const [status, answer] of Object.entries<Document>(responses)) {
        expect(status).toMatch(/^[1-5][0-9]{2}$/);
        expectKnown(answer, known.answer);
        expect(answer.description).toEqual(expect.any(String));
        for (const media of Object.values<Document>(answer.content ?? {})) {
          expectKnown(media, known.media);
        }
      }
    }
  }
});

it('names each call once, and each parameter of a path where the path has it', () => {
  const ids = Object.values<Document>(document.paths).flatMap((item) =>
    Object.values<Document>(item).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).not.toContain(undefined);

  for (const { path, parameters } of operations) {
    const inPath = parameters.filter((one) => one.in === 'path');
    expect(inPath.every(({ required }) => required)).toBe(true);
    const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!);
    expect(inPath.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    const places = parameters.map((one) => `${one.in} ${one.name}`);
    expect(new Set(places).size).toBe(places.length);
  }
});

it('every schema is JSON Schema 2020-12, and every example fits its own', () => {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true });
  formats.default(ajv);
  let examples = 0;
  const visit = (part: Document, place: string): void => {
    if (typeof part !== 'object' || part === null) return;
    if (part.schema !== undefined) {
      expect(ajv.validateSchema(part.schema), `${place}: ${ajv.errorsText()}`).toBe(true);
      const validate = ajv.compile(part.schema);
      const named = Object.values<Document>(part.examples ?? {}).map(({ value }) => value);
      for (const example of 'example' in part ? [part.example, ...named] : named) {
        expect(validate(example), `${place}: ${ajv.errorsText(validate.errors)}`).toBe(true);
        examples++;
      }
    }
    for (const [name, inner] of Object.entries(part)) visit(inner, `${place}/${name}`);
  };
  visit(resolved(document, document.paths), '');
  for (const schema of Object.values<Document>(document.components.schemas)) {
    expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true);
  }
  expect(examples).toBeGreaterThan(20);
});

it('says how to send a key, and that refusals of one are possible, where one is needed', () => {
  const schemes = Object.keys(document.components.securitySchemes).toSorted();
  expect(schemes).toEqual(['ApiKeyAuth', 'BasicAuth', 'BearerAuth', 'SessionCookie']);
  for (const [path, item] of Object.entries<Document>(document.paths)) {
    if (path === '/console/session') continue;
    for (const [method, { security, responses, ...rest }] of Object.entries<Document>(item)) {
      const isKeyed = rest['x-permission'] !== undefined;
      const named = (security ?? []).flatMap((one: object) => Object.keys(one)).toSorted();
      expect(named, `${method} ${path}`).toEqual(isKeyed ? schemes : []);
      // A page of the screen pop needs no key, and refuses what would fetch it ahead of time.
      const mayRefuse = isKeyed || path === '/pop/{token}';
      expect([401 in responses, 403 in responses], path).toEqual([isKeyed, mayRefuse]);
    }
  }
});

it('names exactly the error codes that there are', () => {
  const codes = document.components.schemas.Error.properties.error_code.enum;
  expect(codes.toSorted()).toEqual(Object.keys(statusOfCode).toSorted());
});

function expectKnown(part: object, names: readonly string[]): void {
  const isStrange = (name: string) => !names.includes(name) && !name.startsWith('x-');
  expect(Object.keys(part).filter(isStrange)).toEqual([]);
}
