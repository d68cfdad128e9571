// The OpenAPI document: it is whole, its examples fit, and the server answers as it says.

import Schema from 'typebox/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statusOfCode } from '../../src/error.js';
import type { OpenApiDocument, Operation } from '../../src/http/openapi-document.js';
import { type Received, type Sent, send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let document: OpenApiDocument;
let operations: { call: string; path: string; operation: Operation }[];

beforeAll(async () => {
  server = await startServer();
  document = (await send(`${server.url}/openapi.json`)).json;
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      call: `${method} ${path}`,
      path,
      operation,
    })),
  );
});

afterAll(() => server.stop());

describe('the document', () => {
  it('names each call of design 3.3 that there is', () => {
    const handoffState = '/v1/{account_id}/{project_id}/handoff_state';
    expect(new Set(operations.map(({ call }) => call))).toEqual(
      new Set([
        ...['get', 'head', 'put', 'patch', 'delete'].map((method) => `${method} ${handoffState}`),
        'post /v1/{account_id}/{project_id}/handoff_state/links',
        'get /pop/{token}',
        'get /v1/{account_id}/{project_id}/handoff_states',
        'get /v1/{account_id}/{project_id}/handoff_states/stats',
        'get /v1/{account_id}/{project_id}/audit',
        'get /v1/{account_id}/{project_id}/events',
        'delete /v1/{account_id}/{project_id}/handoff_states',
        'get /v1/{account_id}/{project_id}/receipts',
        'get /v1/receipts',
        'get /.well-known/jwks.json',
        'get /v1/projects',
        'post /v1/projects',
        'get /v1/projects/{project_ref}',
        'patch /v1/projects/{project_ref}',
        'delete /v1/projects/{project_ref}',
        'get /v1/keys',
        'post /v1/keys',
        'post /v1/keys/{key_id}/rotate',
        'delete /v1/keys/{key_id}',
        'post /console/session',
        'get /console/session',
        'delete /console/session',
        'get /metrics',
        'get /livez',
        'get /readyz',
        'get /openapi.json',
        'get /docs',
      ]),
    );
  });

  it('says of each call that writes that there may be no room', () => {
    const writing = operations.filter(({ call }) => !/^(get|head) /.test(call));
    const silent = writing.filter(({ operation }) => !('507' in operation.responses));
    expect(silent.map(({ call }) => call)).toEqual([]);
  });

  it('has no reference that leads nowhere, and no name twice', () => {
    for (const reference of referencesIn(document)) {
      const place = reference
        .slice(2)
        .split('/')
        .reduce<unknown>((part, name) => (part as Record<string, unknown>)?.[name], document);
      expect(place, reference).toBeDefined();
    }
    const names = operations.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
  });

  it('declares each part of each path, and no other', () => {
    for (const { call, path, operation } of operations) {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).flatMap((parameter) =>
        'in' in parameter && parameter.in === 'path' ? [parameter.name] : [],
      );
      expect(new Set(declared), call).toEqual(new Set(parts));
    }
  });

  it('says of each call which credentials and which permission it needs', () => {
    for (const { call, operation } of operations) {
      if (call.endsWith(' /console/session')) continue;
      const isOpen = /\/(docs|openapi.json|jwks.json|livez|readyz|pop\/\{token\})$/.test(call);
      expect(operation.security, call).toHaveLength(isOpen ? 0 : 4);
      expect(operation['x-permission'], call).toEqual(
        isOpen ? undefined : expect.stringMatching(/^(read|write|admin)$/),
      );
      expect(Object.keys(operation.responses).includes('401'), call).toBe(!isOpen);
    }
  });

  it('says of a session that its cookie is asked for, and by whoever signs in nothing', () => {
    const schemes = operations
      .filter(({ path }) => path === '/console/session')
      .map(({ call, operation }) => [call, operation.security]);
    expect(Object.fromEntries(schemes)).toEqual({
      'post /console/session': [],
      'get /console/session': [{ SessionCookie: [] }],
      'delete /console/session': [{ SessionCookie: [] }],
    });
  });

  it('names each content type that a call takes', () => {
    const taken = operations
      .filter(({ operation }) => operation.requestBody !== undefined)
      .map(({ call, operation }) => [call, Object.keys(operation.requestBody!.content)]);
    const json = 'application/json';
    const patch = 'application/merge-patch+json';
    expect(Object.fromEntries(taken)).toEqual({
      'put /v1/{account_id}/{project_id}/handoff_state': [json],
      'patch /v1/{account_id}/{project_id}/handoff_state': [patch, json],
      'post /v1/{account_id}/{project_id}/handoff_state/links': [json],
      'post /v1/projects': [json],
      'patch /v1/projects/{project_ref}': [json, patch],
      'post /v1/keys': [json],
      'post /v1/keys/{key_id}/rotate': [json],
      'post /console/session': [json],
    });
  });

  it('gives examples that fit their schemas', () => {
    const media = operations.flatMap(({ call, operation }) =>
      [operation.requestBody, ...Object.values(operation.responses)].flatMap((part) =>
        Object.values(part?.content ?? {}).map((one) => ({ call, one })),
      ),
    );
    const examples = media.flatMap(({ call, one }) => [
      ...(one.example === undefined ? [] : [{ call, schema: one.schema, example: one.example }]),
      ...Object.keys(one.examples ?? {}).map((code) => ({
        call: `${call} ${code}`,
        schema: one.schema,
        example: document.components.examples[code]!.value,
      })),
    ]);
    expect(examples.length).toBeGreaterThan(80);
    for (const { call, schema, example } of examples) {
      expect(Schema.Check({ components: document.components, ...schema }, example), call).toBe(
        true,
      );
    }
  });

  it('has an example of each error code, with its own code', () => {
    for (const code of Object.keys(statusOfCode)) {
      expect(document.components.examples[code]?.value).toMatchObject({ error_code: code });
    }
  });
});

