// Requests that are wrong as HTTP: paths, methods, targets, headers, framing and cut connections.

import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/error.js';
import { head, sendRaw } from '../support/raw-request.js';
import { expectRefusal, listed } from '../support/refusal.js';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const path = '/v1/demo/demo/handoff_state';
const body = '{"id":"hush","data":{}}';
const host = { host: 'a' };
const ok = 200;

/** The headers of a write that would be done if nothing else were wrong with it. */
function writing(): Record<string, string | number> {
  return { ...host, 'x-api-key': server.keys.write, 'content-type': 'application/json' };
}

const nothing = /^There is nothing at this path; see \/docs for the calls/;
const noReach = /^This API key does not reach the account and project in the path; check both/;
const noHttp = /^The request is not valid HTTP\/1\.1; check the request line and headers/;
const noUtf8 = /^path: found a percent-encoding that is not UTF-8; encode the path as UTF-8/;

// biome-ignore format: a table
const paths: [target: string, code: ErrorCode, says: RegExp][] = [
  ['/v1/demo/hush%00/handoff_state?id=a', 'forbidden', noReach],
  ['/v1/demo/demo%00/handoff_state?id=a', 'forbidden', noReach],
  ['/v1/demo/demo/handoff_state%00?id=a', 'not_found', nothing],
  ['/%00', 'not_found', nothing],
  ['/v1/demo/../demo/handoff_state?id=a', 'not_found', nothing],
  ['/v1/demo/%2e%2e/handoff_state?id=a', 'forbidden', noReach],
  ['/v1/demo/demo/../demo/handoff_state?id=a', 'not_found', nothing],
  ['/v1/demo/demo%2fdemo/handoff_state?id=a', 'forbidden', noReach],
  ['/../../../../hush', 'not_found', nothing],
  ['/docs/../../hush', 'not_found', nothing],
  ['/docs/%2e%2e%2fhush', 'not_found', nothing],
  ['/v1/demo/hush%ff/handoff_state?id=a', 'invalid_request', noUtf8],
  ['/v1/demo/hush%c0%af/handoff_state?id=a', 'invalid_request', noUtf8],
  ['/v1/demo/hush%zz/handoff_state?id=a', 'invalid_request', noUtf8],
  ['/hush%ff', 'invalid_request', noUtf8],
  ['/v1/demo/h\xfcsh/handoff_state?id=a', 'invalid_request', noHttp],
  [`/v1/${'hush'.repeat(200)}/demo/handoff_state?id=a`, 'not_found', /^There is nothing at this path; its parts are too long/],
  ['//v1/demo/demo/handoff_state?id=a', 'not_found', nothing],
  ['/v1//demo/handoff_state?id=a', 'forbidden', noReach],
  ['/v1/demo/demo/handoff_state/?id=a', 'not_found', nothing],
  ['/V1/demo/demo/handoff_state?id=a', 'not_found', nothing],
  ['/v2/demo/demo/handoff_state?id=a', 'not_found', nothing],
  ['/v1/DEMO/demo/handoff_state?id=a', 'forbidden', noReach],
  ['*', 'not_found', nothing],
  ['hush:80', 'invalid_request', noHttp],
  ['ftp://a/v1/demo/demo/handoff_state?id=a', 'not_found', nothing],
];

describe('a path that leads nowhere is refused', () => {
  const rows = paths.map((row) => [row[0].slice(0, 60), ...row] as const);

  it.each(rows)('%s', async (_what, target, code, says) => {
    const headers = { ...host, 'x-api-key': server.keys.read };
    const [answer] = await sendRaw(server.url, head(`GET ${target} HTTP/1.1`, headers));
    expectRefusal(answer!, code, says, [server.keys.read]);
  });
});

describe('a method that a path does not take is answered 405 with Allow, with and without a key', () => {
  // biome-ignore format: a table
  const allowed: [path: string, allow: string][] = [
    [path, 'GET, PUT, PATCH, DELETE, HEAD'],
    ['/v3/demo/demo/handoff_state', 'GET, HEAD'],
    ['/demo/demo/handoff_state', 'GET, HEAD'],
    ['/v1/demo/demo/handoff_states', 'GET, DELETE, HEAD'],
    ['/v1/projects', 'GET, POST, HEAD'],
    ['/v1/projects/demo', 'GET, PATCH, DELETE, HEAD'],
    ['/v1/keys', 'GET, POST, HEAD'],
    ['/v1/keys/abc', 'DELETE'],
    ['/v1/keys/abc/rotate', 'POST'],
    ['/openapi.json', 'GET, HEAD'],
    ['/livez', 'GET, HEAD'],
    ['/metrics', 'GET, HEAD'],
  ];
  // biome-ignore format: a list
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'PURGE', 'SEARCH'];

  it.each(allowed)('%s', async (target, allow) => {
    for (const method of methods.filter((name) => !allow.split(', ').includes(name))) {
      for (const key of [undefined, server.keys.admin]) {
        const headers = { ...host, ...(key === undefined ? {} : { 'x-api-key': key }) };
        const [answer] = await sendRaw(server.url, head(`${method} ${target} HTTP/1.1`, headers));
        expect(answer!.headers['allow']).toBe(allow);
        if (method === 'HEAD') expect(answer!.status).toBe(405);
        else
          expectRefusal(answer!, 'method_not_allowed', /^This path does not take this method; it/);
      }
    }
  });
});

