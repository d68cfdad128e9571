// Whose address a request counts for: a proxy's word is taken from proxies that are trusted alone.

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { clientAddressBehind } from '../../src/http/client-address.js';
import { sendRaw } from '../support/raw-request.js';

/** What is read of a request. */
function requestFrom(remoteAddress: string | undefined, forwarded?: string): IncomingMessage {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all that is read of it
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
}

describe('behind trusted proxies', () => {
  const clientAddress = clientAddressBehind(['10.0.0.0/8', '192.0.2.7', 'fd00::/8']);

  test.each([
    ['the client that a proxy names', '10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['by an address of its own, too', '192.0.2.7', '203.0.113.9', '203.0.113.9'],
    ['past the proxies between', '10.0.0.1', '203.0.113.9, 10.3.2.1,fd00::5', '203.0.113.9'],
    ['not what a client claimed', '10.0.0.1', '1.1.1.1, 10.9.9.9, 203.0.113.9', '203.0.113.9'],
    ['an IPv6 client', 'fd00::1', '2001:DB8:0::9', '2001:db8::9'],
    ['with a port', '10.0.0.1', '203.0.113.9:4711', '203.0.113.9'],
    ['with brackets', '10.0.0.1', '[2001:db8::9]', '2001:db8::9'],
    ['with brackets and a port', '10.0.0.1', '[2001:db8::9]:4711', '2001:db8::9'],
    ['an IPv4 address in IPv6', '::ffff:10.0.0.1', '::ffff:203.0.113.9', '203.0.113.9'],
    ['the left-most where all are proxies', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['past what a stranger wrote amiss', '10.0.0.1', 'nobody, 203.0.113.9', '203.0.113.9'],
  ])('it is %s', (_, peer, forwarded, address) => {
    expect(clientAddress(requestFrom(peer, forwarded))).toBe(address);
  });

  test.each([
    ['another peer', '203.0.113.5', '198.51.100.1'],
    ['a neighbour of a proxy', '192.0.2.8', '198.51.100.1'],
    ['another peer in IPv6', '2001:db8::5', '198.51.100.1'],
  ])('%s is not believed', (_, peer, forwarded) => {
    expect(clientAddress(requestFrom(peer, forwarded))).toBe(peer);
  });

  test.each([
    '',
    ' ',
    'unknown',
    '_hidden',
    'client.example.com',
    '203.0.113.9,',
    '203.0.113.9, , 10.0.0.2',
    '203.0.113.9 10.0.0.2',
    '203.0.113.256',
    '203.0.113.09',
    '203.0.113.9:port',
    '[203.0.113.9',
    '[203.0.113.9]',
    'fe80::1%eth0',
    '"203.0.113.9"',
    'for=203.0.113.9',
    '1'.repeat(300),
  ])('%j, which leads nowhere, counts for the proxy', (forwarded) => {
    expect(clientAddress(requestFrom('10.0.0.1', forwarded))).toBe('10.0.0.1');
  });

  test('without a header it is the peer', () => {
    expect(clientAddress(requestFrom('10.0.0.1'))).toBe('10.0.0.1');
    expect(clientAddress(requestFrom('::ffff:10.0.0.1'))).toBe('10.0.0.1');
    expect(clientAddress(requestFrom(undefined, '203.0.113.9'))).toBe('');
  });
});

test('without a trusted proxy every forwarded header is ignored', () => {
  const clientAddress = clientAddressBehind([]);
  expect(clientAddress(requestFrom('127.0.0.1', '203.0.113.9'))).toBe('127.0.0.1');
  expect(clientAddress(requestFrom('::ffff:127.0.0.1', '203.0.113.9'))).toBe('127.0.0.1');
});

test('on a real socket, headers that are sent twice are one, and the others are not read', async () => {
  const clientAddress = clientAddressBehind(['127.0.0.1', '10.0.0.2']);
  const server = createServer((request, response) => response.end(clientAddress(request)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const others = 'Forwarded: for=1.1.1.1\r\nX-Real-IP: 1.1.1.1\r\nCF-Connecting-IP: 1.1.1.1\r\n';
  const own =
    'X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 10.0.0.2\r\n';
  const addresses: string[] = [];
  for (const headers of [others, others + own]) {
    const request = `GET / HTTP/1.1\r\nHost: baton\r\n${headers}\r\n`;
    const [answer] = await sendRaw(`http://127.0.0.1:${port}`, request);
    addresses.push(answer!.text);
  }
  server.close();
  expect(addresses).toEqual(['127.0.0.1', '203.0.113.9']);
});
