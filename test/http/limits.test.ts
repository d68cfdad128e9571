// Every limit of src/limits.ts that a request can reach: at its edge it works, one past it is
// refused with its code and changes nothing.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/error.js';
import { limits } from '../../src/limits.js';
import { sendRaw } from '../support/raw-request.js';
import { expectRefusal, listed } from '../support/refusal.js';
import { type Received, send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

type LimitName = keyof typeof limits;
type Call = (size: number) => Promise<Received>;
interface Edge {
  readonly limit: LimitName;
  readonly what: string;
  readonly call: Call;
  /** One past it; for a least value one below it. */
  readonly past?: number;
  readonly code?: ErrorCode;
  readonly says: RegExp;
  /** The call makes something first, whose number is this: what it then changes, or looks up. */
  readonly makes?: number;
}

const ok = [200, 201];
let count = 0;
const newId = (): string => `call-${count++}`;

const put = (body: unknown): Promise<Received> =>
  send(server.stateUrl, { method: 'PUT', key: server.keys.write, body });
const asAdmin = (method: string, path: string, body?: unknown): Promise<Received> =>
  send(server.url + path, { method, key: server.keys.admin, body });
const lookUp = (query: string): Promise<Received> =>
  send(`${server.stateUrl}?${query}`, { key: server.keys.read });

/** From the beginning of a year on. */
function statsOf(seconds: number, interval: number): Promise<Received> {
  const [from, to] = [0, seconds].map((after) => new Date(Date.UTC(2026, 0, 1, 0, 0, after)));
  const span = `from=${from!.toISOString()}&to=${to!.toISOString()}`;
  return asAdmin('GET', `/v1/demo/demo/handoff_states/stats?${span}&interval=${interval}`);
}

/** So many characters: three of them, or four, and a comma between. */
function actionsOf(characters: number): string {
  const parts = Math.floor((characters + 1) / 4);
  const longer = (characters + 1) % 4;
  return Array.from({ length: parts }, (_, place) => (place < longer ? 'list' : 'put')).join(',');
}

/** Merges into a new state with this body, so that the limit is held by the result. */
async function patchOf(whole: object, patch: unknown): Promise<Received> {
  const id = newId();
  expect(ok).toContain((await put({ id, data: {}, ...whole })).status);
  const url = `${server.stateUrl}?id=${id}`;
  const before = (await lookUp(`id=${id}`)).text;
  const answer = await send(url, { method: 'PATCH', key: server.keys.write, body: patch });
  if (answer.status !== 200) expect((await lookUp(`id=${id}`)).text).toBe(before);
  return answer;
}

/** `{"a":"hh…"}` of so many bytes. */
const dataOf = (bytes: number, letter = 'h'): string => {
  const width = Buffer.byteLength(letter);
  const rest = bytes - 8;
  return `{"a":"${letter.repeat(rest / width)}${'h'.repeat(rest % width)}"}`;
};
const nested = (levels: number): string =>
  `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;
const listsIn = (levels: number): string =>
  `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
const members = (from: number, to: number): Record<string, 0> =>
  Object.fromEntries(Array.from({ length: to - from }, (_, place) => [`m${from + place}`, 0]));
const aliases = (amount: number): string[] =>
  Array.from({ length: amount }, (_, place) => `alias-${count}-${place}`);
const name = (characters: number, letter: string): string =>
  letter.repeat(characters - 4) + String(count++).padStart(4, '0');
const bodyOf = (bytes: number): string => {
  const body = `{"id":"${newId()}","data":{}}`;
  return body.padEnd(bytes, ' ');
};
/** The end of a page as the server writes it, made so long by its id. */
const cursorOf = (characters: number): string =>
  Buffer.from(`1\n${'h'.repeat(characters)}`)
    .toString('base64url')
    .slice(0, characters);
const revoke = (keyId: string): Promise<Received> => asAdmin('DELETE', `/v1/keys/${keyId}`);
const project = (settings: object): Promise<Received> =>
  asAdmin('POST', '/v1/projects', { project_slug: `project-${count++}`, ...settings });

const pointers = (amount: number): string[] =>
  Array.from({ length: amount }, (_, place) => `/${place}`);
const viewKey = (allow: string[]): Promise<Received> =>
  asAdmin('POST', '/v1/keys', { permission: 'read', view: { allow } });

// biome-ignore format: a table
const edges: Edge[] = [
  { limit: 'bodyBytesMax', what: 'bytes of a PUT', call: (size) => put(bodyOf(size)), code: 'payload_too_large', says: /^body: found more than 65536 bytes; send at most 65536/ },
  { limit: 'bodyBytesMax', what: 'bytes of a PATCH', call: (size) => patchOf({}, '{"data":{}}'.padEnd(size, ' ')), code: 'payload_too_large', makes: 1, says: /^body: found more than 65536 bytes/ },
  { limit: 'bodyBytesMax', what: 'bytes of a POST', call: (size) => asAdmin('POST', '/v1/keys', '{"permission":"read"}'.padEnd(size, ' ')), code: 'payload_too_large', says: /^body: found more than 65536 bytes/ },
  { limit: 'dataBytesMax', what: 'bytes', call: (size) => put(`{"id":"${newId()}","data":${dataOf(size)}}`), code: 'payload_too_large', says: /^data: found 32769 bytes without white space; give at most 32768/ },
  { limit: 'dataBytesMax', what: 'bytes of two-byte characters', call: (size) => put(`{"id":"${newId()}","data":${dataOf(size, 'é')}}`), code: 'payload_too_large', says: /^data: found 32769 bytes/ },
  { limit: 'dataBytesMax', what: 'bytes of emoji', call: (size) => put(`{"id":"${newId()}","data":${dataOf(size, '😀')}}`), code: 'payload_too_large', says: /^data: found 32769 bytes/ },
  { limit: 'dataBytesMax', what: 'bytes beside much white space', call: (size) => put(`{"id":"${newId()}","data": ${' '.repeat(20_000)} ${dataOf(size)} }`), code: 'payload_too_large', says: /^data: found 32769 bytes/ },
  { limit: 'dataBytesMax', what: 'bytes of a merged result', call: (size) => patchOf({ data: { b: 'h'.repeat(100) } }, `{"data":${dataOf(size - 107)}}`), code: 'payload_too_large', makes: 1, says: /^data: found 32769 bytes/ },
  { limit: 'dataLevelsMax', what: 'objects in each other', call: (size) => put(`{"id":"${newId()}","data":${nested(size)}}`), says: /^JSON: found level 33 of nesting at character [0-9]+; nest values at most 32/ },
  { limit: 'dataLevelsMax', what: 'lists in each other', call: (size) => put(`{"id":"${newId()}","data":${listsIn(size)}}`), says: /^JSON: found level 33 of nesting/ },
  { limit: 'dataLevelsMax', what: 'levels of a merge', call: (size) => patchOf({}, `{"data":${listsIn(size)}}`), makes: 1, says: /level(?:s of nesting|.33 of nesting)/ },
  { limit: 'dataMembersMax', what: 'members of one object', call: (size) => put({ id: newId(), data: members(0, size) }), says: /^data: found 2001 members in all; give at most 2000/ },
  { limit: 'dataMembersMax', what: 'members of nested objects', call: (size) => put({ id: newId(), data: { a: [members(0, 1_000), members(1_000, size - 1)] } }), says: /^data: found 2001 members in all/ },
  { limit: 'dataMembersMax', what: 'members of a merged result', call: (size) => patchOf({ data: members(0, 1_500) }, { data: members(1_500, size) }), makes: 1, says: /^data: found 2001 members in all/ },
  { limit: 'nameCodePointsMax', what: 'characters of an id', call: (size) => put({ id: name(size, 'h'), data: {} }), says: /^id: found text of 256 characters; give at most 255/ },
  { limit: 'nameCodePointsMax', what: 'emoji of an id', call: (size) => put({ id: name(size, '😀'), data: {} }), says: /^id: found text of 256 characters; give at most 255/ },
  { limit: 'nameCodePointsMax', what: 'emoji of a shared id', call: (size) => put({ id: newId(), shared_id: name(size, '😀'), data: {} }), says: /^shared_id: found text of 256 characters/ },
  { limit: 'nameCodePointsMax', what: 'emoji of an alias', call: (size) => put({ id: newId(), aliases: [name(size, '😀')], data: {} }), says: /^aliases\.0: found text of 256 characters/ },
  { limit: 'nameCodePointsMax', what: 'characters of a patched shared id', call: (size) => patchOf({}, { shared_id: name(size, 'é') }), makes: 1, says: /^shared_id: found text of 256 characters/ },
  { limit: 'aliasesMax', what: 'aliases', call: (size) => put({ id: newId(), aliases: aliases(size), data: {} }), says: /^aliases: found 9 different aliases; give at most 8/ },
  { limit: 'aliasesMax', what: 'aliases, each twice', call: (size) => put({ id: newId(), aliases: [...aliases(size), ...aliases(size)], data: {} }), says: /^aliases: found 9 different aliases/ },
  { limit: 'aliasesMax', what: 'aliases of a patch', call: (size) => patchOf({ aliases: ['old'] }, { aliases: aliases(size) }), makes: 1, says: /^aliases: found 9 different aliases/ },
  { limit: 'aliasesListedMax', what: 'entries of aliases', call: (size) => put({ id: newId(), aliases: Array(size).fill(`alias-${count}`), data: {} }), says: /^aliases: found a list of 101; give at most 100 items/ },
  { limit: 'aliasesListedMax', what: 'entries of patched aliases', call: (size) => patchOf({}, { aliases: Array(size).fill(`alias-${count}`) }), makes: 1, says: /^aliases: found a list of 101; give at most 100 items/ },
  { limit: 'retentionSecondsDefault', what: 'ttl_seconds', call: (size) => put({ id: newId(), data: {}, ttl_seconds: size }), says: /^ttl_seconds: found a number above this project's retention of 604800 seconds; give 1 to 604800/ },
  { limit: 'retentionSecondsDefault', what: 'ttl_seconds of a patch', call: (size) => patchOf({}, { ttl_seconds: size }), makes: 1, says: /^ttl_seconds: found a number above this project's retention of 604800/ },
  { limit: 'retentionSecondsMin', what: 'retention_seconds', past: limits.retentionSecondsMin - 1, call: (size) => project({ retention_seconds: size }), says: /^retention_seconds: found a number out of range; give at least 60/ },
  { limit: 'retentionSecondsMax', what: 'retention_seconds', call: (size) => project({ retention_seconds: size }), says: /^retention_seconds: found a number out of range; give at most 34560000/ },
  { limit: 'pickupDeadlineSecondsMin', what: 'pickup_deadline_seconds', past: 0, call: (size) => project({ pickup_deadline_seconds: size }), says: /^pickup_deadline_seconds: found a number out of range; give at least 1/ },
  { limit: 'pickupDeadlineSecondsMax', what: 'pickup_deadline_seconds', call: (size) => project({ pickup_deadline_seconds: size }), says: /^pickup_deadline_seconds: found a number out of range; give at most 604800/ },
  { limit: 'slugCharactersMax', what: 'characters of a slug', call: (size) => project({ project_slug: name(size, 'h') }), says: /^project_slug: found text of 64 characters/ },
  { limit: 'slugCharactersMax', what: 'characters of a project id', call: (size) => project({ project_id: name(size, 'H') }), says: /^project_id: found text of 64 characters/ },
  { limit: 'keyNameCodePointsMax', what: 'characters of the name of a key', call: (size) => asAdmin('POST', '/v1/keys', { permission: 'read', name: '😀'.repeat(size) }), says: /^name: found text of 101 characters; give at most 100/ },
  { limit: 'keyProjectsMax', what: 'projects of a key', call: (size) => asAdmin('POST', '/v1/keys', { permission: 'read', projects: Array(size).fill('demo') }), says: /^projects: found a list of 101; give at most 100/ },
  { limit: 'sensitiveFieldsMax', what: 'sensitive fields', call: (size) => project({ sensitive_fields: pointers(size) }), says: /^sensitive_fields: found a list of 101; give at most 100 items/ },
  { limit: 'allowedPointersMax', what: 'pointers of a view', call: (size) => viewKey(pointers(size)), says: /^view\.allow: found a list of 101; give at most 100 items/ },
  { limit: 'pointerCodePointsMax', what: 'characters of a sensitive field', call: (size) => project({ sensitive_fields: [`/${'😀'.repeat(size - 1)}`] }), says: /^sensitive_fields\.0: found text of 256 characters; give at most 255/ },
  { limit: 'pointerCodePointsMax', what: 'characters of a pointer of a view', call: (size) => viewKey([`/${'h'.repeat(size - 1)}`]), says: /^view\.allow\.0: found text of 256 characters; give at most 255/ },
  { limit: 'pointerLevelsMax', what: 'levels of a sensitive field', call: (size) => project({ sensitive_fields: ['/h'.repeat(size)] }), says: /^sensitive_fields\.0: found text of 66 characters with .*; give a JSON Pointer into data, .* of at most 32 levels/ },
  { limit: 'pointerLevelsMax', what: 'levels of a pointer of a view', call: (size) => viewKey(['/h'.repeat(size)]), says: /^view\.allow\.0: found text of 66 characters with .*; give a JSON Pointer into data/ },
  { limit: 'rotationOverlapSecondsMax', what: 'overlap_seconds', call: rotateNewKey, makes: 1, says: /^overlap_seconds: found a number out of range; give at most 2592000/ },
  { limit: 'waitSecondsMax', what: 'wait for what is there', call: waitForWritten, makes: 1, says: /^wait: found more than 20 seconds; give 0 to 20/ },
  { limit: 'listItemsMax', what: 'limit of states', call: (size) => asAdmin('GET', `/v1/demo/demo/handoff_states?limit=${size}`), says: /^limit: found a number out of range; give 1 to 200/ },
  { limit: 'listItemsMax', what: 'limit of keys', call: (size) => asAdmin('GET', `/v1/keys?limit=${size}`), says: /^limit: found a number out of range; give 1 to 200/ },
  { limit: 'listItemsMax', what: 'limit of projects', call: (size) => asAdmin('GET', `/v1/projects?limit=${size}`), says: /^limit: found a number out of range; give 1 to 200/ },
  { limit: 'statsSecondsMax', what: 'seconds of statistics', call: (size) => statsOf(size, 86_400), says: /^from, to: found a span of 2678401 seconds; give a 'from' before 'to', at most 31 days/ },
  { limit: 'statsIntervalsMax', what: 'intervals of statistics', call: (size) => statsOf(size * 60, 60), says: /^interval: found one that gives 1001 intervals; give a longer one, for at most 1000/ },
  { limit: 'auditActionCharactersMax', what: 'characters of actions', call: (size) => asAdmin('GET', `/v1/demo/demo/audit?action=${actionsOf(size)}`), says: /^action: found text of 501 characters/ },
  { limit: 'cursorCharactersMax', what: 'characters of a cursor', call: (size) => asAdmin('GET', `/v1/keys?cursor=${cursorOf(size)}`), says: /^cursor: found text of 2001 characters; give at most 2000/ },
];

async function rotateNewKey(overlapSeconds: number): Promise<Received> {
  const { json } = await asAdmin('POST', '/v1/keys', { permission: 'read' });
  const body = { overlap_seconds: overlapSeconds };
  return asAdmin('POST', `/v1/keys/${json.key_id}/rotate`, body);
}

async function waitForWritten(seconds: number): Promise<Received> {
  const id = newId();
  await put({ id, data: {} });
  return lookUp(`id=${id}&wait=${seconds}`);
}

describe('at its edge a limit lets in, one past it refuses and nothing changes', () => {
  const rows = edges.map((edge) => [edge.limit, edge.what, edge] as const);

  it.each(rows)('%s: %s', async (limit, _what, edge) => {
    const inside = await edge.call(limits[limit]);
    expect(ok, inside.text).toContain(inside.status);

    const before = await everything();
    const outside = await edge.call(edge.past ?? limits[limit] + 1);
    expectRefusal(outside, edge.code ?? 'invalid_request', edge.says);

    const after = await everything();
    const known = new Set(before.map(identityOf));
    expect(after.filter((item) => known.has(identityOf(item)))).toEqual(before);
    expect(after).toHaveLength(before.length + (edge.makes ?? 0));
  });
});

/** What the lists hold that a refused call could have changed; not what is noted a little later. */
async function everything(): Promise<Record<string, unknown>[]> {
  const keys = await asAdmin('GET', '/v1/keys?limit=200');
  const projects = await asAdmin('GET', '/v1/projects?limit=200');
  const items = [...(await listed(server)), ...projects.json.items, ...keys.json.items];
  const later = { last_used_at: null, status: null, picked_up_at: null };
  return items.map((item) => ({ ...item, ...later }));
}

function identityOf(item: Record<string, unknown>): string {
  return JSON.stringify([item['id'], item['project_id'], item['key_id']]);
}

describe('the least values', () => {
  it.each([
    ['ttl_seconds of 1', () => put({ id: newId(), data: {}, ttl_seconds: 1 })],
    ['a wait of 0', () => waitForWritten(0)],
    ['a limit of 1', () => asAdmin('GET', '/v1/keys?limit=1')],
    ['an overlap of 0', () => rotateNewKey(0)],
    ['a slug of 1 character', () => project({ project_slug: 'h' })],
    ['an id of 1 character', () => put({ id: 'h', data: {} })],
  ])('%s works', async (_what, call) => {
    const answer = await call();
    expect(ok, answer.text).toContain(answer.status);
  });

  it.each([
    ['limit', () => asAdmin('GET', '/v1/keys?limit=0')],
    ['overlap_seconds', () => rotateNewKey(-1)],
    ['projects', () => asAdmin('POST', '/v1/keys', { permission: 'read', projects: [] })],
    ['name', () => asAdmin('POST', '/v1/keys', { permission: 'read', name: '' })],
    ['project_slug', () => project({ project_slug: '' })],
  ])('one below that of %s is refused', async (what, call) => {
    expectRefusal(await call(), 'invalid_request', new RegExp(`^${what}: found .*; give`));
  });
});

it('a list gives as many as its limit, and says where the rest is', async () => {
  for (let made = 0; made <= limits.listItemsMax; made++) await put({ id: newId(), data: {} });
  for (const [query, size] of [
    ['', limits.listItemsDefault],
    [`?limit=${limits.listItemsMax}`, limits.listItemsMax],
  ] as const) {
    const { json } = await asAdmin('GET', `/v1/demo/demo/handoff_states${query}`);
    expect(json.items).toHaveLength(size);
    expect(json.next_cursor).toEqual(expect.any(String));
  }
});

it('Prefer: wait beyond the limit is shortened rather than refused', async () => {
  const id = newId();
  await put({ id, data: {} });
  const headers = { prefer: `wait=${limits.waitSecondsMax + 1}` };
  const answer = await send(`${server.stateUrl}?id=${id}`, { key: server.keys.read, headers });
  expect([answer.status, answer.headers['preference-applied']]).toEqual([200, 'wait=20']);
});

/** A header block of so many bytes. */
function block(bytes: number): string {
  const start = 'GET /livez HTTP/1.1\r\nhost: a\r\nx-a: ';
  return `${start.padEnd(bytes - 4, 'h')}\r\n\r\n`;
}

// Node counts names and values but not what stands between them: the edge is soft by as much.
it('headerBytesMax: a header block of 8 KiB is read, one clearly above it refused', async () => {
  const [inside] = await sendRaw(server.url, block(limits.headerBytesMax));
  expect(inside!.status).toBe(200);
  const [outside] = await sendRaw(server.url, block(limits.headerBytesMax + 64));
  expectRefusal(
    outside!,
    'headers_too_large',
    /^headers: found more than 8192 bytes; send at most/,
  );
});

it('pathPartCharactersMax: a part of a path of 500 characters is looked for, a longer one not', async () => {
  const inside = await revoke('h'.repeat(limits.pathPartCharactersMax));
  expectRefusal(inside, 'not_found', /^No key that this key manages has this id/);
  const outside = await revoke('h'.repeat(limits.pathPartCharactersMax + 1));
  expectRefusal(outside, 'not_found', /its parts are too long/);
});

it('no limit is without a test', () => {
  // biome-ignore format: as many as a line holds
  const elsewhere: LimitName[] = [
    // Test of their own: test/fuzz/slow-sockets, test/http/wait…, test/http/views, test/store/…,
    // test/cli/…, test/database-url, test/config, test/token-bucket, test/http/budgets,
    // test/http/connections, test/http/audit…, test/http/strangers, test/http/links,
    // test/http/event-ends, test/http/session….
    'headerBytesMax', 'listItemsDefault', 'pathPartCharactersMax', 'retentionSecondsDefault',
    'missedGraceMs', 'earlyLookUpSeconds', 'eventSeconds', 'eventStreamsPerKeyMax',
    'eventStreamsPerNodeMax', 'eventReaderMsMax', 'sessionSecondsMax', 'sessionsPerKeyMax',
    'signInTokenSecondsMax', 'signInFailuresMax', 'signInFailureSeconds', 'linkSecondsMin',
    'resultlessSeconds', 'outcomesWaitingMax', 'linkSecondsMax', 'linkSecondsDefault', 'headersMsMax', 'requestMsMax', 'waitersPerKeyMax',
    'waitersPerNodeMax', 'tombstoneSeconds', 'receiptSeconds', 'erasedTogetherMax',
    'writesQueuedMax', 'statsWaitingMax', 'answerCacheBytesMax', 'databaseCallsMax', 'pickupDeadlineSecondsDefault',
    'rotationOverlapSecondsDefault', 'keyLifeSecondsMax', 'withheldBytesMax', 'databaseHostsMax',
    'databaseConnectSecondsMax', 'auditWaitingMax', 'auditStrangersPerSecond',
    'auditStrangersBurst', 'auditStrangersMax', 'auditRetentionSecondsMin',
    'auditRetentionSecondsMax', 'auditRetentionSecondsDefault', 'databasePoolMin',
    'databasePoolMax', 'databasePoolDefault', 'writeDelayMsMax', 'rateMax', 'budgetsMax',
    'connectionsMax', 'connectionsDefault', 'connectionsPerAddressDefault',
    'bodyMemoryMebibytesMax', 'bodyMemoryMebibytesDefault',
  ];
  const tested = new Set([...edges.map(({ limit }) => limit), ...elsewhere]);
  expect(Object.keys(limits).filter((limit) => !tested.has(limit as LimitName))).toEqual([]);
});