describe('a request line that is no HTTP/1 is refused', () => {
  it.each([
    ['FOO /livez HTTP/1.1'],
    ['get /livez HTTP/1.1'],
    ['GET /livez HTTP/9.9'],
    ['GET /livez HTP/1.1'],
    ['GET /li vez HTTP/1.1'],
    ['PRI * HTTP/2.0'],
    ['CONNECT a:443 HTTP/1.1'],
    [' GET /livez HTTP/1.1'],
    ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03hush'],
  ])('%j', async (line) => {
    const [answer] = await sendRaw(server.url, head(line, host));
    expectRefusal(answer!, 'invalid_request', noHttp);
    expect(answer!.headers['connection']).toBe('close');
  });
});

describe('a body whose length cannot be told is refused and nothing stored', () => {
  // biome-ignore format: a table
  it.each<[string, Record<string, string | number>, string]>([
    ['a negative Content-Length', { 'content-length': -1 }, body],
    ['a Content-Length in hexadecimal', { 'content-length': '0x17' }, body],
    ['two different Content-Lengths', { 'content-length': '23, 24' }, body],
    ['Content-Length and Transfer-Encoding', { 'content-length': 23, 'transfer-encoding': 'chunked' }, '0\r\n\r\n'],
    ['a transfer coding other than chunked', { 'transfer-encoding': 'gzip' }, body],
    ['a chunk size that is no number', { 'transfer-encoding': 'chunked' }, `hush\r\n${body}\r\n0\r\n\r\n`],
    ['a chunk longer than it says', { 'transfer-encoding': 'chunked' }, `5\r\n${body}\r\n0\r\n\r\n`],
  ])('%s', async (_what, framing, sent) => {
    const headers = { ...writing(), ...framing };
    const [answer] = await sendRaw(server.url, head(`PUT ${path} HTTP/1.1`, headers) + sent);
    expectRefusal(answer!, 'invalid_request', noHttp, [server.keys.write]);
    expect(await listed(server)).toEqual([]);
  });
});

describe('a truncated body is refused and nothing stored', () => {
  it.each<[string, Record<string, string | number>, string]>([
    ['shorter than Content-Length', { 'content-length': body.length + 1 }, body],
    ['nothing of it', { 'content-length': body.length }, ''],
    ['no last chunk', { 'transfer-encoding': 'chunked' }, `17\r\n${body}\r\n`],
    ['cut within a chunk', { 'transfer-encoding': 'chunked' }, '17\r\n{"id":'],
  ])('%s', async (_what, framing, sent) => {
    const bytes = head(`PUT ${path} HTTP/1.1`, { ...writing(), ...framing }) + sent;
    const answers = await sendRaw(server.url, bytes, { endAfterMs: 0 });
    expect(answers).toHaveLength(1);
    expectRefusal(answers[0]!, 'invalid_request', noHttp, [server.keys.write]);

    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    await new Promise((resolve) => socket.write(bytes, resolve));
    socket.resetAndDestroy();
    expect(await listed(server)).toEqual([]);
  });
});

describe('a header block beyond 8 KiB is refused with its own code', () => {
  const tooLarge = /^headers: found more than 8192 bytes; send at most 8192/;
  it.each<[string, string, string]>([
    ['one long header', 'GET /livez HTTP/1.1', `x-a: ${'hush'.repeat(2_100)}\r\n`],
    ['many short headers', 'GET /livez HTTP/1.1', 'a: b\r\n'.repeat(1_400)],
    ['a long query', `GET /livez?${'hush'.repeat(2_100)} HTTP/1.1`, ''],
    ['a long key', `GET ${path}?id=a HTTP/1.1`, `x-api-key: ${'hush'.repeat(2_100)}\r\n`],
    ['on a write', `PUT ${path} HTTP/1.1`, `x-a: ${'hush'.repeat(2_100)}\r\n`],
  ])('%s', async (_what, line, headers) => {
    const [answer] = await sendRaw(server.url, `${line}\r\nhost: a\r\n${headers}\r\n`);
    expectRefusal(answer!, 'headers_too_large', tooLarge);
  });
});

