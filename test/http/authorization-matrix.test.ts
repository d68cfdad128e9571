// Every call of the OpenAPI document with every kind of key: who is let in, who is refused, and
// that no refusal tells whether what was asked for exists.

import { afterAll, describe, expect, it } from 'vitest';
import { routes } from '../../src/http/app.js';
import type { Permission } from '../../src/key.js';
import { type Operation, openApiOf, operationsOf } from '../fuzz/openapi-operations.js';
import { admin } from '../support/admin-calls.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { keysOfEveryKind } from '../support/keys-of-every-kind.js';
import { type Received, send } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());
const secret = 'to be seen by nobody who sees less than all';
await admin(server, 'PATCH', 'projects/demo', { sensitive_fields: ['/secret'] });
const data = { secret, step: 1 };
await put(server, { id: 'there', shared_id: 'there', data });
const kinds = await keysOfEveryKind(server);
type Kind = (typeof kinds)[number];

/** What a call names, in its path, its query and its body. */
interface Target {
  readonly what: string;
  readonly account_id: string;
  readonly project_id: string;
  readonly project_ref: string;
  readonly key_id: string;
  readonly id: string;
}
const { accountId: account_id, projectId: project_id } = server;
const demo = { account_id, project_id, project_ref: project_id, id: 'there' };
const listedKeys = await admin(server, 'GET', 'keys?limit=200');
const ofDemo = listedKeys.json.items.find((key: { name?: string }) => key.name === 'of demo');
const there: Target = { what: 'all there', ...demo, key_id: ofDemo.key_id };
const absent: Target = {
  ...there,
  what: 'no such state, project or key',
  id: 'absent',
  project_ref: 'PROJECT-none',
  key_id: 'none',
};
const targets: Target[] = [
  there,
  absent,
  { ...there, what: 'no such project in the path', project_id: 'PROJECT-none' },
  { ...there, what: 'no such account in the path', account_id: 'ws-none' },
];

const operations = operationsOf(await openApiOf(server));
const calls = operations
  .filter(({ permission }) => permission !== null)
  .flatMap((operation) => pathsOf(operation).map((path) => ({ ...operation, path })));

/** Of the account itself and none of its projects: for the keys of all of it. */
const callsOfAccount = [
  'POST /v1/projects',
  'DELETE /v1/projects/{project_ref}',
  'GET /v1/receipts',
];

/** Look-ups have two more paths, which the document mentions only. */
function pathsOf({ path, method }: Operation): string[] {
  const isLookUp = path.endsWith('/handoff_state') && ['GET', 'HEAD'].includes(method);
  return isLookUp ? [path, path.replace('/v1/', '/v3/'), path.replace('/v1/', '/')] : [path];
}

type Verdict = 401 | 403 | 404 | 'let in';

/** What the documents say of this call with a key of this kind. */
function verdictOn(call: Operation, kind: Kind): Verdict {
  if (kind.standing === 'wrong') return 401;
  if (kind.standing === 'ended or elsewhere') return 403;
  if (!includes(kind.permission, call.permission!)) return 403;
  const isOfWholeAccount = kind.reach.endsWith('account');
  const isOfAccount = callsOfAccount.includes(`${call.method} ${call.path}`);
  if (isOfAccount && !isOfWholeAccount) return 403;
  if (kind.reach.startsWith('the ')) return 'let in';
  if (call.path.includes('{project_id}')) return 403;
  if (/\{(project_ref|key_id)\}/.test(call.path)) return 404;
  // The project of the new key is named in the body.
  return call.method === 'POST' && call.path === '/v1/keys' ? 404 : 'let in';
}

function includes(held: Permission, needed: string): boolean {
  const order = ['read', 'write', 'admin'];
  return order.indexOf(held) >= order.indexOf(needed);
}

let made = 0;
async function ask(call: Operation, kind: Kind, target: Target): Promise<Received> {
  const named = call.path.replace(/\{(\w+)\}/g, (_, name: string) => target[name as keyof Target]);
  const url = `${server.url}${named}${queryOf(call, target)}`;
  const body = call.body === undefined ? {} : { body: bodyOf(call, target) };
  return send(url, { method: call.method, ...body, headers: credentials(kind) });
}

function queryOf({ method, path }: Operation, { id }: Target): string {
  if (path.endsWith('/handoff_states') && method === 'DELETE') return `?alias=${id}`;
  const isOfState = /\/handoff_state(?:\/links)?$/.test(path) && method !== 'PUT';
  return isOfState || path.endsWith('}/receipts') ? `?id=${id}` : '';
}

function bodyOf({ method, path }: Operation, { id, project_ref }: Target): object {
  if (method === 'PUT') return { id, shared_id: id, data };
  if (method === 'POST' && path === '/v1/projects') return { project_slug: `made-${made++}` };
  if (method === 'POST' && path === '/v1/keys') {
    return { permission: 'read', projects: [project_ref] };
  }
  return {};
}

/** In each of the three forms in turn. */
function credentials({ text }: Kind): Record<string, string> {
  if (text === undefined) return {};
  const basic = Buffer.from(`any:${text}`).toString('base64');
  const forms = [
    { 'x-api-key': text },
    { authorization: `Bearer ${text}` },
    { authorization: `Basic ${basic}` },
  ];
  return forms[made++ % forms.length]!;
}

const lists = ['keys', 'projects', 'receipts', 'demo/demo/handoff_states', 'demo/demo/receipts'];

