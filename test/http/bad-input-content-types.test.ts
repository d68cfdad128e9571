// Content types: those of the design are taken, and no odd spelling gets round the checks of a body.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { head, sendRaw } from '../support/raw-request.js';
import { expectRefusal, listed } from '../support/refusal.js';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let before: unknown;
beforeAll(async () => {
  server = await startServer();
  const body = { id: 'kept', data: {} };
  await send(server.stateUrl, { method: 'PUT', key: server.keys.write, body });
  before = await listed(server);
});
afterAll(() => server.stop());

const path = '/v1/demo/demo/handoff_state';

async function sendAs(method: string, contentType: string | null, body: string) {
  const target = method === 'PATCH' ? `${path}?id=kept` : path;
  const headers = {
    host: 'a',
    'x-api-key': server.keys.write,
    ...(contentType === null ? {} : { 'content-type': contentType }),
    'content-length': Buffer.byteLength(body),
  };
  const [answer] = await sendRaw(server.url, head(`${method} ${target} HTTP/1.1`, headers) + body);
  return answer!;
}

describe('a body of another content type is refused and nothing stored', () => {
  const says = /^Content-Type: found (?:none|another one); send application\/.*json in UTF-8/;
  it.each([
    [null],
    [''],
    ['text/plain'],
    ['text/json'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=hush'],
    ['application/xml'],
    ['application/json-patch+json'],
    ['application/problem+json'],
    ['application/jsonhush'],
    ['application'],
    ['application/'],
    ['/json'],
    ['hush'],
    [';'],
    ['text/plain; application/json'],
    ['application/json; charset=latin1'],
    ['application/json; charset=utf-16'],
  ])('%s', async (contentType) => {
    const body = '{"id":"hush","data":{}}';
    expectRefusal(await sendAs('PUT', contentType, body), 'unsupported_media_type', says);
    const patch = '{"data":{"a":1}}';
    expectRefusal(await sendAs('PATCH', contentType, patch), 'unsupported_media_type', says);
    expect(await listed(server)).toEqual(before);
  });

  it('a merge patch as a PUT', async () => {
    const answer = await sendAs('PUT', 'application/merge-patch+json', '{"id":"hush","data":{}}');
    expectRefusal(answer, 'unsupported_media_type', says);
  });

  it.each(['gzip', 'br', 'hush'])('an encoded body: %s', async (encoding) => {
    const answer = await send(server.stateUrl, {
      method: 'PUT',
      key: server.keys.write,
      headers: { 'content-encoding': encoding },
      body: { id: 'hush', data: {} },
    });
    expectRefusal(answer, 'unsupported_media_type', /^Content-Encoding: found an encoding; send/);
    expect(await listed(server)).toEqual(before);
  });
});

// Fastify skipped the checks of a body, which it still read as JSON, for these spellings.
describe('an odd spelling of the content type never gets a wrong body past its checks', () => {
  it.each([
    ['CVE-2025-32442', 'APPLICATION/JSON'],
    ['CVE-2025-32442', 'application/Json'],
    ['CVE-2025-32442', 'application/json ; charset=utf-8'],
    ['CVE-2025-32442', 'application/json  ;'],
    ['CVE-2025-32442', 'application/json foo'],
    ['CVE-2025-32442', 'application/json;'],
    ['CVE-2025-32442', 'application/json,application/json'],
    ['CVE-2025-32442', 'application/json,text/plain'],
    ['CVE-2026-25223', 'application/json\t'],
    ['CVE-2026-25223', 'application/json\ta'],
    ['CVE-2026-25223', 'application/json\t;charset=utf-8'],
    ['CVE-2026-33806', ' application/json'],
    ['CVE-2026-33806', '\tapplication/json'],
    ['', 'application/json\x0b'],
    ['', 'application/json\xa0'],
    ['', '"application/json"'],
    ['', 'application/json; charset="utf-8'],
    ['', 'application/merge-patch+json\ta'],
  ])('%s %j', async (_name, contentType) => {
    for (const wrong of [
      '{"id":"kept","data":[]}',
      '{"id":"kept","data":{},"hush":1}',
      '{"id":"kept","data":{},"ttl_seconds":0}',
      '{"id":"kept","data":{"a":1,"a":2}}',
    ]) {
      for (const method of ['PUT', 'PATCH']) {
        const answer = await sendAs(method, contentType, wrong);
        const isKnown = answer.json.error_code !== 'unsupported_media_type';
        expectRefusal(
          answer,
          isKnown ? 'invalid_request' : 'unsupported_media_type',
          isKnown ? /; / : /^Content-Type: found .*; send/,
        );
      }
    }
    expect(await listed(server)).toEqual(before);
  });

  it('a second Content-Type header changes nothing', async () => {
    const wrong = '{"id":"hush","data":[]}';
    const types = ['application/json', 'text/plain'];
    for (const order of [types, types.toReversed()]) {
      const headers = order.map((type) => `content-type: ${type}\r\n`).join('');
      const [answer] = await sendRaw(
        server.url,
        `PUT ${path} HTTP/1.1\r\nhost: a\r\nx-api-key: ${server.keys.write}\r\n${headers}` +
          `content-length: ${wrong.length}\r\n\r\n${wrong}`,
      );
      expect([400, 415]).toContain(answer!.status);
    }
    expect(await listed(server)).toEqual(before);
  });
});

describe('the content types of the design are taken', () => {
  it.each([
    ['PUT', 'application/json'],
    ['PUT', 'application/json; charset=utf-8'],
    ['PUT', 'Application/JSON;charset="UTF-8"'],
    ['PATCH', 'application/json'],
    ['PATCH', 'application/merge-patch+json'],
    ['PATCH', 'application/merge-patch+json; charset=UTF-8'],
  ])('%s %s', async (method, contentType) => {
    const answer = await sendAs(method, contentType, '{"id":"kept","data":{"a":1}}');
    expect([answer.status, answer.json]).toEqual([200, { id: 'kept', data: { a: 1 } }]);
  });
});

// CVE-2026-3635: Fastify took host and protocol from whoever sent them.
it('forwarded headers change nothing and come back nowhere', async () => {
  const forwarded = {
    'x-forwarded-host': 'hush.example',
    'x-forwarded-proto': 'hush',
    'x-forwarded-for': 'hush',
    'x-original-url': '/livez',
    'x-rewrite-url': '/livez',
    'x-http-method-override': 'DELETE',
    forwarded: 'host=hush.example;proto=hush',
  };
  for (const target of ['/openapi.json', '/docs', `${path}?id=kept`, `${path}?id=absent`, '/no']) {
    const key = server.keys.write;
    const plain = await send(server.url + target, { key });
    const answer = await send(server.url + target, { key, headers: forwarded });
    expect(answer.status).toBe(plain.status);
    expect(JSON.stringify(answer)).not.toContain('hush');
  }
});