describe('the Host header', () => {
  it.each([
    ['missing in HTTP/1.1', ''],
    ['given twice', 'host: a\r\nhost: hush\r\n'],
    ['given twice alike', 'host: a\r\nhost: a\r\n'],
    ['no host at all', 'host: a b/hush\r\n'],
  ])('%s is refused (RFC 9112, 3.2)', async (_what, headers) => {
    const [answer] = await sendRaw(server.url, `GET /livez HTTP/1.1\r\n${headers}\r\n`);
    expectRefusal(answer!, 'invalid_request', /^Host: found .*; send/);
  });

  it.each([
    ['named', 'GET /livez HTTP/1.1', host],
    ['with a port', 'GET /livez HTTP/1.1', { host: '[::1]:8787' }],
    ['missing in HTTP/1.0', 'GET /livez HTTP/1.0', {}],
    ['other than that of an absolute target', 'GET http://b/livez HTTP/1.1', host],
  ])('%s is answered', async (_what, line, headers) => {
    const [answer] = await sendRaw(server.url, head(line, headers));
    expect([answer!.status, answer!.json]).toEqual([ok, { status: 'ok' }]);
  });
});

describe('what a client asks for besides is left out without harm', () => {
  it.each<[string, Record<string, string>]>([
    ['an upgrade', { connection: 'Upgrade', upgrade: 'websocket' }],
    ['HTTP/2', { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMA' }],
    ['an unknown expectation', { expect: 'hush' }],
    ['trailers', { te: 'trailers' }],
  ])('%s', async (_what, headers) => {
    const sent = head('GET /livez HTTP/1.1', { ...host, ...headers });
    const [answer] = await sendRaw(server.url, sent);
    expect([answer!.status, answer!.json]).toEqual([ok, { status: 'ok' }]);
  });

  it('Expect: 100-continue, for a write that is done and for one that is refused', async () => {
    const expecting = { expect: '100-continue', 'content-length': 22 };
    const sent = head(`PUT ${path} HTTP/1.1`, { ...writing(), ...expecting });
    const [done] = await sendRaw(server.url, `${sent}{"id":"100","data":{}}`);
    expect(done!.status).toBe(201);
    await send(`${server.stateUrl}?id=100`, { method: 'DELETE', key: server.keys.write });

    const keyless = head(`PUT ${path} HTTP/1.1`, { ...host, ...expecting });
    const [refused] = await sendRaw(server.url, keyless);
    expectRefusal(refused!, 'unauthorized', /^No API key was found; send it/);
  });

  it('a body and a content type on a look-up', async () => {
    const headers = { ...writing(), 'content-length': 5 };
    const [answer] = await sendRaw(
      server.url,
      `${head(`GET ${path}?id=hush HTTP/1.1`, headers)}{"hus`,
    );
    expectRefusal(answer!, 'handoff_state_not_found', /^No handoff state has this id .*; check/);
  });
});

it('a method that has no name in Node is refused like any other', async () => {
  const [answer] = await sendRaw(server.url, 'PRI /hush\r\n\r\n');
  expectRefusal(answer!, 'not_found', nothing);
});

it('two requests sent at once are answered in their order', async () => {
  const both = head('GET /livez HTTP/1.1', host) + head('GET /hush HTTP/1.1', host);
  const answers = await sendRaw(server.url, both, { answers: 2 });
  expect(answers.map(({ status }) => status)).toEqual([200, 404]);
});

it('what is no request gets no answer where that of a look-up is awaited', async () => {
  const headers = { ...host, 'x-api-key': server.keys.read };
  const waiting = head(`GET ${path}?id=nobody&wait=5 HTTP/1.1`, headers);
  expect(await sendRaw(server.url, `${waiting}hush\r\n\r\n`, { hangMs: 3_000 })).toEqual([]);
  const cutShort = head(`PUT ${path} HTTP/1.1`, { ...writing(), 'transfer-encoding': 'chunked' });
  expect(await sendRaw(server.url, `${waiting}${cutShort}hush\r\n`, { hangMs: 3_000 })).toEqual([]);
});

it('a request id of the client is not taken over', async () => {
  const answer = await send(`${server.url}/hush`, { headers: { 'x-request-id': 'hush' } });
  expectRefusal(answer, 'not_found', nothing);
});
