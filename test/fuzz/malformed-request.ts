// Malformed requests: parts that fit badly, put together by chance, then damaged by chance.

import type { Random } from '../support/random.js';

/** What a request may hold that the server knows; the rest is nonsense. */
export interface Known {
  readonly keys: readonly string[];
}

/** One request, as bytes in Latin-1; most are malformed in one way or two, none asks to wait. */
export function malformedRequest(random: Random, known: Known): string {
  const pick = <Item>(items: readonly Item[]): Item => items[random.below(items.length)]!;
  const isOdd = () => random.below(6) === 0;
  const noise = (length: number) =>
    String.fromCharCode(...Array.from({ length: random.below(length) }, () => random.below(256)));

  const method = isOdd() ? (pick(oddMethods) ?? noise(6)) : pick(methods);
  const target = isOdd() ? (pick(oddTargets) ?? `/${noise(40)}`) : pick(targets);
  const version = isOdd() ? pick(oddVersions) : 'HTTP/1.1';
  const headers = isOdd() ? [] : ['Host: a'];
  if (!isOdd()) headers.push(`X-Api-Key: ${pick(known.keys)}`);
  if (isOdd() || isOdd()) headers.push(pick(oddHeaders)(random, noise));

  const hasBody = /^(?:PUT|PATCH|POST)$/.test(method) !== isOdd();
  const body = hasBody ? (pick(bodies) ?? noise(200)) : '';
  const framing = hasBody ? (isOdd() ? pick(oddFramings) : asJson)(body) : '';
  const end = random.below(20) === 0 ? pick(['\n', '\r', '\r\n', '', '\n\n']) : '\r\n\r\n';
  const request = `${[`${method} ${target} ${version}`, ...headers].join('\r\n')}${framing}${end}`;
  return isOdd() ? damaged(request + body, random, noise) : request + body;
}

const state = '/v1/demo/demo/handoff_state';

// biome-ignore format: lists
const methods = ['GET', 'GET', 'HEAD', 'PUT', 'PUT', 'PATCH', 'POST', 'DELETE'];
// biome-ignore format: lists
const oddMethods = ['OPTIONS', 'TRACE', 'CONNECT', 'QUERY', 'PURGE', 'FOO', 'gEt', '', 'GET GET', '\0', 'PRI', undefined];
// biome-ignore format: lists
const targets = [`${state}?id=call-1`, `${state}?shared_id=CA1`, state, `${state}s`, '/v1/keys', '/v1/keys/x',
  '/v1/keys/x/rotate', '/v1/projects', '/v1/projects/x', '/livez', '/docs', '/openapi.json', '/v3/demo/demo/handoff_state?id=a'];
// biome-ignore format: lists
const oddTargets = [`${state}?id=%00`, `${state}?id=%ff&id=%`, `${state}s?limit=x`, `${state}?__proto__=1&constructor=2`,
  '/v1/projects/%2e%2e', '/%00', '/../../etc/passwd', '/v1/%ff/demo/handoff_state', `/v1/${'a'.repeat(3_000)}/p/handoff_state`,
  '*', '/', '', '//', 'http://a/livez', 'http://[::1/livez', 'a:80', '/livez?%', '/metrics', '/console',
  `/livez?${'a=b&'.repeat(500)}`, '/\x80\xff', '/livez#a', '/livez\t', undefined];
const oddVersions = ['HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', 'HTTP', ''];
// biome-ignore format: lists
const bodies = ['{"id":"call-1","data":{}}', '{"id":"call-1"', '{}', '[]', 'null', '""', '{"id":1,"data":[]}',
  '{"__proto__":{},"id":"a","data":{}}', '[['.repeat(5_000), '{"id":"a","data":{"a":"\xff\xfe"}}', '\xef\xbb\xbf{}',
  '{"permission":"admin"}', '{"project_slug":"../.."}', '{"id":"a","data":{"\\ud800":1e999}}', 'a'.repeat(70_000), undefined];

type Odd = (random: Random, noise: (length: number) => string) => string;
const oddHeaders: readonly Odd[] = [
  () => 'Host: b',
  () => 'Host: ',
  () => 'Connection: close',
  () => 'Connection: Upgrade\r\nUpgrade: websocket',
  () => 'Connection: X-Api-Key',
  () => 'Expect: 100-continue',
  () => 'Expect: tea',
  () => 'Content-Type: application/json',
  () => 'Content-Type:\tapplication/json',
  () => 'Content-Type: application/json\ta',
  (_random, noise) => `Content-Type: ${noise(20)}`,
  () => 'Content-Encoding: gzip',
  () => 'Authorization: Basic !!!',
  (_random, noise) => `Authorization: Bearer ${noise(60)}`,
  (_random, noise) => `X-Api-Key: ${noise(60)}`,
  (_random, noise) => `If-Match: ${noise(30)}`,
  () => 'If-None-Match: "1", W/"2", *',
  (_random, noise) => `Prefer: ${noise(30)}`,
  (random) => `A: ${'b'.repeat(random.below(12_000))}`,
  (random) => `${'a: b\r\n'.repeat(random.below(1_500))}a: c`,
  (_random, noise) => noise(80),
  (_random, noise) => `${noise(8)}: ${noise(30)}`,
  () => 'A: b\r\n folded',
  () => 'A : b',
  () => ': b',
];

type Framing = (body: string) => string;
const asJson: Framing = (body) =>
  `\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
const oddFramings: readonly Framing[] = [
  (body) => `\r\nContent-Length: ${body.length}`,
  (body) => `\r\nContent-Length: ${body.length - 1}`,
  (body) => `\r\nContent-Length: ${body.length + 5}`,
  () => '\r\nContent-Length: -1',
  () => '\r\nContent-Length: 1e3',
  () => '\r\nContent-Length: 99999999999999999999',
  () => '\r\nTransfer-Encoding: chunked',
  () => '\r\nTransfer-Encoding: chunked\r\nContent-Length: 5',
  () => '\r\nTransfer-Encoding: gzip, chunked',
  () => '\r\nTransfer-Encoding: identity',
  () => '',
];

/** Some bytes changed, left out, doubled or put in; or the end cut off. */
function damaged(request: string, random: Random, noise: (length: number) => string): string {
  let bytes = request;
  for (let times = 1 + random.below(4); times > 0; times--) {
    const at = random.below(bytes.length + 1);
    const length = random.below(10);
    const [before, after] = [bytes.slice(0, at), bytes.slice(at + length)];
    switch (random.below(5)) {
      case 0:
        bytes = before + noise(10) + after;
        break;
      case 1:
        bytes = before + after;
        break;
      case 2:
        bytes = before + bytes.slice(at, at + length) + bytes.slice(at);
        break;
      case 3:
        bytes = `${before}\r\n${bytes.slice(at)}`;
        break;
      default:
        bytes = before;
    }
  }
  return bytes;
}
