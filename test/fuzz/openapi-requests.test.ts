// 10,000 requests made up from the server's own OpenAPI document: every answer is one of those that
// the document promises, in status, type, headers and shape.

import { Agent, request as httpRequest } from 'node:http';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { madeProject } from '../support/admin-calls.js';
import { atOnce } from '../support/at-once.js';
import { askAgain, failuresIn } from '../support/busy-server.js';
import { put } from '../support/handoff-calls.js';
import { guessedKey, makeKey } from '../support/other-keys.js';
import { linkTo } from '../support/pop.js';
import { seededRandom } from '../support/random.js';
import { startServer, type TestServer } from '../support/server.js';
import { callOf, type MadeUpCall, type Pool } from './openapi-arbitrary.js';
import { type Document, type Operation, openApiOf, operationsOf } from './openapi-operations.js';

const requests = 10_000;
const hangMs = 12_000;

let server: TestServer;
const agent = new Agent({ keepAlive: true, maxSockets: 32 });
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  agent.destroy();
  await server.stop();
});

test(`${requests} calls made up from the OpenAPI document are answered as it says`, async () => {
  const document = await openApiOf(server);
  // A session needs a cookie, which no schema can make up; a stream of events has no end.
  const operations = operationsOf(document).filter(
    ({ path }) => path !== '/console/session' && !path.endsWith('/events'),
  );
  const check = answerCheck(document);
  const { seed } = seededRandom('OpenAPI calls');
  const calls = fc.sample(await anyCall(operations), { numRuns: requests, seed });

  const statuses = new Map<string, number>();
  await atOnce(32, calls, async (call) => {
    const answer = await askAgain(() => answerTo(call));
    const { method, path } = call.operation;
    const shown = `${JSON.stringify({ ...call, operation: `${method} ${path}` })} ⇒ ${JSON.stringify(answer)}`;
    check(call.operation, answer, shown);
    expect(answer.status, shown).toBeLessThan(500);
    if (call.isValid) expectTaken(answer, shown);
    const status = `${method} ${path} ${answer.status}`;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  });

  // Each call must have been made rightly at times, or the above says little.
  for (const { method, path } of operations) {
    const succeeded = [200, 201, 304].map((status) => statuses.get(`${method} ${path} ${status}`));
    expect(
      succeeded.some((times) => times !== undefined),
      `${method} ${path}`,
    ).toBe(true);
  }
  expect(failuresIn(server.log)).toEqual([]);
}, 300_000);

/** Names that lead somewhere, so that calls meet what others wrote. */
async function anyCall(operations: readonly Operation[]): Promise<fc.Arbitrary<MadeUpCall>> {
  const revoked = await makeKey(server, { permission: 'read', projects: ['demo'] });
  const rotated = await makeKey(server, { permission: 'read', projects: ['demo'] });
  const doomed = await madeProject(server, 'doomed');
  await put(server, { id: 'popped', data: {} });
  const link = await linkTo(server, { id: 'popped' });
  const names = Array.from({ length: 30 }, (_, place) => `call-${place}`);
  const pool: Pool = {
    account_id: [server.accountId],
    project_id: [server.projectId],
    id: names,
    shared_id: names,
    alias: names,
    token: [link.slice(link.lastIndexOf('/') + 1)],
    wait: ['0', '0', '0', '0', '0', '0', '0', '0', '0', '1'],
    Prefer: ['wait=0', 'respond-async, wait=0', 'wait=0; a=b', 'return=minimal'],
    'If-Match': ['*', '"1"', '"2", "3"', 'W/"1"'],
    'If-None-Match': ['*'],
    cursor: [''],
    from: ['2026-11-22T00:00:00Z'],
    to: ['2026-11-23T00:00:00Z'],
    interval: ['3600', '86400'],
    projects: [[server.projectId], ['demo']],
    sensitive_fields: [[], ['/a'], ['/a/*', '/*/b~1']],
    allow: [['/a'], ['/a/*', '/b/0']],
    project_slug: Array.from({ length: 40 }, (_, place) => `slug-${place}`),
  };
  const perCall = operations.map((operation) => {
    const isBody = operation.method === 'PUT' || operation.method === 'PATCH';
    const ofCall: Pool = {
      ...pool,
      project_ref: [isErasure(operation) ? doomed.projectId : server.projectId],
      key_id: [operation.method === 'DELETE' ? revoked.key_id : rotated.key_id],
      ...(operation.path === '/v1/projects' ? { project_id: newProjectIds } : {}),
    };
    const good = server.keys[(operation.permission ?? 'read') as 'read' | 'write' | 'admin'];
    const others = ['', 'hush', guessedKey(good), server.keys.read].filter((key) => key !== good);
    const call = callOf(operation, ofCall, { good, others });
    return { arbitrary: call, weight: isBody ? 2 : 1 };
  });
  return fc.oneof(...perCall);
}