describe('the server answers as documented', () => {
  const state = '/v1/{account_id}/{project_id}/handoff_state';
  const put = { method: 'PUT', body: { id: 'a', shared_id: 's', data: { x: [1, null] } } };
  const admin = '/v1/keys';

  // In this order: each call finds what the calls before it have left.
  it.each<[string, string, string, number, keyof TestServer['keys'] | null, Sent]>([
    ['write', state, '', 201, 'write', put],
    ['write again', state, '', 200, 'write', put],
    ['look up', state, '?shared_id=s', 200, 'read', {}],
    ['look up and wait', state, '?id=a&wait=1', 200, 'read', {}],
    ['ask for headers', state, '?id=a', 200, 'read', { method: 'HEAD' }],
    ['current', state, '?id=a', 304, 'read', { headers: { 'if-none-match': '"2"' } }],
    ['not there', state, '?id=b', 404, 'read', {}],
    ['without a name', state, '', 400, 'read', {}],
    ['without a key', state, '?id=a', 401, null, {}],
    ['with too little permission', state, '', 403, 'read', put],
    ['stale', state, '', 412, 'write', { ...put, headers: { 'if-match': '"1"' } }],
    ['not JSON', state, '', 415, 'write', { ...put, headers: { 'content-type': 'text/plain' } }],
    ['change', state, '?id=a', 200, 'write', { method: 'PATCH', body: { data: { x: null } } }],
    ['list', `${state}s`, '', 200, 'admin', {}],
    ['erase', state, '?id=a', 200, 'write', { method: 'DELETE' }],
    ['list with an ended one', `${state}s`, '', 200, 'admin', {}],
    ['projects', '/v1/projects', '', 200, 'admin', {}],
    ['keys', admin, '', 200, 'admin', {}],
    ['make a key', admin, '', 201, 'admin', { method: 'POST', body: { permission: 'read' } }],
    ['metrics', '/metrics', '', 200, 'admin', {}],
    ['alive', '/livez', '', 200, null, {}],
    ['ready', '/readyz', '', 200, null, {}],
  ])('%s', async (_what, path, query, status, key, sent) => {
    const url = server.url + path.replace('{account_id}/{project_id}', 'demo/demo') + query;
    const answer = await send(url, key === null ? sent : { ...sent, key: server.keys[key] });

    expect(answer.status, answer.text).toBe(status);
    expectDocumented(answer, path, sent.method ?? 'GET');
  });

  it('rotation takes a body or none', async () => {
    for (const body of [undefined, { overlap_seconds: 60 }]) {
      const made = await send(`${server.url}/v1/keys`, {
        method: 'POST',
        key: server.keys.admin,
        body: { permission: 'read' },
      });
      const url = `${server.url}/v1/keys/${made.json.key_id}/rotate`;
      const answer = await send(url, { method: 'POST', key: server.keys.admin, body });
      expect(answer.status, answer.text).toBe(201);
      expectDocumented(answer, '/v1/keys/{key_id}/rotate', 'POST');
    }
  });
});

/** The status, every header that is ours, and the body are as the document says. */
function expectDocumented(answer: Received, path: string, method: string): void {
  const item = document.paths[path] as Record<string, Operation>;
  const documented = item[method.toLowerCase()]!.responses[answer.status]!;
  const names = Object.keys(documented.headers ?? {}).map((name) => name.toLowerCase());
  const transport = ['content-type', 'content-length', 'date', 'connection', 'keep-alive'];
  const given = Object.keys(answer.headers).filter((name) => !transport.includes(name));
  expect(names).toEqual(expect.arrayContaining(given));
  const mayBeMissing = ['preference-applied', 'retry-after', 'baton-withheld'];
  expect(given).toEqual(
    expect.arrayContaining(names.filter((name) => !mayBeMissing.includes(name))),
  );
  if (answer.text === '') {
    expect(documented.content).toBeUndefined();
    return;
  }

  const media = documented.content?.[String(answer.headers['content-type']).split(';')[0]!];
  expect(media, 'a documented content type').toBeDefined();
  const body = answer.json ?? answer.text;
  expect(Schema.Check({ components: document.components, ...media!.schema }, body)).toBe(true);
}

function referencesIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) =>
    name === '$ref' ? [value as string] : referencesIn(value),
  );
}
