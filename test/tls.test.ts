// TLS in the server itself: which versions it speaks, on which ports, and what it answers nobody.

import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendRaw } from './support/raw-request.js';
import { send } from './support/request.js';
import { startServer, type TestServer } from './support/server.js';
import { connectTls, writeTlsFiles } from './support/tls-files.js';

const files = writeTlsFiles();
const ca = files.cert;
let server: TestServer;
let plain: TestServer;
beforeAll(async () => {
  server = await startServer({ ...files.config, metricsPort: 0 });
  plain = await startServer();
});
afterAll(async () => {
  await Promise.all([server.stop(), plain.stop()]);
  rmSync(files.directory, { recursive: true });
});

describe('with a certificate', () => {
  test('every port speaks TLS, to a client that checks who it is', async () => {
    const body = { id: 'conv-1', data: { name: 'Ada' } };
    const { write, read } = server.keys;
    expect(server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const put = await send(server.stateUrl, { method: 'PUT', key: write, body, ca });
    expect(put.status).toBe(201);
    for (let count = 0; count < 2; count++) {
      const found = await send(`${server.stateUrl}?id=conv-1`, { key: read, ca });
      expect([found.status, found.json]).toEqual([200, body]);
    }
    expect(server.serving.metricsUrl).toMatch(/^https:/);
    expect((await send(server.serving.metricsUrl!, { ca })).text).toContain('baton_requests_total');
    expect(server.log.join('')).not.toContain('http://');
    await expect(send(`${server.url}/livez`)).rejects.toThrow('self-signed certificate');
  });

  test('localhost is served on each of its addresses', async () => {
    const local = await startServer({ ...files.config, host: 'localhost' });
    const { port } = new URL(local.url);
    const answer = await send(`https://127.0.0.1:${port}/livez`, { ca });
    await local.stop();
    expect(answer.status).toBe(200);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s is spoken', async (version) => {
    const socket = await connectTls(server.url, { minVersion: version, maxVersion: version });
    expect(socket.getProtocol()).toBe(version);
    socket.destroy();
  });

  test.each(['TLSv1', 'TLSv1.1'] as const)('%s is not', async (version) => {
    // The client's own OpenSSL would not send it at its usual level.
    const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(connectTls(server.url, old)).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    });
  });

  test.each(['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'])(
    '%s is taken for TLS 1.2',
    async (ciphers) => {
      const socket = await connectTls(server.url, { maxVersion: 'TLSv1.2', ciphers });
      expect(socket.getCipher().name).toBe(ciphers);
      socket.destroy();
    },
  );

  test('a cipher that does not authenticate what it seals in one is not', async () => {
    const ciphers = 'ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384';
    const asked = connectTls(server.url, { maxVersion: 'TLSv1.2', ciphers });
    // The versions of OpenSSL name the same alert by other protocols.
    const code = expect.stringMatching(/_ALERT_HANDSHAKE_FAILURE$/);
    await expect(asked).rejects.toMatchObject({ code });
  });

  test('it is HTTP/1.1 alone that is agreed on', async () => {
    const socket = await connectTls(server.url, { ALPNProtocols: ['h2', 'http/1.1'] });
    expect(socket.alpnProtocol).toBe('http/1.1');
    socket.destroy();
    await expect(connectTls(server.url, { ALPNProtocols: ['h2'] })).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
    });
  });

  test('who connects and says nothing is closed, and does not hold up the end', async () => {
    const own = await startServer(files.config);
    const { port } = new URL(own.url);
    const begun = performance.now();
    const silent = connect(Number(port), '127.0.0.1').resume();
    const closed = new Promise((resolve) => silent.on('close', resolve));
    await new Promise((resolve) => silent.on('connect', resolve));
    await own.stop();
    await closed;
    expect(performance.now() - begun).toBeLessThan(8_000);
  });
});

describe('the wrong protocol is closed, and what came is not logged', () => {
  test.each([() => server.url, () => server.serving.metricsUrl!])('HTTP on TLS', async (url) => {
    const answers = await sendRaw(url(), 'GET /?m=marker-a HTTP/1.1\r\nHost: marker-b\r\n\r\n');
    expect(answers).toEqual([]);
    expect(server.log.join('')).not.toContain('marker');
  });

  test('TLS on HTTP', async () => {
    const { port } = new URL(plain.url);
    const socket = connectSecurely({ port: Number(port), servername: 'marker-c.example' });
    await new Promise((resolve) => socket.on('error', () => {}).on('close', resolve));
    expect(plain.log.join('')).not.toContain('marker');
    expect((await send(`${plain.url}/livez`)).status).toBe(200);
  });
});

describe('browsers', () => {
  test('are never sent from HTTP to HTTPS, nor told to stay there', async () => {
    const headers = { 'x-forwarded-proto': 'http', 'upgrade-insecure-requests': '1' };
    const page = await send(`${plain.url}/docs`, { headers });
    expect(page.status).toBe(200);
    expect(page.headers).not.toHaveProperty('location');
    expect(page.headers).not.toHaveProperty('strict-transport-security');
  });

  test('are told by a page over TLS to stay there, and nobody by an answer', async () => {
    const page = await send(`${server.url}/docs`, { ca });
    const answer = await send(`${server.url}/livez`, { ca });
    expect(page.headers['strict-transport-security']).toBe('max-age=31536000');
    expect(answer.headers).not.toHaveProperty('strict-transport-security');
  });
});