/** All that a refused call could have changed; when a key was used, aside. */
async function everything(): Promise<unknown> {
  const found = await Promise.all(
    lists.map(async (path) => {
      const { json } = await admin(server, 'GET', `${path}?limit=200`);
      // What a look-up that was let in leaves a moment later.
      const late = { last_used_at: null, status: null, picked_up_at: null };
      return json.items.map((item: object) => ({ ...item, ...late }));
    }),
  );
  return [...found, (await lookUp(server, { id: 'there' })).text];
}

const cells = calls.flatMap((call) =>
  kinds.map((kind) => ({ kind, call, verdict: verdictOn(call, kind) })),
);
const named = (wanted: (verdict: Verdict) => boolean) =>
  cells
    .filter(({ verdict }) => wanted(verdict))
    .map((cell) => [`${cell.call.method} ${cell.call.path}`, cell.kind.what, cell] as const);

it('is of every route that needs a key: the document has each, with its permission', () => {
  const keyed = routes.filter(([, , permission]) => permission !== null);
  const asked = keyed.map(([method, url, permission]) => {
    const path = url.replaceAll(/:(\w+)/g, '{$1}').replace(/^(\/v3)?\/\{/, '/v1/{');
    return `${method} ${path} ${permission}`;
  });
  const told = operations.filter(({ method, permission }) => method !== 'HEAD' && permission);
  const documented = told.map(({ method, path, permission }) => `${method} ${path} ${permission}`);
  expect(documented).toEqual([...new Set(asked)]);
});

/** A new one belongs here where it tells everybody the same. */
const open = [
  '/.well-known/jwks.json',
  '/openapi.json',
  '/docs',
  '/docs/style.css',
  '/console',
  '/console/*',
  '/livez',
  '/readyz',
];

/**
 * What lets in by other credentials than a key in a header, or is one of many files; `sessions`,
 * `pop` and `console-files` test those.
 */
const byOtherMeans = [
  'GET /console/assets/:file',
  'GET /pop/:token',
  'POST /console/session',
  'GET /console/session',
  'DELETE /console/session',
];

it('needs no key where all are told the same, whatever key they send', async () => {
  const keyless = routes.filter(([, , permission]) => permission === null);
  expect(new Set(keyless.map(([method, url]) => `${method} ${url}`))).toEqual(
    new Set([...open.map((path) => `GET ${path}`), ...byOtherMeans]),
  );
  for (const path of open) {
    const told = new Set<string>();
    for (const kind of kinds) {
      const { status, text } = await send(server.url + path, { headers: credentials(kind) });
      expect([path, status]).toEqual([path, 200]);
      told.add(text);
    }
    expect([path, told.size]).toEqual([path, 1]);
  }
});

it('is of every call and every kind of key', () => {
  expect(calls.length).toBeGreaterThanOrEqual(24);
  expect(new Set(kinds.map(({ what }) => what)).size).toBe(kinds.length);
  for (const verdict of [401, 403, 404, 'let in']) {
    expect(cells.filter((cell) => cell.verdict === verdict).length).toBeGreaterThan(5);
  }
});

describe('refused, whatever there is, and nothing changes', () => {
  it.each(named((verdict) => verdict !== 'let in'))('%s with %s', async (_call, _kind, cell) => {
    const { call, kind, verdict } = cell;
    const before = call.method === 'GET' || call.method === 'HEAD' ? null : await everything();
    const told = new Set<string>();
    for (const target of targets) {
      const answer = await ask(call, kind, target);
      expect([target.what, answer.status]).toEqual([target.what, verdict]);
      expect(call.answers).toHaveProperty(String(verdict));
      if (verdict === 401) expect(answer.headers['www-authenticate']).toMatch(/^Bearer .*Basic /);
      told.add(whatIsTold(answer));
    }
    expect([...told]).toHaveLength(1);
    if (before !== null) expect(await everything()).toEqual(before);
  });
});

/** All but the request id and the time. The length too, which HEAD tells of what it leaves out. */
function whatIsTold({ status, headers, text }: Received): string {
  const { 'x-request-id': id, date: _date, 'content-length': length, ...others } = headers;
  const requestId = String(id);
  const rest = text.replaceAll(requestId, '');
  return JSON.stringify([status, others, Number(length) - requestId.length, rest]);
}

describe('let in', () => {
  it.each(named((verdict) => verdict === 'let in'))('%s with %s', async (_call, _kind, cell) => {
    const { call, kind } = cell;
    // What would end or change is asked of what is not there.
    const isHarmless = ['GET', 'HEAD', 'PUT'].includes(call.method);
    const answer = await ask(call, kind, isHarmless ? there : absent);
    const isMade = call.method === 'POST' && /^\/v1\/projects$|\/links$/.test(call.path);
    const expected = isHarmless ? 200 : isMade ? 201 : 404;
    expect(answer.status, answer.text).toBe(expected);
    expect(call.answers).toHaveProperty(String(answer.status));
    const isLookUp = call.method === 'GET' && call.path.endsWith('/handoff_state');
    expect(answer.text.includes(secret)).toBe(
      call.method === 'PUT' || (isLookUp && kind.view === 'full'),
    );
  });

  it.each(targets.slice(2))('nobody into a project that is not there: $what', async (target) => {
    const ofProject = calls.filter(({ path }) => path.includes('{project_id}'));
    const own = kinds.filter(({ standing }) => standing === 'good');
    const told = new Set<string>();
    for (const call of ofProject) {
      for (const kind of own.filter(({ permission }) => permission === 'admin')) {
        const answer = await ask(call, kind, target);
        expect(answer.status).toBe(403);
        if (call.method !== 'HEAD') told.add(answer.json.error_message);
      }
    }
    expect(told.size).toBe(1);
  });
});