/** Of the whole project, which the other calls could not do without. */
function isErasure({ method, path }: Operation): boolean {
  return method === 'DELETE' && path.startsWith('/v1/projects/');
}

const newProjectIds = Array.from({ length: 500 }, (_, place) => `PROJECT-${place}`);

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Through a pool of connections: `send` opens one for each request, too many for 10,000. */
function answerTo(call: MadeUpCall): Promise<Answered> {
  const { method } = call.operation;
  const headers: Record<string, string | number> = { ...call.headers };
  if (call.body !== undefined) headers['content-length'] = Buffer.byteLength(call.body);
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const options = { hostname, port, path: call.target, method, headers, agent, timeout: hangMs };
    const request = httpRequest(options);
    request.on('error', (error) => reject(new Error(`${method} ${call.target}`, { cause: error })));
    request.on('timeout', () => request.destroy(new Error(`no answer in ${hangMs} ms`)));
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, text }),
      );
    });
    request.end(call.body);
  });
}

/** What a schema cannot say, and so a call that fits it may still be refused for. */
const beyondSchemas = [
  /^query: found neither id nor shared_id/,
  /^ttl_seconds: found a number above this project's retention/,
  /^id: found another id than that of the handoff state/,
  /^aliases: found [0-9]+ different aliases/,
  /^data: found/,
  /^If-None-Match: /,
  /^expires_at: found a time in the past/,
  /^view: found a view that is not full with the permission/,
  /^(?:project_slug|project_id): this word stands in the server's own paths/,
];

/** A call that fits the document is not refused as a bad one. */
function expectTaken(answer: Answered, shown: string): void {
  if (answer.status !== 400) {
    expect([401, 403, 415], shown).not.toContain(answer.status);
    return;
  }
  // To a HEAD the reason cannot be told.
  if (answer.text === '') return;
  const { error_message: message } = JSON.parse(answer.text);
  expect(
    beyondSchemas.some((rule) => rule.test(message)),
    shown,
  ).toBe(true);
}

type Check = (operation: Operation, answer: Answered, shown: string) => void;

function answerCheck(document: Document): Check {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(document, 'document');
  const compiled = new Map<string, ValidateFunction>();
  const schemaAt = (pointer: string): ValidateFunction => {
    const known = compiled.get(pointer);
    if (known !== undefined) return known;
    const made = ajv.compile({ $ref: `document#${encodeURI(pointer)}` });
    compiled.set(pointer, made);
    return made;
  };

  return (operation, answer, shown) => {
    const promised = operation.answers[answer.status];
    expect(promised, `an undocumented status: ${shown}`).toBeDefined();
    expect(answer.headers['x-request-id'], shown).toEqual(expect.any(String));
    for (const name of Object.keys(promised!.headers ?? {})) {
      const isOptional = /^(?:Preference-Applied|Retry-After|Baton-Withheld)$/i.test(name);
      if (!isOptional)
        expect(answer.headers[name.toLowerCase()], `${name}: ${shown}`).toBeDefined();
    }
    if (promised!.content === undefined) {
      expect(answer.text, shown).toBe('');
      return;
    }
    const [type, ...parameters] = String(answer.headers['content-type']).split(';');
    expect(Object.keys(promised!.content), shown).toContain(type);
    expect(parameters.join(';'), shown).toContain('charset=utf-8');
    if (type !== 'application/json') return;
    const media = `content/${type.replace('/', '~1')}`;
    const validate = schemaAt(`${operation.pointer}/responses/${answer.status}/${media}/schema`);
    const isValid = validate(JSON.parse(answer.text));
    expect(isValid, `${ajv.errorsText(validate.errors)}: ${shown}`).toBe(true);
  };
}
